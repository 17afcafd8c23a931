"""What cannot be booked, and what whoever wants it is told."""

from datetime import timedelta
from typing import Any

import pytest

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from tests.simulators.xapi import PHONEOS_3_6

from .house import House
from .refused import refused
from .virtual_time import VirtualTime


async def test_a_conflict_names_the_other_times(
    house: House, clock: VirtualTime
) -> None:
    """In local time, and nothing is sent."""
    house.book_at_device("Fjord", "Review", 60, 30)
    await clock.pass_by(seconds=5)
    error = await refused(house, "book", start=house.at(45), duration={"minutes": 30})
    assert isinstance(error, ServiceValidationError)
    assert error.translation_key == "conflict"
    assert error.translation_placeholders == {
        "room": "Fjord",
        "start": "2026-03-03 02:00",
        "end": "2026-03-03 02:30",
    }
    assert house.requests("Bookings.Book") == 0


async def test_a_conflict_that_is_no_more(house: House, clock: VirtualTime) -> None:
    """What is known may be old: before it refuses, it looks."""
    booking = house.book_at_device("Fjord", "Review", 60, 30)
    await clock.pass_by(seconds=5)
    house.sim.faults.events("Bookings.Deleted").drop()
    house.sim.faults.messages("status").always().drop()
    house.workspace("Fjord").delete_locally(booking)
    await clock.pass_by(seconds=5)
    assert house.titles("Fjord")[1] == "Review"
    await house.call("book", "Fjord", title="Ours", start=house.at(60))
    assert house.truth("Fjord") == ["Ours"]


async def test_meetings_may_touch(house: House, clock: VirtualTime) -> None:
    """Half-open intervals: one ends as the other starts."""
    house.book_at_device("Fjord", "Before", 30, 30)
    house.book_at_device("Fjord", "After", 90, 30)
    await clock.pass_by(seconds=5)
    await house.call(
        "book", "Fjord", title="Between", start=house.at(60), duration="00:30:00"
    )
    assert house.truth("Fjord") == ["Before", "Between", "After"]


@pytest.mark.parametrize(
    ("data", "key", "placeholder"),
    [
        ({"private": True}, "not_supported", {"feature": "private bookings"}),
        ({"title": "x" * 129}, "not_supported", None),
        ({"organizer_name": "x" * 129}, "not_supported", None),
        ({"duration": {"seconds": 90}}, "not_supported", None),
        ({"duration": {"hours": 24, "minutes": 1}}, "too_long", {"minutes": "1440"}),
        ({"start": "2026-03-03T08:00:00Z"}, "in_the_past", None),
        ({"start": "2026-03-03T08:58:00Z"}, "in_the_past", None),
        ({"end": "2026-03-03T08:59:00Z"}, "ends_before_start", None),
        (
            {"start": "2026-03-03T12:00:00Z", "end": "2026-03-03T12:00:00Z"},
            "ends_before_start",
            None,
        ),
        ({"duration": 0}, "ends_before_start", None),
    ],
)
async def test_what_cannot_be_booked(
    house: House, data: dict[str, Any], key: str, placeholder: dict[str, str] | None
) -> None:
    """All of it the user's fault: nothing is sent, nothing is kept."""
    error = await refused(house, "book", **data)
    assert error.translation_key == key
    assert isinstance(error, ServiceValidationError)
    assert (placeholder or {}).items() <= (error.translation_placeholders or {}).items()
    assert house.requests("Bookings.Book") == 0
    assert house.ledger == []


async def test_a_title_of_128_characters(house: House) -> None:
    """Just as long as the wire can carry."""
    await house.call("book", "Fjord", title="x" * 128)
    assert house.truth("Fjord") == ["x" * 128]


async def test_a_phone_that_knows_no_organiser(closed_house: House) -> None:
    """What a wire cannot carry is refused, never dropped."""
    house = closed_house
    book = PHONEOS_3_6.commands["Bookings.Book"]
    narrow = type(book)(
        book.name, tuple(a for a in book.arguments if "Organizer" not in a.name)
    )
    profile = PHONEOS_3_6.without("Bookings.Book")
    commands = {**profile.commands, book.name: narrow}
    for device in house.workspace("Fjord").devices:
        device.profile = type(profile)(
            **{
                name: getattr(profile, name)
                for name in profile.__slots__
                if name not in ("commands", "software")
            },
            commands=commands,
            software="PhoneOS 3.5.1",
        )
    await house.open()
    error = await refused(house, "book", organizer_name="Ada")
    assert error.translation_key == "not_supported"
    assert (error.translation_placeholders or {})["feature"] == "OrganizerName"
    assert await house.call("book", "Fjord", title="Without")


async def test_a_missing_right_is_named(house: House) -> None:
    """An administrator took it away."""
    house.sim.app.scopes = tuple(
        scope for scope in house.sim.app.scopes if scope != "spark:xapi_commands"
    )
    error = await refused(house, "book")
    assert error.translation_key == "permission_denied"
    assert not isinstance(error, ServiceValidationError)
    assert (error.translation_placeholders or {})["missing"] == "spark:xapi_commands"


async def test_the_device_is_quoted(house: House) -> None:
    """In its own words."""
    house.sim.faults.when(command="Bookings.Book").status(400, "Not at this hour")
    error = await refused(house, "book")
    assert error.translation_key == "rejected"
    assert not isinstance(error, ServiceValidationError)
    assert (error.translation_placeholders or {})["words"] == "Not at this hour"


@pytest.mark.parametrize(
    ("retry_after", "told"), [(30, None), (31, "31"), (3600, "3600")]
)
async def test_patience_has_an_end(
    house: House, clock: VirtualTime, retry_after: int, told: str | None
) -> None:
    """Half a minute is waited for within the call, more is told."""
    house.sim.faults.when(command="Bookings.Book").status(429, retry_after=retry_after)
    began = clock.now
    if told is None:
        await house.call("book", "Fjord", title="Patient")
        assert timedelta(seconds=30) <= clock.now - began < timedelta(seconds=40)
        assert house.truth("Fjord") == ["Patient"]
    else:
        error = await refused(house, "book")
        assert error.translation_key == "busy_try_later"
        assert not isinstance(error, ServiceValidationError)
        assert (error.translation_placeholders or {})["seconds"] == told
        assert clock.now - began < timedelta(seconds=1)


async def test_a_room_that_cannot_be_listed_is_not_booked(
    house: House, clock: VirtualTime
) -> None:
    """Nobody could say what became of it."""
    house.sim.faults.when(command="Bookings.List").times(2).status(500)
    with pytest.raises(HomeAssistantError):
        await house.sync("Fjord")
    error = await refused(house, "book")
    assert error.translation_key == "unreachable"
    assert house.requests("Bookings.Book") == 0
    assert await house.call("book", "Fjord", title="Now")


async def test_a_room_of_two_phones_is_booked_at_the_one_that_is_there(
    house: House, clock: VirtualTime
) -> None:
    """Companion devices keep one calendar."""
    with house.recording() as changes:
        await house.call("book", "Birch", title="Ours", duration="00:10:00")
        await clock.pass_by(seconds=10)
    assert house.truth("Birch") == ["Ours"]
    assert [kind for kind, _ in changes.kinds("Birch")] == ["created", "started"]
