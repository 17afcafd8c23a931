"""What people do to meetings at PlaceOS from Home Assistant, with the care that its driver does not take."""

import asyncio
from typing import Any

import pytest

from custom_components.room_bookings.rooms.ledger import Ledger
from custom_components.room_bookings.storage import HubStore
from homeassistant.exceptions import HomeAssistantError
from tests.integration.server_house import HALF_AN_HOUR, iso, told_by
from tests.simulators.placeos import Faults

from .house import BUSY, PANEL, PlaceosHouse, kinds

EVERY_RELEASE = pytest.mark.parametrize(
    "server", [{"release": name} for name in ("D2", "D2b", "D3", "D4")]
)
# Drivers that hear of what happens elsewhere only when they poll.
EVERY_DRIVER = pytest.mark.parametrize(
    "server",
    [
        {"release": name, "push": push}
        for name in ("D2", "D3", "D4")
        for push in (False, True)
    ],
)
WITH_CHECK_IN = pytest.mark.parametrize("settings", [PANEL])
EITHER_WAY = pytest.mark.parametrize("settings", [BUSY, PANEL])


# Book


@EVERY_DRIVER
@EITHER_WAY
async def test_book_now(house: PlaceosHouse) -> None:
    """It is booked when the action returns, once, and told once; the room does not blink."""
    with house.recording() as changes:
        answer = await house.do("book", title="Stand-up", duration=HALF_AN_HOUR)
        [event] = house.room().events
        assert answer == {
            "booking_id": event.id,
            "title": "Stand-up",
            "start": iso(0),
            "end": iso(30),
        }
        assert house.facts() == ("busy", "on", "on")
        await house.clock.pass_by(minutes=6)
        assert house.facts() == ("busy", "on", "on")
    assert house.held() == [("Stand-up", 0, 30)]
    assert house.executed("book_now") == [(1800, "Stand-up", None)]
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [
        ("created", True),
        ("started", True),
    ]
    states = [state for _, state in changes.moments("Fjord", "availability")]
    assert states == ["busy"]
    [wish] = house.ledger
    assert (wish["stage"], wish["booking_id"]) == ("confirmed", event.id)


async def test_book_now_by_its_button(house: PlaceosHouse) -> None:
    """For the default duration."""
    await house.press("Fjord", "book_now")
    assert house.held() == [("Meeting", 0, 30)]
    assert house.now("current_booking") == "Meeting"


async def test_book_for_somebody(house: PlaceosHouse) -> None:
    """By address; the room stays the host."""
    await house.do("book", title="Review", organizer_email="ada@example.com")
    [event] = house.room().events
    assert "ada@example.com" in {a["email"] for a in event.attendees}


@pytest.mark.parametrize(
    ("data", "feature"),
    [
        ({"start": 10, "duration": HALF_AN_HOUR}, "a booking for later"),
        ({"private": True}, "private bookings"),
        ({"organizer_name": "Ada"}, "an organizer by name"),
        ({"pin": "4711"}, "pin"),
        ({"title": "\ud83d"}, "this title"),
    ],
)
async def test_what_cannot_be_booked(
    house: PlaceosHouse, data: dict[str, Any], feature: str
) -> None:
    """It is refused by its name, and nothing is sent."""
    if "start" in data:
        data = {**data, "start": house.at(data["start"])}
    house.placeos.frames.clear()
    told = await house.refused("book", **data)
    assert (told["key"], told["feature"]) == ("not_supported", feature)
    assert house.placeos.frames.of(cmd="exec") == []
    assert house.ledger == []


@pytest.mark.parametrize(
    ("setting", "feature"),
    [
        ({"disable_book_now": True}, "disable_book_now = true"),
        ({"not_bookable": True}, "bookable = false"),
    ],
)
async def test_a_room_that_may_not_be_booked(
    house: PlaceosHouse, setting: dict[str, Any], feature: str
) -> None:
    """The setting is named; it may change at any time."""
    house.placeos.configure(house.room(), **setting)
    await house.clock.settle()
    told = await house.refused("book")
    assert (told["key"], told["feature"]) == ("not_supported", feature)
    assert house.held() == []


@pytest.mark.parametrize("action", ["delete", "extend", "reschedule"])
async def test_what_the_module_cannot_do(house: PlaceosHouse, action: str) -> None:
    """It has no such function, and there is no such button."""
    event = house.meet("Running", 0)
    await house.sync("Fjord")
    data = {} if action == "extend" else {"booking_id": event.id}
    if action == "reschedule":
        data["title"] = "Other"
    assert (await house.refused(action, **data))["key"] == "not_supported"
    assert house.held() == [("Running", 0, 30)]
    assert not {"extend", "check_in"} & house.offered()


# Conflicts: the driver itself books over much


