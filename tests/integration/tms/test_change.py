"""Ending, deleting and changing meetings of a Cisco TMS."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.house import START
from tests.simulators.tms.engine import Conference, Participant
from tests.simulators.tms.faults import Fault, RequestFaults
from tests.simulators.tms.request_log import LoggedRequest

from .house import TmsHouse

type Meddle = Callable[[TmsHouse, Conference], object]


def iso(minutes: float) -> str:
    """A time in an answer, so many minutes after the house was built."""
    return (START + timedelta(minutes=minutes)).isoformat()


async def booked(house: TmsHouse, start: float = 60, *rooms: str) -> str:
    """The id of a booking of our own, Planning, of half an hour."""
    answer = await house.call(
        "book",
        *(rooms or ("Fjord",)),
        title="Planning",
        start=house.at(start),
        duration={"minutes": 30},
    )
    if rooms[1:]:
        answer = answer[house.entity_id(rooms[0], "bookings")]
    booking_id: str = answer["booking_id"]
    house.tms.clear_log()
    return booking_id


async def met(house: TmsHouse, start: float = 60, *rooms: str) -> Conference:
    """A meeting of somebody else, Planning, of half an hour, that is known here."""
    conference = house.meet("Planning", start, 30, *rooms)
    await house.sync()
    house.tms.clear_log()
    await house.clock.pass_by(seconds=3)
    return conference


# Delete


async def test_delete(house: TmsHouse) -> None:
    """It is answered when TMS no longer has it."""
    booking_id = await booked(house)
    with house.recording() as changes:
        assert await house.do("delete", booking_id=booking_id) == {
            "booking_id": booking_id
        }
        assert house.held() == []
        assert house.titles("Fjord") == ("unknown", "unknown")
        await house.poll()
    assert [(t.kind, t.title, t.ours) for t in changes.told("Fjord")] == [
        ("cancelled", "Planning", True)
    ]


async def test_delete_what_somebody_else_booked(house: TmsHouse) -> None:
    """That is possible, and said to have been done here."""
    conference = await met(house)
    with house.recording() as changes:
        await house.do("delete", booking_id=str(conference.conference_id))
    assert house.held() == []
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("cancelled", True)]


async def test_delete_what_takes_several_rooms(house: TmsHouse) -> None:
    """All of them are free."""
    booking_id = await booked(house, 60, "Aurora", "Fjord")
    with house.recording() as changes:
        await house.do("delete", booking_id=booking_id)
        await house.clock.settle()
        for room in ("Aurora", "Fjord"):
            assert house.titles(room)[1] == "unknown"
    assert [t.kind for t in changes.told("Aurora")] == ["cancelled"]
    assert [t.kind for t in changes.told("Fjord")] == ["cancelled"]


async def test_delete_what_runs(house: TmsHouse) -> None:
    """TMS ends it, and the room is free at once."""
    booking_id = await booked(house, 0)
    await house.clock.move_to(house.at(10))
    with house.recording() as changes:
        await house.do("delete", booking_id=booking_id)
        assert house.facts() == ("free", "unknown", "unknown")
    assert [t.kind for t in changes.told("Fjord")] == ["ended"]


@pytest.mark.parametrize("booking_id", ["4711", "no number", "-1", "٣", ""])
async def test_delete_what_is_not_there(house: TmsHouse, booking_id: str) -> None:
    """Nothing is deleted."""
    refused = await house.refused("delete", booking_id=booking_id)
    assert refused["key"] == "unknown_booking"
    assert house.asked["DeleteConferenceById"] == 0


async def test_delete_in_the_wrong_room(house: TmsHouse) -> None:
    """It is not of that room, and stays."""
    booking_id = await booked(house)
    refused = await house.refused("delete", "Aurora", booking_id=booking_id)
    assert refused["key"] == "unknown_booking"
    assert house.held() == [("Planning", 60, 30)]


async def test_delete_what_somebody_else_deleted_meanwhile(house: TmsHouse) -> None:
    """Whoever asks is told that there is no such booking."""
    conference = await met(house)
    house.tms.local.delete(conference.conference_id)
    refused = await house.refused("delete", booking_id=str(conference.conference_id))
    assert refused["key"] == "unknown_booking"
    assert house.titles("Fjord")[1] == "unknown"


@pytest.mark.parametrize(
    "lose",
    [
        pytest.param(lambda f: f.drop_answer(), id="hung up"),
        pytest.param(lambda f: f.html(applied=True), id="page"),
        pytest.param(lambda f: f.no_answer(applied=True), id="silence"),
        pytest.param(lambda f: f.drop(), id="not done"),
        pytest.param(lambda f: f.busy(), id="busy"),
    ],
)
async def test_an_answer_that_is_lost(
    impatient: None, house: TmsHouse, lose: Callable[[RequestFaults], Fault]
) -> None:
    """It is asked again, or found to be gone."""
    booking_id = await booked(house)
    fault = lose(house.tms.faults.when("DeleteConferenceById"))
    await house.do("delete", booking_id=booking_id)
    assert fault.hits == 1
    assert house.held() == []
    assert house.titles("Fjord")[1] == "unknown"


# End


async def test_end_meeting(house: TmsHouse) -> None:
    """TMS ends it; the room is free at once, and what comes later stays."""
    booking_id = await booked(house, 0)
    await booked(house, 60)
    await house.clock.move_to(house.at(10))
    with house.recording() as changes:
        answer = await house.do("end_meeting")
        assert house.facts() == ("free", "unknown", "Planning")
    assert answer == {"booking_id": booking_id, "ended_at": iso(10), "method": "ended"}
    assert house.asked["EndConferenceById"] == 1
    assert house.asked["DeleteConferenceById"] == 0
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("ended", True)]
    assert house.held() == [("Planning", 0, 10), ("Planning", 60, 30)]
    with house.recording() as later:
        await house.poll()
    assert later.told("Fjord") == []


async def test_end_somebody_elses_meeting_in_two_rooms(house: TmsHouse) -> None:
    """It ends in both."""
    await met(house, 0, "Aurora", "Fjord")
    await house.clock.move_to(house.at(10))
    await house.press("Fjord", "end_meeting")
    await house.clock.settle()
    assert house.state("Fjord", "availability") == "free"
    assert house.state("Aurora", "availability") == "free"


async def test_end_without_a_meeting(house: TmsHouse) -> None:
    """The next one is not touched."""
    await booked(house, 10)
    assert (await house.refused("end_meeting"))["key"] == "no_meeting"
    assert house.asked["EndConferenceById"] == 0
    assert house.held() == [("Planning", 10, 30)]


async def test_end_what_somebody_else_ended(house: TmsHouse) -> None:
    """There is no meeting any more, and the room is free."""
    conference = await met(house, 0)
    house.tms.local.end(conference.conference_id)
    assert (await house.refused("end_meeting"))["key"] == "no_meeting"
    assert house.state("Fjord", "availability") == "free"


async def test_an_end_whose_answer_is_lost(house: TmsHouse) -> None:
    """It is found to have ended."""
    await booked(house, 0)
    await house.clock.move_to(house.at(10))
    house.tms.faults.when("EndConferenceById").drop_answer()
    assert (await house.do("end_meeting"))["method"] == "ended"
    assert house.facts() == ("free", "unknown", "unknown")
    assert house.held() == [("Planning", 0, 10)]


# Extend


async def test_extend(house: TmsHouse) -> None:
    """By a quarter of an hour, unless somebody says otherwise."""
    booking_id = await booked(house, 0)
    with house.recording() as changes:
        answer = await house.do("extend")
        assert answer == {"booking_id": booking_id, "end": iso(45)}
        assert house.held() == [("Planning", 0, 45)]
        answer = await house.do("extend", duration={"minutes": 30})
        assert answer == {"booking_id": booking_id, "end": iso(75)}
        await house.poll()
    assert house.held() == [("Planning", 0, 75)]
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("changed", True)] * 2
    assert house.shown("Fjord", "current_booking").attributes["end"] == iso(75)


async def test_extend_into_the_next_meeting(house: TmsHouse) -> None:
    """Nothing is sent."""
    await booked(house, 0)
    await booked(house, 40)
    refused = await house.refused("extend")
    assert refused["key"] == "conflict"
    assert refused["start"] == "2026-03-03 01:40"
    assert house.saved() == []


async def test_extend_into_a_meeting_that_is_not_known_yet(house: TmsHouse) -> None:
    """TMS refuses, and when it is taken is looked up."""
    await booked(house, 0)
    await house.clock.pass_by(seconds=3)
    house.tms.faults.when("SaveConferenceWithMode").before(
        lambda _: house.meet("Review", 40)
    )
    refused = await house.refused("extend")
    assert (refused["key"], refused["start"]) == ("conflict", "2026-03-03 01:40")
    assert house.held() == [("Planning", 0, 30), ("Review", 40, 30)]


async def test_extend_without_a_meeting(house: TmsHouse) -> None:
    """Nothing is changed."""
    await booked(house, 10)
    assert (await house.refused("extend"))["key"] == "no_meeting"


# Reschedule


async def test_reschedule(house: TmsHouse) -> None:
    """A new start alone keeps the duration; all else of the conference stays."""
    booking_id = await booked(house, 60, "Aurora", "Fjord")
    changes = {"user_message_text": "Bring tea", "password": "4711"}
    house.tms.local.save(_with(house, booking_id, **changes))
    await house.sync()
    answer = await house.do(
        "reschedule", booking_id=booking_id, start=house.at(120), title='"Review"'
    )
    assert answer["booking_id"] == booking_id
    assert (answer["title"], answer["start"], answer["end"]) == (
        "Review",
        iso(120),
        iso(150),
    )
    for room in ("Aurora", "Fjord"):
        assert house.held(room) == [("Review", 120, 30)]
        assert house.titles(room)[1] == "Review"
    [changed] = house.living()
    assert changed.user_message_text == "Bring tea"
    assert changed.password == "4711"
    await house.do("reschedule", booking_id=booking_id, end=house.at(180))
    assert house.held() == [("Review", 120, 60)]
    assert house.tms.requests.of("SaveConferenceWithMode")[-1].parameters[
        "BookingMode"
    ] == ("Strict")


def _with(house: TmsHouse, booking_id: str, **changes: Any) -> Conference:
    return replace(house.tms.local.get(int(booking_id)), **changes)


@pytest.mark.parametrize(
    "wish",
    [
        {"start": START + timedelta(minutes=90)},
        {"title": "Review"},
        {"start": START + timedelta(minutes=90), "title": "Review"},
    ],
    ids=["start", "title", "both"],
)
async def test_a_change_is_told_once(house: TmsHouse, wish: dict[str, Any]) -> None:
    """By us, and no word of TMS's log makes it news again."""
    booking_id = await booked(house)
    with house.recording() as changes:
        await house.do("reschedule", booking_id=booking_id, **wish)
        assert house.titles("Fjord")[1] == wish.get("title", "Planning")
        await house.poll()
        await house.poll()
    assert [(t.kind, t.ours) for t in changes.told("Fjord")] == [("changed", True)]


