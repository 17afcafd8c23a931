"""ClientSessions: who may write, for how long, on whose licence."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from uuid import UUID

from .faults import TmsFault
from .settings import Settings


@dataclass(slots=True)
class _Session:
    issued_at: datetime
    used: bool = False


class ClientSessions:
    """The ids that were suggested or made up, and what became of them."""

    def __init__(
        self, clock: Callable[[], datetime], settings: Settings, random: Random
    ) -> None:
        """Start with none."""
        self._clock = clock
        self._settings = settings
        self._random = random
        self._sessions: dict[str, _Session] = {}

    @property
    def active(self) -> frozenset[str]:
        """The ids that consume a licence now."""
        return frozenset(
            session_id
            for session_id, session in self._sessions.items()
            if session.used and not self._is_over(session)
        )

    def suggest(self) -> str:
        """Return a new id, another one each time."""
        session_id = str(UUID(int=self._random.getrandbits(128), version=4))
        self._sessions[session_id] = _Session(self._clock())
        return session_id

    def expire(self) -> None:
        """Forget all ids, as a restart of the server does."""
        self._sessions.clear()

    def use(self, session_id: str | None) -> None:
        """Let a licensed operation pass, or suggest another id."""
        if session_id is None or not session_id.strip():
            raise TmsFault(
                "ERR_CLIENT_SESSION_BLANK",
                "The client session id is blank.",
                self.suggest(),
            )
        session = self._sessions.get(session_id.lower())
        if session is None and self._is_welcome(session_id):
            session = self._sessions[session_id.lower()] = _Session(self._clock())
        if session is None or self._is_over(session):
            raise TmsFault(
                "ERR_CLIENT_SESSION_EXPIRED",
                "The client session id is expired.",
                self.suggest(),
            )
        if not session.used:
            if len(self.active) >= self._settings.session_licences:
                raise TmsFault(
                    "LICENSE", "There are no more Application Integration licenses."
                )
            session.used = True

    def _is_over(self, session: _Session) -> bool:
        settings = self._settings
        lasts = settings.session_lifetime + settings.session_grace
        return self._clock() - session.issued_at >= lasts

    def _is_welcome(self, session_id: str) -> bool:
        if not self._settings.accept_foreign_sessions:
            return False
        try:
            UUID(session_id)
        except ValueError:
            return False
        return True
