"""Where we are in TMS's log of transactions, and what is new in it."""

from typing import Final

from ...rooms.errors import RejectedError
from .model import Transaction, Transactions
from .service import TmsService

# More than this is not caught up with but listed anew.
_MAX_PAGES: Final = 100
# So many questions find the end of any log; ids are 32 bits wide.
_MAX_PROBES: Final = 80
_LAST_ID: Final = 2**31 - 1
# Rooms that were listed before any id was known may have changed so many ids ago.
_BELOW: Final = 50


class LogLostError(RejectedError):
    """TMS's log does not go on where it was read last: its database was restored, say."""


class Cursor:
    """The last transaction that was read; never 0, for the log of years is endless.

    `seen` is the latest that anything was heard of.
    """

    def __init__(self) -> None:
        """Know no id."""
        self.at: int | None = None
        self.seen = 0
        self._sure: int | None = None

    def learn(self, told: int | None, *, first: bool) -> None:
        """The last change that something tells of, if it tells of any.

        The first id of all is where to begin. Where something was listed before it, not
        the `first` listing, a little below: that may have changed in between.
        """
        if told is None or told <= 0:
            return
        self.saw(told)
        if self.at is None:
            self.at = told if first else max(1, told - _BELOW)
            self._sure = told

    def saw(self, told: int) -> None:
        """All that is asked from here on knows of this transaction."""
        self.seen = max(self.seen, told)

    def moved(self, to: int) -> None:
        """All up to here was taken in."""
        self.at = to
        self._sure = None

    def surer(self) -> int | None:
        """An id to begin with that TMS itself named, where the present one was guessed."""
        sure, self._sure = self._sure, None
        if sure is None or sure == self.at:
            return None
        self.at = sure
        return sure

    def lose(self) -> None:
        """Know no id again."""
        self.at = self._sure = None
        self.seen = 0


async def since(service: TmsService, cursor: int) -> tuple[dict[int, Transaction], int]:
    """The last transaction of every conference that changed, and the last of all.

    Raises LogLostError where the log cannot be followed.
    """
    latest: dict[int, Transaction] = {}
    for _ in range(_MAX_PAGES):
        try:
            page = await service.transactions_since(cursor)
        except RejectedError as error:
            raise LogLostError(error.words) from error
        for transaction in page.items:
            if transaction.id <= cursor:
                raise LogLostError("transactions go backwards")
            cursor = transaction.id
            latest.pop(transaction.conference_id, None)
            latest[transaction.conference_id] = transaction
        if page.complete:
            return latest, cursor
        if not page.items:
            raise LogLostError("an empty page of many")
    raise LogLostError("too many transactions")


async def newest(service: TmsService) -> tuple[int, frozenset[int] | None]:
    """The last transaction of all, and the systems of all before it where they were read.

    A log of years is not read but halved. Raises LogLostError where it cannot be found.
    """
    page = await _after(service, 1)
    low = _last(page, 1)
    if page.complete:
        told = [transaction.systems for transaction in page.items]
        systems = frozenset().union(*(known for known in told if known is not None))
        return low, None if None in told else systems
    high: int | None = None
    for _ in range(_MAX_PROBES):
        if high is None:
            probe = min(2 * low, _LAST_ID)
        elif high - low > 1:
            probe = (low + high) // 2
        else:
            return low, None
        page = await _after(service, probe)
        if page.items and page.complete:
            return _last(page, probe), None
        if page.items:
            low = _last(page, probe)
        else:
            high = probe
    raise LogLostError("the log has no end")


async def _after(service: TmsService, transaction_id: int) -> Transactions:
    """A page of the log; an empty one where TMS knows no such id."""
    try:
        return await service.transactions_since(transaction_id)
    except RejectedError:
        return Transactions((), complete=True)


def _last(page: Transactions, after: int) -> int:
    return max((transaction.id for transaction in page.items), default=after)