async def test_reschedule_keeps_participants(house: TmsHouse) -> None:
    """Whoever was to be dialled still is."""
    conference = house.meet(
        "Planning",
        60,
        30,
        participants=(
            Participant(None, "bob@example.com", participant_call_type="SIP ->"),
        ),
    )
    await house.sync()
    await house.do(
        "reschedule", booking_id=str(conference.conference_id), start=house.at(90)
    )
    [changed] = house.living()
    assert [p.name_or_number for p in changed.participants or ()][1:] == [
        "bob@example.com"
    ]


async def test_reschedule_into_another_meeting(house: TmsHouse) -> None:
    """Nothing is sent."""
    booking_id = await booked(house)
    house.meet("Review", 120)
    await house.sync()
    refused = await house.refused(
        "reschedule", booking_id=booking_id, start=house.at(130)
    )
    assert (refused["key"], refused["end"]) == ("conflict", "2026-03-03 03:30")
    assert house.saved() == []


async def test_another_start_of_what_runs(house: TmsHouse) -> None:
    """TMS does not do that."""
    booking_id = await booked(house, 0)
    await house.clock.move_to(house.at(5))
    refused = await house.refused(
        "reschedule", booking_id=booking_id, start=house.at(10)
    )
    assert refused["key"] == "not_supported"
    assert house.saved() == []


