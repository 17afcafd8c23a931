"""A meeting of TMS to which nobody comes is given back, by check-ins that are kept here."""

from tests.integration.server_house import assert_a_room_frees_itself

from .house import TmsHouse


async def test_a_room_frees_itself(closed_house: TmsHouse) -> None:
    """At the end of the window; those who checked in keep theirs."""
    await assert_a_room_frees_itself(closed_house)
