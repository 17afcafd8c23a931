"""What people do to bookings, and what they are told when it cannot be done."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from tests.simulators.webex import WebexSimulator
from tests.simulators.xapi import PHONEOS_3_6

from .house import House
from .virtual_time import VirtualTime

DELETE = "Bookings.Delete"
DELETED = "Bookings.Deleted"

type Arm = Callable[[WebexSimulator], object]


async def _refused(house: House, action: str, **data: Any) -> HomeAssistantError:
    with pytest.raises(HomeAssistantError) as caught:
        await house.call(action, "Fjord", **data)
    error = caught.value
    assert error.translation_domain == "room_bookings"
    assert (error.translation_placeholders or {})["room"] == "Fjord"
    return error


# Delete


async def test_delete(house: House, clock: VirtualTime) -> None:
    """It returns when the device has confirmed it."""
    booking = house.book_at_device("Fjord", "Review", 60, 30)
    await clock.pass_by(seconds=5)
    with house.recording() as changes:
        answer = await house.call("delete", "Fjord", booking_id=booking.meeting_id)
        assert house.truth("Fjord") == []
    assert answer == {"booking_id": booking.meeting_id}
    assert house.titles("Fjord")[1] == "unknown"
    (told,) = changes.told("Fjord")
    assert (told.kind, told.title, told.ours) == ("cancelled", "Review", True)


async def test_delete_a_booking_that_nobody_has_heard_of_yet(
    house: House, clock: VirtualTime
) -> None:
    """Before it says that there is none, it looks."""
    house.sim.faults.events().always().drop()
    house.sim.faults.messages("status").always().drop()
    booking = house.book_at_device("Fjord", "Review", 60, 30)
    await clock.pass_by(seconds=5)
    await house.call("delete", "Fjord", booking_id=booking.meeting_id)
    assert house.truth("Fjord") == []


async def test_delete_a_booking_in_two_months(house: House, clock: VirtualTime) -> None:
    """It is further ahead than rooms are held, but the calendar shows it."""
    house.sim.faults.events(DELETED).always().drop()
    booking = house.book_at_device("Fjord", "Offsite", 60 * 24 * 60, 30)
    await clock.pass_by(minutes=1)
    await house.call("delete", "Fjord", booking_id=booking.meeting_id)
    assert house.truth("Fjord") == []


@pytest.mark.parametrize("key", ["BookingRequestUUID", "MeetingId", "Id"])
async def test_delete_by_whatever_name_the_phone_takes(
    closed_house: House, clock: VirtualTime, key: str
) -> None:
    """Also after a restart, with which its own Ids changed."""
    house = closed_house
    for device in house.workspace("Fjord").devices:
        device.profile = PHONEOS_3_6.delete_by(key)
    first = house.book_at_device("Fjord", "First", 60, 30)
    second = house.book_at_device("Fjord", "Second", 120, 30)
    await house.open()
    await house.call("delete", "Fjord", booking_id=first.meeting_id)
    house.phone("Fjord").reboot()
    await clock.pass_by(seconds=5)
    await house.call("delete", "Fjord", booking_id=second.meeting_id)
    assert house.truth("Fjord") == []


@pytest.mark.parametrize(
    ("arm", "deletes", "within"),
    [
        pytest.param(
            lambda sim: sim.faults.events(DELETED).always().drop(),
            1,
            3,
            id="the event is lost",
        ),
        pytest.param(
            lambda sim: sim.faults.events(DELETED).always().delay(60),
            1,
            3,
            id="the event is late",
        ),
        pytest.param(
            lambda sim: sim.faults.when(command=DELETE).drop_answer(),
            1,
            1,
            id="the answer is lost",
        ),
        pytest.param(
            lambda sim: sim.faults.when(command=DELETE).drop(),
            2,
            5,
            id="the request is lost",
        ),
        pytest.param(
            lambda sim: sim.faults.when(command=DELETE).not_applied(),
            2,
            15,
            id="the device does nothing",
        ),
        pytest.param(
            lambda sim: sim.faults.when(command=DELETE).applied_late(5),
            1,
            6,
            id="the device is slow",
        ),
        pytest.param(
            lambda sim: sim.faults.when(command=DELETE).status(429, retry_after=20),
            2,
            25,
            id="the cloud is busy",
        ),
        pytest.param(
            lambda sim: (
                sim.faults.when(command=DELETE).drop_answer(),
                sim.faults.events(DELETED).drop(),
                sim.faults.when(command="Bookings.List").times(2).status(500),
            ),
            1,
            10,
            id="the answer is lost and the list fails",
        ),
    ],
)
async def test_delete_whatever_dies(
    house: House, clock: VirtualTime, arm: Arm, deletes: int, within: float
) -> None:
    """The list decides, and what happened is told once."""
    booking = house.book_at_device("Fjord", "Review", 60, 30)
    await clock.pass_by(seconds=5)
    arm(house.sim)
    began = clock.now
    with house.recording() as changes:
        await house.call("delete", "Fjord", booking_id=booking.meeting_id)
        assert clock.now - began <= timedelta(seconds=within)
        assert house.truth("Fjord") == []
        await clock.pass_by(minutes=2)
    assert house.requests(DELETE) == deletes
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("cancelled", True)]


@pytest.mark.parametrize(
    ("arm", "key", "left"),
    [
        pytest.param(
            lambda sim: sim.faults.when(command=DELETE).always().not_applied(),
            "unconfirmed",
            1,
            id="the device never does it",
        ),
        pytest.param(
            lambda sim: sim.faults.when(command=DELETE).always().status(400, "No"),
            "rejected",
            1,
            id="the device refuses",
        ),
        pytest.param(
            lambda sim: (
                sim.faults.when(command=DELETE).drop(),
                sim.faults.when(command=DELETE).always().status(400, "No"),
            ),
            "rejected",
            1,
            id="the request is lost, the next one refused",
        ),
        pytest.param(
            lambda sim: (
                sim.faults.when(command=DELETE).drop(),
                sim.faults.when(command=DELETE).always().status(429),
            ),
            "unconfirmed",
            1,
            id="the request is lost, then the cloud is busy",
        ),
        pytest.param(
            lambda sim: sim.faults.when(command=DELETE).always().status(429),
            "busy_try_later",
            1,
            id="the cloud stays busy",
        ),
    ],
)
async def test_delete_that_fails(
    house: House, clock: VirtualTime, arm: Arm, key: str, left: int
) -> None:
    """Who deletes it later at the device is somebody else."""
    booking = house.book_at_device("Fjord", "Review", 60, 30)
    await clock.pass_by(seconds=5)
    arm(house.sim)
    error = await _refused(house, "delete", booking_id=booking.meeting_id)
    assert error.translation_key == key
    assert len(house.truth("Fjord")) == left
    house.sim.faults.clear()
    with house.recording() as changes:
        house.workspace("Fjord").delete_locally(booking)
        await clock.pass_by(seconds=5)
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("cancelled", False)]


async def test_delete_what_is_not_there(house: House) -> None:
    """The user's fault."""
    error = await _refused(house, "delete", booking_id="nothing")
    assert error.translation_key == "unknown_booking"
    assert isinstance(error, ServiceValidationError)
    assert house.requests(DELETE) == 0