async def test_a_change_whose_answer_is_lost(house: TmsHouse) -> None:
    """The list tells that it was done."""
    booking_id = await booked(house)
    house.tms.faults.when("SaveConferenceWithMode").drop_answer()
    answer = await house.do("reschedule", booking_id=booking_id, start=house.at(120))
    assert answer["start"] == iso(120)
    assert house.held() == [("Planning", 120, 30)]
    assert house.titles("Fjord")[1] == "Planning"


async def test_a_change_that_is_lost(house: TmsHouse) -> None:
    """It is sent once more."""
    booking_id = await booked(house)
    house.tms.faults.when("SaveConferenceWithMode").drop()
    answer = await house.do("reschedule", booking_id=booking_id, start=house.at(120))
    assert answer["start"] == iso(120)
    assert house.held() == [("Planning", 120, 30)]


async def test_no_licence_for_a_change(house: TmsHouse) -> None:
    """TMS deletes the whole booking then: that is shown, not hidden."""
    conference = await met(house)
    house.tms.settings.system_licences = 0
    refused = await house.refused(
        "reschedule", booking_id=str(conference.conference_id), start=house.at(120)
    )
    assert refused["key"] == "licence"
    await house.poll()
    assert house.held() == []
    assert house.titles("Fjord")[1] == "unknown"


