"""What each release of the simulated device can do (facts/cisco-xapi.md 1.3)."""

from tests.simulators.roomos import RoomosSimulator
from tests.simulators_tests.conftest import Clock

from .client import BOOKINGS, client_of


def names(sim: RoomosSimulator, kind: str) -> set[str]:
    """The Bookings commands or events of a release."""
    found = sim.profile.commands if kind == "commands" else sim.profile.events
    return {n.removeprefix("Bookings.") for n in found if n.startswith("Bookings.")}


async def test_what_each_release_has(clock: Clock) -> None:
    """The schema history of 1.3, and what Teams mode lacks (1.1)."""
    sims = {
        name: RoomosSimulator(clock, name)
        for name in ("roomos-11.14", "roomos-11.24", "roomos-26.4", "mtr")
    }
    old, middle, new, teams = (names(sim, "commands") for sim in sims.values())
    assert old == middle == new - {"CheckIn", "CheckOut"}
    assert {"Edit", "Extend", "Delete", "Respond", "Clear"} <= old
    assert new - teams == {"CheckOut", "Clear", "Extend", "NotificationSnooze", "Put"}
    old, middle, new, teams = (names(sim, "events") for sim in sims.values())
    assert middle - old == {
        "BookingCreated",
        "BookingFailed",
        "BookingMoved",
        "CheckedIn",
        "EditRequested",
        "ExtensionFailed",
        "SyncRequired",
    }
    assert new - middle == {"EditFailed"}
    assert {"Updated", "Start", "End", "Deleted", "BookingRequested"} <= old
    assert new == teams
    settings = [
        {s for s in sim.configuration if s.startswith("Bookings.")}
        for sim in sims.values()
    ]
    assert settings[0] == set()
    assert "Bookings.AdhocBooking.Enabled" in settings[1]
    assert settings[2] == settings[3] > settings[1]


async def test_11_14_books_without_being_told(
    clock: Clock, socket_enabled: None
) -> None:
    """No BookingCreated, no SyncRequired, narrow Book, End with Id alone (1.3)."""
    async with (
        RoomosSimulator(clock, "roomos-11.14") as sim,
        await client_of(sim) as client,
    ):
        await client.subscribe(*BOOKINGS)
        wide = await client.refused("xCommand/Bookings/Book", {"OrganizerName": "Ada"})
        assert wide.code == -32602
        await client.command("Book", BookingRequestUUID="u", Title="T", Duration=15)
        assert await client.event_names() == ["BookingRequested", "Updated", "Start"]
        setting = ["Configuration", "Bookings", "AdhocBooking", "Enabled"]
        assert (await client.refused("xGet", {"Path": setting})).code == 1
        clock.pass_by(minutes=15)
        await sim.tick()
        assert await client.events() == [("End", {"id": 1, "Id": "webex-1"})]
        unknown = await client.refused("xCommand/Bookings/CheckOut", {"Id": "webex-1"})
        assert unknown.code == -32601
        sim.reboot()
        clock.pass_by(minutes=1)
        async with await client_of(sim) as again:
            await again.subscribe(*BOOKINGS)
            await sim.tick()
            assert await again.events() == []


async def test_teams_mode_lacks_commands(clock: Clock, socket_enabled: None) -> None:
    """They are not there (1.1); Availability and Current still are (9.9)."""
    async with RoomosSimulator(clock, "mtr") as sim, await client_of(sim) as client:
        for name in ("CheckOut", "Clear", "Extend", "NotificationSnooze", "Put"):
            assert (await client.refused(f"xCommand/Bookings/{name}")).code == -32601
        await client.command("Book", Title="T")
        status = await client.get("Status", "Bookings", "Availability", "Status")
        assert status == "BookedUntil"
        await client.command("Edit", Id="webex-1", Duration=5)
