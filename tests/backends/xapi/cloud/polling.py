"""What a device says by the queue, and how often the queue was asked."""

from tests.backends.xapi.conftest import Rig

WORD = {
    "type": "events",
    "deviceId": "d",
    "events": [{"key": "Bookings.Start", "value": {"Id": "1"}}],
}


def polls(rig: Rig) -> int:
    """How often the queue was asked, wherever it is."""
    return sum(1 for r in rig.sim.requests if r.method == "GET" and "/queue" in r.path)
