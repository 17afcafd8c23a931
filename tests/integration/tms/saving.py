"""What happens to bookings that TMS carries out."""

from tests.simulators.tms.faults import RequestFaults
from tests.simulators.tms.request_log import LoggedRequest

from .house import TmsHouse


def with_session(request: LoggedRequest) -> bool:
    """Whether a request is carried out, not sent back for want of a session."""
    return bool(request.session)


def saving(house: TmsHouse) -> RequestFaults:
    """What happens to the next booking that is carried out."""
    return house.tms.faults.when("SaveConferenceWithMode", predicate=with_session)
