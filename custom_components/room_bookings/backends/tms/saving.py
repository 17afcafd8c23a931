"""Making a conference once, whatever becomes of the answer."""

from contextlib import suppress
from dataclasses import replace
from typing import Final

from ...rooms.errors import AnswerLostError, NotFoundError, RoomError
from .model import Conference, ConferenceChanges, ConferenceStatus
from .service import TmsService

# So many keys are remembered whose fate is unknown; each is asked for twice at most.
_UNSURE_KEPT: Final = 1_000
_UNDONE: Final = (ConferenceStatus.DELETED, ConferenceStatus.REJECTED)


class Maker:
    """Saves new conferences under keys of our own, by which a lost one is found again."""

    def __init__(self, service: TmsService, source: str) -> None:
        """Save nothing yet; `source` is our external source id."""
        self._service = service
        self._source = source
        self._unsure: dict[str, None] = {}

    async def make(
        self,
        key: str,
        base: Conference,
        changes: ConferenceChanges,
        *,
        send_confirmation: bool = False,
    ) -> Conference:
        """The conference that was made by this key, now or by an earlier attempt.

        Raises AnswerLostError if nobody knows whether it was.
        """
        if key in self._unsure and (made := await self._made(key)) is not None:
            del self._unsure[key]
            return made
        changes = replace(changes, external_source=self._source, external_key=key)
        try:
            saved = await self._service.save(
                base, changes, send_confirmation=send_confirmation
            )
        except AnswerLostError:
            self._unsure[key] = None
            if len(self._unsure) > _UNSURE_KEPT:
                del self._unsure[next(iter(self._unsure))]
            found: Conference | None = None
            # What became of it is still unknown then, which is what is being said.
            with suppress(RoomError):
                found = await self._made(key)
            if found is None:
                raise
            saved = found
        self._unsure.pop(key, None)
        return saved

    async def _made(self, key: str) -> Conference | None:
        conference_id = await self._service.find(self._source, key)
        if conference_id is None:
            return None
        try:
            made = await self._service.conference(conference_id)
        except NotFoundError:
            return None
        return None if made.status in _UNDONE or made.id <= 0 else made
