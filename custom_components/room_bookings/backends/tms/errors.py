"""What TMS says when it refuses, by the codes of the API reference."""

from ...rooms.errors import RejectedError, RoomError


class TmsFault(RejectedError):
    """A refusal in TMS's own words; `code` is None where it gave none."""

    def __init__(self, words: str, code: int | None = None) -> None:
        """Quote TMS."""
        super().__init__(words)
        self.code = code


class ConcurrentModificationError(TmsFault):
    """Somebody else changed the conference since it was read (-2147218248)."""


class OutdatedError(RoomError):
    """The server's booking API is older than what can be used."""

    key = "outdated"

    def __init__(self, version: int, needed: int) -> None:
        """Name both versions."""
        super().__init__(f"booking API {version}, {needed} is needed")
        self.version = version
        self.needed = needed