@EVERY_DRIVER
@EITHER_WAY
async def test_a_meeting_runs(house: PlaceosHouse) -> None:
    """Whether the driver has seen it, and whether anybody came: the room is taken."""
    house.meet("Theirs", -10)
    told = await house.refused("book", title="Ours")
    assert told["key"] == "conflict"
    assert (told["start"], told["end"]) == (house.told_at(-10), house.told_at(20))
    assert house.executed("book_now") == []
    assert house.held() == [("Theirs", -10, 30)]
    assert house.ledger == []


@EVERY_DRIVER
@EITHER_WAY
async def test_the_next_meeting_is_too_near(house: PlaceosHouse) -> None:
    """Up to its start the room can be had."""
    house.meet("Theirs", 20)
    told = await house.refused("book", title="Ours", duration=HALF_AN_HOUR)
    assert told["key"] == "conflict"
    assert (told["start"], told["end"]) == (house.told_at(20), house.told_at(50))
    assert house.executed("book_now") == []
    answer = await house.do("book", title="Ours", duration={"minutes": 20})
    # The server's clock may be a second ahead: the driver would see a clash.
    assert answer["end"] <= iso(20)
    assert len(house.held()) == 2
    house.placeos.check_invariants()


async def test_a_meeting_that_only_the_driver_knows(house: PlaceosHouse) -> None:
    """Somebody was quicker by an instant: the driver's own words are understood."""
    house.placeos.faults.when(name="book_now").rival("Quicker")
    told = await house.refused("book", title="Slower")
    assert told["key"] == "conflict"
    assert (told["start"], told["end"]) == (house.told_at(0), house.told_at(30))
    assert [title for title, *_ in house.held()] == ["Quicker"]


async def test_two_at_once(house: PlaceosHouse) -> None:
    """One of them has the room; another room is nobody's business."""
    one, other = (house.calling("book", "Fjord", title=name) for name in "ab")
    third = house.calling("book", "Aurora", title="c")
    results = await asyncio.gather(one, other, third, return_exceptions=True)
    [refused] = [r for r in results if isinstance(r, HomeAssistantError)]
    assert told_by(refused)["key"] == "conflict"
    assert len(house.held()) == len(house.held("Aurora")) == 1


# Whatever breaks


def _ask(faults: Faults) -> Any:
    return faults.when(cmd="exec", name="book_now")


@pytest.mark.parametrize(
    "arm",
    [
        pytest.param(lambda f: _ask(f).apply_then_drop(), id="answer lost"),
        pytest.param(lambda f: _ask(f).no_answer(), id="never answered"),
        pytest.param(lambda f: _ask(f).cut_mid_frame(), id="half an answer"),
        pytest.param(lambda f: _ask(f).half_open(), id="hangs"),
        pytest.param(lambda f: _ask(f).close(applied=True), id="closed"),
        pytest.param(lambda f: _ask(f).duplicate(), id="answered twice"),
        pytest.param(lambda f: _ask(f).garbage(), id="garbage"),
        pytest.param(lambda f: _ask(f).encoded(), id="encoded"),
    ],
)
@pytest.mark.parametrize("server", [{"push": False}, {"push": True}])
async def test_a_booking_whose_answer_is_lost(house: PlaceosHouse, arm: Any) -> None:
    """The list tells; it is made once."""
    arm(house.placeos.faults)
    [event] = (await house.do("book", title="Once"), house.room().events)[1]
    assert event.title == "Once"
    await house.clock.pass_by(minutes=2)
    assert len(house.executed("book_now")) == 1
    assert house.issues == []
    assert house.ledger[0]["booking_id"] == event.id
    assert house.facts() == ("busy", "on", "on")


@pytest.mark.parametrize(
    "arm",
    [
        pytest.param(lambda f: _ask(f).drop(), id="dropped"),
        pytest.param(lambda f: _ask(f).no_answer(applied=False), id="ignored"),
        pytest.param(lambda f: _ask(f).close(), id="closed"),
    ],
)
async def test_a_request_that_is_lost(house: PlaceosHouse, arm: Any) -> None:
    """It is sent once more."""
    arm(house.placeos.faults)
    await house.do("book", title="Once")
    assert [title for title, *_ in house.held()] == ["Once"]
    assert len(house.executed("book_now")) == 2


