"""Extending and rescheduling meetings of a Cisco TMS, while others change them too."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.integration.house import START
from tests.integration.server_house import iso
from tests.simulators.tms.engine import Conference, Participant
from tests.simulators.tms.request_log import LoggedRequest

from .house import TmsHouse
from .meetings import booked, met

type Meddle = Callable[[TmsHouse, Conference], object]


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


async def test_reschedule_nothing(house: TmsHouse) -> None:
    """What stays as it is is not sent."""
    booking_id = await booked(house, 10)
    answer = await house.do("reschedule", booking_id=booking_id, start=iso(10))
    assert (answer["start"], answer["end"]) == (iso(10), iso(40))
    assert house.saved() == []


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