async def test_delete_what_somebody_else_has_just_deleted(
    house: House, clock: VirtualTime
) -> None:
    """The device does not know it any more."""
    booking = house.book_at_device("Fjord", "Review", 60, 30)
    await clock.pass_by(seconds=5)
    house.sim.faults.events().always().drop()
    house.sim.faults.messages("status").always().drop()
    house.workspace("Fjord").delete_locally(booking)
    error = await _refused(house, "delete", booking_id=booking.meeting_id)
    assert error.translation_key == "unknown_booking"


async def test_delete_what_is_over(house: House, clock: VirtualTime) -> None:
    """What was held cannot be undone."""
    booking = house.book_at_device("Fjord", "Standup", 1, 5)
    await clock.move_to(house.at(10))
    error = await _refused(house, "delete", booking_id=booking.meeting_id)
    assert error.translation_key == "in_the_past"
    assert isinstance(error, ServiceValidationError)


# End


async def test_end_meeting(house: House, clock: VirtualTime) -> None:
    """It touches the running meeting and nothing else; PhoneOS can only delete it."""
    running = house.book_at_device("Fjord", "Standup", 0, 30)
    house.book_at_device("Fjord", "Review", 30, 30)
    await clock.pass_by(minutes=10)
    with house.recording() as changes:
        answer = await house.call("end_meeting", "Fjord")
    assert answer == {
        "booking_id": running.meeting_id,
        "ended_at": clock.now.replace(microsecond=0).isoformat(),
        "method": "deleted",
    }
    assert house.truth("Fjord") == ["Review"]
    assert house.state("Fjord", "availability") == "free"
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("ended", True)]
    assert float(house.state("Fjord", "released_today")) == pytest.approx(20, abs=0.1)