async def test_a_listing_while_a_wish_is_written_down(
    house: PlaceosHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has nothing to say about what was not even sent."""
    write = HubStore.write_ledger

    async def write_slowly(self: HubStore, ledger: Ledger) -> None:
        await write(self, ledger)
        await house.sync("Fjord")

    monkeypatch.setattr(HubStore, "write_ledger", write_slowly)
    await house.do("book", title="Once")
    assert house.issues == []
    assert [wish["stage"] for wish in house.ledger] == ["confirmed"]


async def test_a_booking_that_no_list_shows(house: PlaceosHouse) -> None:
    """The server says nothing at all: a person has to look."""
    _ask(house.placeos.faults).always().no_answer(applied=False)
    told = await house.refused("book", title="Never")
    assert told["key"] == "unconfirmed"
    assert house.issues == ["unconfirmed_booking"]
    assert len(house.executed("book_now")) == 2


@pytest.mark.parametrize("applied", [True, False])
async def test_a_crash_while_booking(house: PlaceosHouse, applied: bool) -> None:
    """It is not sent again; what is found is confirmed, of the rest a person is told."""
    silence = _ask(house.placeos.faults).no_answer(applied=applied)
    house.calling("book", "Fjord", title="Planning")
    await silence.triggered()
    house.keep_disk_as_it_is()
    assert [wish["stage"] for wish in house.ledger] == ["sent"]
    await house.crash()
    await house.start()
    await house.clock.pass_by(seconds=15)
    assert len(house.executed("book_now")) == 1
    assert len(house.held()) == applied
    assert house.issues == ([] if applied else ["unconfirmed_booking"])


async def test_a_right_that_is_gone(house: PlaceosHouse) -> None:
    """It is named."""
    _ask(house.placeos.faults).error(error_code=2, message="access denied", code=None)
    told = await house.refused("book")
    assert told["key"] == "permission_denied"
    assert "control.write" in str(told)


async def test_a_room_that_refuses(house: PlaceosHouse) -> None:
    """In its own words, without what people typed."""
    _ask(house.placeos.faults).error(message="module raised: no calendar for Salaries")
    told = await house.refused("book", title="Salaries")
    assert told["key"] == "rejected"
    assert "no calendar for" in str(told)
    assert "Salaries" not in str(told)


async def test_a_server_that_is_away(house: PlaceosHouse) -> None:
    """Nothing is sent, and nothing remembered."""
    await house.placeos.down()
    assert (await house.refused("book"))["key"] == "unreachable"
    assert house.ledger == []


# End


@EVERY_RELEASE
@EITHER_WAY
async def test_end_meeting(house: PlaceosHouse) -> None:
    """The room declines it; whoever is notified is the driver's own default."""
    event = house.meet("Running", -10)
    house.meet("Next", 30)
    await house.sync("Fjord")
    with house.recording() as changes:
        answer = await house.do("end_meeting")
        assert house.now("current_booking") == "unknown"
        assert house.facts() == ("free", "off", "off")
        await house.clock.pass_by(seconds=10)
        assert house.facts() == ("free", "off", "off")
    assert answer["booking_id"] == event.id
    assert answer["method"] == "declined"
    assert iso(0) <= answer["ended_at"] <= iso(0.1)
    assert house.held() == [("Next", 30, 30)]
    assert house.executed("end_meeting") == [(event.start,)]
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("ended", True)]


@EVERY_RELEASE
@pytest.mark.parametrize(
    ("data", "sent"),
    [
        ({"notify": False}, (False,)),
        ({"notify": True}, (True,)),
        ({"notify": False, "comment": "Fire drill"}, (False, "Fire drill")),
        ({"comment": "Fire drill"}, (True, "Fire drill")),
    ],
)
async def test_who_is_told_that_a_meeting_is_ended(
    house: PlaceosHouse, data: dict[str, Any], sent: tuple[Any, ...]
) -> None:
    """As somebody wished it, whatever the driver would do by itself."""
    event = house.meet("Running", 0)
    await house.sync("Fjord")
    await house.do("end_meeting", **data)
    [declined] = [c for c in house.room().mailbox.history if c.what == "declined"]
    assert declined.notify == sent[0]
    assert house.executed("end_meeting") == [(event.start, *sent)]
    if "comment" in data:
        assert declined.comment == data["comment"]


@WITH_CHECK_IN
async def test_end_by_its_button(house: PlaceosHouse) -> None:
    """What waits for people can be ended too; then there is nothing to end."""
    house.meet("Running", 0)
    house.meet("Soon", 33)
    await house.clock.move_to(house.at(29))
    assert house.facts() == ("pending", "on", "off")
    await house.press("Fjord", "end_meeting")
    assert [title for title, *_ in house.held()] == ["Soon"]
    assert house.facts() == ("pending", "off", "off")
    assert (await house.refused("end_meeting"))["key"] == "no_meeting"
    assert [title for title, *_ in house.held()] == ["Soon"]


@EVERY_DRIVER
async def test_end_what_was_just_booked(house: PlaceosHouse) -> None:
    """Although the driver may not have listed it yet; and book again."""
    for number in range(3):
        await house.do("book", title=f"Meeting {number}")
        await house.do("end_meeting")
        assert house.held() == []
    await house.clock.pass_by(minutes=6)
    assert house.facts() == ("free", "off", "off")


