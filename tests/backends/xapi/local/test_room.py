"""What a device tells of its room."""

import pytest

from custom_components.room_bookings.backends.signals import (
    BookingAdded,
    PeopleSeen,
    RoomStale,
)
from custom_components.room_bookings.backends.xapi.transport import DeviceId
from custom_components.room_bookings.rooms.errors import UnreachableError
from custom_components.room_bookings.rooms.room import Verb
from custom_components.room_bookings.rooms.state import CheckInRules
from tests.backends.listening import Ear
from tests.simulators.roomos import RoomosSimulator

from .conftest import Near
from .connection import EDITS, MINUTE, equipped


@pytest.mark.parametrize(
    ("profile", "verbs", "narrow"),
    [
        ("roomos-26.4", EDITS | {Verb.CHECK_IN}, False),
        ("mtr", EDITS | {Verb.CHECK_IN}, False),
        ("roomos-11.24", EDITS, False),
        ("roomos-11.14", EDITS, True),
    ],
)
async def test_a_release_has_its_verbs(
    near: Near, verbs: set[Verb], narrow: bool
) -> None:
    """And its arguments (facts 1.3)."""
    found = await equipped(near)
    assert found.room.verbs == verbs
    (device,) = found.devices
    assert device.capabilities.takes("book", "OrganizerName") is not narrow
    known = near.sim.profile.commands
    for command in ("Book", "Delete", "Edit", "List"):
        takes = device.capabilities.commands[command.lower()]
        arguments = {a.name.lower() for a in known[f"Bookings.{command}"].arguments}
        assert takes <= arguments


async def test_a_room_is_described(near: Near) -> None:
    """By its device."""
    room = (await equipped(near)).room
    assert room.id == room.serial == near.sim.serial
    assert room.name == "Fjord"
    assert room.manufacturer == "Cisco"
    assert room.model == "Cisco Codec Room Kit"
    assert room.software.startswith("ce26.4.")
    assert room.online
    assert room.certain
    assert room.check_in is None


async def test_a_device_that_does_not_say_what_it_runs(near: Near) -> None:
    """It can do what the oldest can, and perhaps more."""
    near.sim.remove_status("SystemUnit.Software.Version")
    room = (await equipped(near)).room
    assert room.verbs == {Verb.BOOK, Verb.DELETE, Verb.END_MEETING}
    assert not room.certain


@pytest.mark.parametrize(
    ("missing", "name"),
    [
        ((), "Fjord"),
        (("UserInterface.ContactInfo",), "Codec"),
        (("UserInterface.ContactInfo", "SystemUnit.ProductId"), "Codec"),
    ],
)
async def test_a_room_without_a_name_is_called_something(
    near: Near, missing: tuple[str, ...], name: str
) -> None:
    """By the name of its system, its product, or its address."""
    near.sim.configuration["SystemUnit.Name"] = "Codec"
    for status in missing:
        near.sim.remove_status(status)
    assert (await equipped(near)).room.name == name
    near.sim.configuration["SystemUnit.Name"] = ""
    if missing:
        model = (await equipped(near)).room
        assert model.name == (model.model or "127.0.0.1")


async def test_a_device_without_a_serial_number_is_none(near: Near) -> None:
    """Nothing else is its own for ever."""
    near.sim.remove_status("SystemUnit.Hardware.Module.SerialNumber")
    with pytest.raises(UnreachableError):
        await equipped(near)


@pytest.mark.parametrize("window", [20, None])
async def test_a_device_that_waits_for_people_says_how_long(
    near: Near, window: int | None
) -> None:
    """By its settings (facts 1.6)."""
    near.sim.configuration["Bookings.CheckIn.Enabled"] = "True"
    if window is None:
        near.sim.faults.when(
            predicate=lambda r: (
                list(r.params.get("Path", []))[-1:] == ["WindowDuration"]
            )
        ).error(1)
    else:
        near.sim.configuration["Bookings.CheckIn.WindowDuration"] = window
    minutes = window or 10
    assert (await equipped(near)).room.check_in == CheckInRules(
        before=5 * MINUTE, window=minutes * MINUTE
    )


@pytest.mark.parametrize(("people", "counts"), [(0, True), (3, True), (None, False)])
async def test_a_device_that_counts_people_says_so(
    near: Near, people: int | None, counts: bool
) -> None:
    """-1 and Unknown are what one says that cannot."""
    near.sim.set_people(people)
    assert (await equipped(near)).room.counts_people is counts


async def test_a_device_without_sensors_counts_nobody(near: Near) -> None:
    """It has bookings all the same."""
    async with RoomosSimulator(clock=near.clock, people=False) as sim:
        blind = Near(sim, near.clock)
        backend = await blind.backend()
        (room,) = await backend.rooms()
        assert room.counts_people is False
        async with Ear(backend.listen) as ear:
            sim.book_locally("A")
            await ear.until(BookingAdded)
            assert not ear.of(PeopleSeen)
        await backend.close()


async def test_people_are_told_together(near: Near) -> None:
    """What changed alone does not hide the other; who cannot tell any more says nothing."""
    backend = await near.backend()
    async with Ear(backend.listen) as ear:
        await ear.until(PeopleSeen(near.room_id, 0, present=False))
        near.sim.set_people(2)
        await ear.until(PeopleSeen(near.room_id, 2, present=True))
        near.sim.set_people(3)
        await ear.until(PeopleSeen(near.room_id, 3, present=True))
        near.sim.set_people(None)
        await ear.until(PeopleSeen(near.room_id, None, None))


@pytest.mark.parametrize("profile", ["roomos-11.14"])
async def test_before_there_were_events_the_list_is_read(near: Near) -> None:
    """11.14 says only that something changed (facts 1.3)."""
    backend = await near.backend()
    async with Ear(backend.listen) as ear:
        near.sim.book_locally("A")
        await ear.until(RoomStale(near.room_id))


async def test_statuses_that_are_not_there_are_left_out(near: Near) -> None:
    """The others are told."""
    transport = await near.connected()
    names = ("Bookings.Availability.Status", "Bookings.Nothing")
    found = await transport.status(DeviceId("x"), *names)
    assert found == {"Bookings.Availability.Status": "Free"}


async def test_other_commands_meet_no_obstacle(near: Near) -> None:
    """Only booking can be switched off."""
    transport = await near.connected()
    near.sim.configuration["Bookings.AdhocBooking.Enabled"] = "False"
    assert await transport.obstacle(DeviceId("x"), "delete") is None
    assert "AdhocBooking" in (await transport.obstacle(DeviceId("x"), "book") or "")
    near.sim.configuration["Bookings.AdhocBooking.Enabled"] = "True"
    assert await transport.obstacle(DeviceId("x"), "book") is None