# Somebody else changes it at the same time


@pytest.mark.parametrize(
    ("meddle", "held"),
    [
        pytest.param(
            lambda h, c: h.tms.local.rename(c.conference_id, "Review"),
            ("Review", 120, 30),
            id="title",
        ),
        pytest.param(
            lambda h, c: h.tms.local.save(
                _with(h, str(c.conference_id), user_message_text="Hello")
            ),
            ("Planning", 120, 30),
            id="message",
        ),
    ],
)
@pytest.mark.parametrize("known", [False, True], ids=["meanwhile", "just before"])
async def test_a_harmless_change_by_somebody_else(
    house: TmsHouse, meddle: Meddle, held: tuple[str, float, float], known: bool
) -> None:
    """What both wanted is done."""
    conference = await met(house)
    if known:
        meddle(house, conference)
    else:
        house.tms.faults.when("SaveConferenceWithMode").before(
            lambda _: meddle(house, conference)
        )
    answer = await house.do(
        "reschedule", booking_id=str(conference.conference_id), start=house.at(120)
    )
    assert house.held() == [held]
    assert answer["title"] == held[0]
    assert house.titles("Fjord")[1] == held[0]
    [changed] = house.living()
    assert changed.user_message_text in (None, "", "Hello")


async def _moved_by_somebody_else(
    house: TmsHouse, conference: Conference, **wish: Any
) -> dict[str, str]:
    def move(_: LoggedRequest) -> None:
        house.tms.local.move(conference.conference_id, house.at(240))

    house.tms.faults.when("SaveConferenceWithMode").before(move)
    return await house.refused(
        "reschedule", booking_id=str(conference.conference_id), **wish
    )


async def test_a_contradicting_change_by_somebody_else(house: TmsHouse) -> None:
    """It is not undone, and whoever asked is told what changed."""
    conference = await met(house)
    told = await _moved_by_somebody_else(house, conference, start=house.at(120))
    assert told["key"] == "rejected"
    assert "start" in told["words"]
    assert "13:00" in told["words"]
    assert house.held() == [("Planning", 240, 30)]
    await house.sync()
    assert house.shown("Fjord", "next_booking").attributes["start"] == iso(240)


async def test_a_contradicting_title(house: TmsHouse) -> None:
    """The same with titles, which are not told."""
    conference = await met(house)
    house.tms.faults.when("SaveConferenceWithMode").modified("Budget")
    told = await house.refused(
        "reschedule", booking_id=str(conference.conference_id), title="Review"
    )
    assert told["key"] == "rejected"
    assert "title" in told["words"]
    assert "Budget" not in f"{told}"
    assert house.held() == [("Budget", 60, 30)]


async def test_a_change_of_what_is_deleted_meanwhile(house: TmsHouse) -> None:
    """It does not come back."""
    conference = await met(house)
    house.tms.faults.when("SaveConferenceWithMode").before(
        lambda _: house.tms.local.delete(conference.conference_id)
    )
    told = await house.refused(
        "reschedule", booking_id=str(conference.conference_id), start=house.at(120)
    )
    assert told["key"] == "unknown_booking"
    assert house.held() == []


async def test_somebody_who_never_stops_changing_it(house: TmsHouse) -> None:
    """It is not tried without end."""
    conference = await met(house)
    house.tms.faults.when("SaveConferenceWithMode").always().modified("Budget")
    told = await house.refused(
        "reschedule", booking_id=str(conference.conference_id), start=house.at(120)
    )
    assert told["key"] in ("rejected", "unconfirmed")
    assert len(house.saved()) <= 5
    assert house.held() == [("Budget", 60, 30)]


# What a TMS cannot


async def test_check_in_is_not_kept_by_tms(house: TmsHouse) -> None:
    """It is refused by name, and no button offers it."""
    await booked(house, 0)
    assert (await house.refused("check_in"))["key"] == "not_supported"