@pytest.mark.parametrize(
    "arm",
    [
        pytest.param(lambda f: f.apply_then_drop(), id="answer lost"),
        pytest.param(lambda f: f.no_answer(), id="never answered"),
        pytest.param(lambda f: f.no_answer(applied=False), id="ignored"),
        pytest.param(lambda f: f.drop(), id="dropped"),
        pytest.param(lambda f: f.not_applied(), id="a lie"),
        pytest.param(lambda f: f.restart(), id="restarts"),
    ],
)
async def test_end_whatever_breaks(house: PlaceosHouse, arm: Any) -> None:
    """The meeting is over, and it is said so once."""
    house.meet("Running", -10)
    await house.sync("Fjord")
    arm(house.placeos.faults.when(cmd="exec", name="end_meeting"))
    with house.recording() as changes:
        answer = await house.do("end_meeting")
        await house.clock.pass_by(minutes=1)
    assert answer["method"] == "declined"
    assert house.held() == []
    assert kinds(changes) == ["ended"]
    assert house.facts() == ("free", "off", "off")


async def test_end_what_a_room_does_not_let_go(house: PlaceosHouse) -> None:
    """It says that it was told and nothing came of it."""
    house.meet("Running", -10)
    await house.sync("Fjord")
    house.placeos.faults.when(name="end_meeting").always().not_applied()
    assert (await house.refused("end_meeting"))["key"] == "unconfirmed"
    assert house.facts() == ("busy", "on", "on")


# Check in


@EVERY_RELEASE
@WITH_CHECK_IN
@pytest.mark.parametrize("how", ["action", "button", "panel"])
async def test_check_in(house: PlaceosHouse, how: str) -> None:
    """Wherever somebody does it: the room is in use within a second."""
    event = house.meet("Stand-up", 0)
    await house.sync("Fjord")
    await house.clock.move_to(house.at(2))
    assert house.facts() == ("pending", "on", "off")
    with house.recording() as changes:
        if how == "action":
            assert await house.do("check_in") == {"booking_id": event.id}
        elif how == "button":
            await house.press("Fjord", "check_in")
        else:
            house.room().check_in()
        took = await house.clock.until(
            lambda: house.facts() == ("busy", "on", "on"), within=1
        )
        assert took.total_seconds() < 1
        await house.clock.pass_by(minutes=2)
        assert house.facts() == ("busy", "on", "on")
    assert kinds(changes) == ["checked_in"]
    assert house.shown("Fjord", "current_booking").attributes["checked_in"] is True


@WITH_CHECK_IN
async def test_check_in_names_its_booking(house: PlaceosHouse) -> None:
    """The function knows only one: what waits. Another one cannot be meant."""
    house.meet("Running", 0)
    later = house.meet("Later", 60)
    await house.sync("Fjord")
    told = await house.refused("check_in", booking_id=later.id)
    assert told["key"] == "not_supported"
    assert house.executed("checkin") == []


@WITH_CHECK_IN
async def test_nothing_to_check_in_to(house: PlaceosHouse) -> None:
    """No meeting waits and none runs."""
    house.meet("Later", 60)
    await house.sync("Fjord")
    assert (await house.refused("check_in"))["key"] == "no_meeting"


@WITH_CHECK_IN
@pytest.mark.parametrize(
    "arm",
    [
        pytest.param(lambda f: f.drop(), id="dropped"),
        pytest.param(lambda f: f.apply_then_drop(), id="answer lost"),
        pytest.param(lambda f: f.no_answer(), id="never answered"),
        pytest.param(lambda f: f.no_answer(applied=False), id="ignored"),
        pytest.param(lambda f: f.not_applied(), id="a lie"),
    ],
)
async def test_check_in_whatever_breaks(house: PlaceosHouse, arm: Any) -> None:
    """It is told once, and nothing that was not meant is checked in to."""
    house.meet("Stand-up", 0)
    house.meet("Next", 30)
    await house.sync("Fjord")
    await house.clock.move_to(house.at(26))
    arm(house.placeos.faults.when(cmd="exec", name="checkin"))
    with house.recording() as changes:
        await house.do("check_in")
        await house.clock.pass_by(seconds=5)
    assert kinds(changes) == ["checked_in"]
    stand_up = house.room().events[0]
    assert house.room().driver.last_booking_started == stand_up.start


@EVERY_RELEASE
@WITH_CHECK_IN
async def test_whoever_books_on_the_spot_is_there(house: PlaceosHouse) -> None:
    """Nobody has to check in to that."""
    await house.do("book", title="Here")
    assert house.facts() == ("busy", "on", "on")
    await house.clock.pass_by(minutes=20)
    assert house.facts() == ("busy", "on", "on")
    assert house.executed("checkin") == []
