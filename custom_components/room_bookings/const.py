"""Names that several files of the integration share."""

from datetime import timedelta
import logging
from typing import Final

DOMAIN: Final = "room_bookings"
LOGGER: Final = logging.getLogger(__package__)

CONF_SYSTEM: Final = "system"
# No system of rooms: the entry that serves those of all others.
SYSTEM_CONNECTOR: Final = "roomz_connector"
CONF_FINGERPRINT: Final = "fingerprint"
CONF_ROOMS: Final = "rooms"
CONF_LEFT_OUT: Final = "left_out"
CONF_TITLES: Final = "titles"
CONF_DEFAULT_DURATION: Final = "default_duration"
CONF_CHECK_IN: Final = "check_in"
CONF_PENDING_BEFORE: Final = "pending_before"
CONF_CHECK_IN_WINDOW: Final = "check_in_window"
CONF_NO_SHOW: Final = "no_show"
CONF_PRESENCE: Final = "presence"
CONF_EXEMPT_LONG: Final = "exempt_long"
# What was chosen for one room is a subentry of this type.
SUBENTRY_ROOM: Final = "room"
CONF_ROOM: Final = "room"
DEFAULT_DURATION: Final = 30
DEFAULT_EXTENSION: Final = timedelta(minutes=15)

# Bookings are held this far ahead; a calendar that asks for more fetches it on demand.
HORIZON: Final = timedelta(days=30)
# A meeting that is over stays in the calendar for a day, also where systems forget it.
KEPT_PAST: Final = timedelta(hours=25)
# Known bookings are followed for so long without a word from the system.
GRACE: Final = timedelta(minutes=5)
# Nobody names, looks or books further ahead: it would have systems search for ever.
FURTHEST: Final = timedelta(days=365)