async def test_end_the_meeting_that_runs_now(house: House, clock: VirtualTime) -> None:
    """Of two that follow on one another, the second one at its first second."""
    house.book_at_device("Fjord", "First", 1, 10)
    house.book_at_device("Fjord", "Second", 11, 10)
    await clock.move_to(house.at(11))
    await house.call("end_meeting", "Fjord")
    assert house.truth("Fjord") == ["First"]


async def test_end_no_meeting(house: House, clock: VirtualTime) -> None:
    """Nothing runs, or not any more."""
    error = await _refused(house, "end_meeting")
    assert error.translation_key == "no_meeting"
    assert isinstance(error, ServiceValidationError)
    booking = house.book_at_device("Fjord", "Standup", 0, 30)
    await clock.pass_by(seconds=5)
    house.sim.faults.events().always().drop()
    house.sim.faults.messages("status").always().drop()
    house.workspace("Fjord").delete_locally(booking)
    error = await _refused(house, "end_meeting")
    assert error.translation_key == "no_meeting"
    assert house.state("Fjord", "availability") == "free"


# Buttons


async def test_the_buttons(house: House, clock: VirtualTime) -> None:
    """A door panel's two simplest verbs."""
    await house.press("Fjord", "book_now")
    (booking,) = house.workspace("Fjord").bookings
    assert (booking.title, booking.minutes) == ("Meeting", 30)
    assert house.titles("Fjord")[0] == "Meeting"
    await house.press("Fjord", "end_meeting")
    assert house.truth("Fjord") == []
    with pytest.raises(ServiceValidationError) as error:
        await house.press("Fjord", "end_meeting")
    assert error.value.translation_key == "no_meeting"


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("extend", {"duration": "00:15:00"}),
        ("reschedule", {"booking_id": "x", "title": "y"}),
        ("check_in", {}),
    ],
)
async def test_what_phones_lack(
    house: House, clock: VirtualTime, action: str, data: dict[str, Any]
) -> None:
    """PhoneOS has no command for it; the error names what is lacking."""
    house.book_at_device("Fjord", "Standup", 0, 30)
    await clock.pass_by(seconds=5)
    error = await _refused(house, action, **data)
    assert isinstance(error, ServiceValidationError)
    assert error.translation_key == "not_supported"
    assert (error.translation_placeholders or {})["feature"] == action


async def test_a_read_only_phone_has_no_buttons(
    hass: HomeAssistant, closed_house: House
) -> None:
    """Its room can be seen, not booked; the action names what is lacking."""
    house = closed_house
    house.phone("Fjord").permissions = ["xapi:readonly"]
    await house.open()
    ids = {state.entity_id for state in hass.states.async_all("button")}
    assert {entity_id for entity_id in ids if "fjord" in entity_id} == set()
    assert len(ids) == 4
    for action, feature, data in (
        ("book", "book", {}),
        ("delete", "delete", {"booking_id": "x"}),
        ("end_meeting", "end_meeting", {}),
    ):
        error = await _refused(house, action, **data)
        assert error.translation_key == "not_supported"
        assert (error.translation_placeholders or {})["feature"] == feature


# What cannot be booked


async def test_a_conflict_names_the_other_times(
    house: House, clock: VirtualTime
) -> None:
    """In local time, and nothing is sent."""
    house.book_at_device("Fjord", "Review", 60, 30)
    await clock.pass_by(seconds=5)
    error = await _refused(house, "book", start=house.at(45), duration={"minutes": 30})
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
    house.sim.faults.events(DELETED).drop()
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
    error = await _refused(house, "book", **data)
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
    error = await _refused(house, "book", organizer_name="Ada")
    assert error.translation_key == "not_supported"
    assert (error.translation_placeholders or {})["feature"] == "OrganizerName"
    assert await house.call("book", "Fjord", title="Without")


async def test_a_missing_right_is_named(house: House) -> None:
    """An administrator took it away."""
    house.sim.app.scopes = tuple(
        scope for scope in house.sim.app.scopes if scope != "spark:xapi_commands"
    )
    error = await _refused(house, "book")
    assert error.translation_key == "permission_denied"
    assert not isinstance(error, ServiceValidationError)
    assert (error.translation_placeholders or {})["missing"] == "spark:xapi_commands"


async def test_the_device_is_quoted(house: House) -> None:
    """In its own words."""
    house.sim.faults.when(command="Bookings.Book").status(400, "Not at this hour")
    error = await _refused(house, "book")
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
        error = await _refused(house, "book")
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
    error = await _refused(house, "book")
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
