"""Which bookings were announced before their start: a restart must not announce them again."""

from datetime import datetime, timedelta
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.singleton import singleton
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
from homeassistant.util.hass_dict import HassKey

from ..const import DOMAIN
from ..rooms.booking import Booking, BookingId

_VERSION: Final = 1
_SAVE_DELAY: Final = 1.0

type _Key = tuple[str, timedelta]
type _Said = dict[BookingId, tuple[datetime, datetime]]


class Announced:
    """The file of all lead times: no texts, and nothing of bookings that have begun."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Read nothing yet."""
        self._store: Store[dict[str, list[dict[str, Any]]]] = Store(
            hass, _VERSION, f"{DOMAIN}.announced"
        )
        self._said: dict[_Key, _Said] = {}

    async def load(self) -> None:
        """Read the file."""
        stored = await self._store.async_load() or {}
        for item in stored.get("announced", ()):
            key = item["calendar"], timedelta(seconds=item["lead"])
            self._said.setdefault(key, {})[BookingId(item["booking_id"])] = (
                datetime.fromisoformat(item["at"]),
                datetime.fromisoformat(item["start"]),
            )

    def known(self, calendar: str, lead: timedelta) -> dict[BookingId, datetime]:
        """When which bookings of a room were announced, so long before their start."""
        said = self._said.get((calendar, lead), {})
        return {booking_id: at for booking_id, (at, _) in said.items()}

    def note(
        self, calendar: str, lead: timedelta, booking: Booking, at: datetime
    ) -> None:
        """Keep that a booking was announced; on disk within about a second."""
        said = self._said.setdefault((calendar, lead), {})
        said[booking.id] = at, booking.start
        self._store.async_delay_save(self._data, _SAVE_DELAY)

    @callback
    def _data(self) -> dict[str, list[dict[str, Any]]]:
        now = dt_util.utcnow()
        kept = {
            key: {id_: said for id_, said in by_id.items() if said[1] > now}
            for key, by_id in self._said.items()
        }
        self._said = {key: by_id for key, by_id in kept.items() if by_id}
        return {
            "announced": [
                {
                    "calendar": calendar,
                    "lead": lead.total_seconds(),
                    "booking_id": booking_id,
                    "at": at.isoformat(),
                    "start": start.isoformat(),
                }
                for (calendar, lead), by_id in self._said.items()
                for booking_id, (at, start) in by_id.items()
            ]
        }


_ANNOUNCED: Final[HassKey[Announced]] = HassKey(f"{DOMAIN}.announced")


@singleton(_ANNOUNCED, async_=True)
async def async_announced(hass: HomeAssistant) -> Announced:
    """The one file that all triggers share."""
    announced = Announced(hass)
    await announced.load()
    return announced
