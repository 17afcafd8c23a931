"""Which systems are rooms: those with a Bookings module (facts B2)."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from ...rooms.errors import (
    BusyTryLaterError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
)
from ..parsing import Json
from .rest import PlaceosRest
from .wire import JsonObject, as_int, as_items, as_text

_MODULE: Final = "Bookings"
_AT_ONCE: Final = 6

type _Modules = tuple[str, ...]


class Systems:
    """Finds the rooms, and asks of what a system consists only when that has changed."""

    def __init__(self, rest: PlaceosRest) -> None:
        """Know nothing yet."""
        self._rest = rest
        self._booked: dict[str, tuple[_Modules, bool]] = {}

    async def with_bookings(self) -> Mapping[str, JsonObject]:
        """The systems with a Bookings module, by id; a full listing, or an error.

        A system that cannot be looked into is as it was, or is no room yet.
        """
        systems = {as_text(s.get("id")): s for s in await self._rest.systems()}
        modules = {key: _modules(s.get("modules")) for key, s in systems.items()}
        unknown = [
            key
            for key in systems
            if (known := self._booked.get(key)) is None or known[0] != modules[key]
        ]
        await self._look_into(unknown, modules)
        self._booked = {k: v for k, v in self._booked.items() if k in systems}
        rooms = {key for key, (_, has_bookings) in self._booked.items() if has_bookings}
        return {key: system for key, system in systems.items() if key in rooms}

    async def _look_into(
        self, wanted: Sequence[str], modules: Mapping[str, _Modules]
    ) -> None:
        waiting = iter(wanted)
        hopeless: list[RoomError] = []
        problems: list[RoomError] = []

        async def look() -> None:
            for key in waiting:
                if hopeless:
                    return
                try:
                    types = await self._rest.types(key)
                except (PermissionDeniedError, BusyTryLaterError) as error:
                    hopeless.append(error)
                except RejectedError:
                    # It has just gone, or is not for this key.
                    self._booked.pop(key, None)
                except RoomError as error:
                    problems.append(error)
                else:
                    has_bookings = (as_int(types.get(_MODULE)) or 0) > 0
                    self._booked[key] = (modules[key], has_bookings)

        await asyncio.gather(*(look() for _ in range(min(_AT_ONCE, len(wanted)))))
        if hopeless or len(problems) * 2 > len(wanted):
            # Not some bad systems: a server that does not answer.
            raise (hopeless + problems)[0]


def _modules(value: Json) -> _Modules:
    return tuple(map(as_text, as_items(value)))
