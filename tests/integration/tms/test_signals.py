"""What somebody else does at a Cisco TMS shows in Home Assistant, and is told."""

from datetime import timedelta

import pytest

from tests.integration.house import Changes
from tests.simulators.tms.engine import Conference, Participant, RecurrencePattern

from .house import TmsHouse

DAILY = RecurrencePattern(
    frequency_type="Daily", pattern_end_type="EndByInstances", pattern_instances=3
)
DAY = 60 * 24


def kinds(changes: Changes, room: str = "Fjord") -> list[str]:
    """What was told of a room, all of it by somebody else and in time."""
    told = changes.told(room)
    assert not any(each.ours or each.late for each in told)
    return [each.kind for each in told]


async def known(
    house: TmsHouse, start: float = 60, *rooms: str, title: str = "Planning"
) -> int:
    """The id of a meeting of half an hour that is known here."""
    conference = house.meet(title, start, 30, *rooms)
    await house.sync()
    return conference.conference_id


@pytest.fixture(params=["poll", "sync"])
def how(request: pytest.FixtureRequest) -> str:
    """By itself within five minutes, or at once when somebody asks."""
    name: str = request.param
    return name


async def hear(house: TmsHouse, how: str) -> None:
    """Let TMS be asked what is new."""
    began = house.clock.now
    await (house.poll() if how == "poll" else house.sync())
    longest = timedelta(minutes=5, seconds=7) if how == "poll" else timedelta(seconds=1)
    assert house.clock.now - began <= longest


async def test_a_meeting_is_made(house: TmsHouse, how: str) -> None:
    """Only it is read, and nothing else is listed."""
    with house.recording() as changes:
        made = house.meet("Planning", 60)
        house.tms.clear_log()
        await hear(house, how)
        assert house.facts() == ("free", "unknown", "Planning")
    assert changes.kinds("Fjord") == [("created", "Planning")]
    assert kinds(changes) == ["created"]
    assert kinds(changes, "Aurora") == []
    assert set(house.asked) <= {"GetTransactionsSince", "GetConferenceById"}
    assert house.asked["GetConferenceById"] == 1
    told = changes.told("Fjord")[0].attributes
    assert told["booking_id"] == str(made.conference_id)


async def test_a_meeting_is_moved(house: TmsHouse, how: str) -> None:
    """It is the same meeting at another time."""
    conference = await known(house)
    with house.recording() as changes:
        house.tms.local.move(conference, house.at(120))
        await hear(house, how)
        start = house.shown("Fjord", "next_booking").attributes["start"]
        assert start == house.at(120).isoformat()
    assert kinds(changes) == ["changed"]


async def test_a_meeting_is_renamed(house: TmsHouse, how: str) -> None:
    """And nothing else."""
    conference = await known(house)
    with house.recording() as changes:
        house.tms.local.rename(conference, "Review")
        await hear(house, how)
        assert house.titles("Fjord")[1] == "Review"
    assert changes.kinds("Fjord") == [("changed", "Review")]


async def test_a_meeting_is_deleted(house: TmsHouse, how: str) -> None:
    """A meeting to come is cancelled; nothing needs to be read."""
    conference = await known(house)
    with house.recording() as changes:
        house.tms.local.delete(conference)
        house.tms.clear_log()
        await hear(house, how)
        assert house.titles("Fjord")[1] == "unknown"
    assert changes.kinds("Fjord") == [("cancelled", "Planning")]
    assert set(house.asked) == {"GetTransactionsSince"}


@pytest.mark.parametrize("by", ["end", "delete"])
async def test_a_running_meeting_is_ended(house: TmsHouse, how: str, by: str) -> None:
    """The room is free."""
    conference = await known(house, 0)
    assert house.facts() == ("busy", "Planning", "unknown")
    await house.clock.move_to(house.at(7))
    with house.recording() as changes:
        getattr(house.tms.local, by)(conference)
        await hear(house, how)
        assert house.facts() == ("free", "unknown", "unknown")
    assert kinds(changes) == ["ended"]


async def test_meetings_back_to_back(house: TmsHouse) -> None:
    """The one has ended before the other one has started, and the room does not blink."""
    await known(house, 10, title="First")
    await known(house, 40, title="Second")
    with house.recording() as changes:
        await house.clock.move_to(house.at(80))
    assert changes.kinds("Fjord") == [
        ("started", "First"),
        ("ended", "First"),
        ("started", "Second"),
        ("ended", "Second"),
    ]
    assert [state for _, state in changes.moments("Fjord", "availability")] == [
        "busy",
        "free",
    ]


async def test_a_series_is_made_and_changed(house: TmsHouse, how: str) -> None:
    """Each occurrence is a meeting."""
    with house.recording() as changes:
        series = house.meet("Stand-up", 60, recurrence_pattern=DAILY)
        await hear(house, how)
    assert kinds(changes) == ["created"] * 3
    assert house.held() == [
        ("Stand-up", 60, 30),
        ("Stand-up", 60 + DAY, 30),
        ("Stand-up", 60 + 2 * DAY, 30),
    ]
    found = await house.bookings("Fjord", duration={"days": 5})
    assert len({booking["booking_id"] for booking in found}) == 3
    second = house.living()[1].conference_id
    with house.recording() as changes:
        house.tms.local.move(second, house.at(90 + DAY))
        await hear(house, how)
    assert kinds(changes) == ["changed"]
    with house.recording() as changes:
        house.tms.local.delete(second, occurrence=True)
        await hear(house, how)
    assert kinds(changes) == ["cancelled"]
    with house.recording() as changes:
        house.tms.local.delete(series.conference_id)
        await hear(house, how)
    assert kinds(changes) == ["cancelled"] * 2
    assert house.facts() == ("free", "unknown", "unknown")


async def test_what_is_only_asked_for_is_no_meeting(house: TmsHouse, how: str) -> None:
    """Until somebody approves of it."""
    with house.recording() as changes:
        asked = house.tms.local.request(
            [house.system("Fjord")], house.at(60), house.at(90), "Planning"
        )
        await hear(house, how)
        assert house.facts() == ("free", "unknown", "unknown")
        assert await house.bookings("Fjord") == []
    assert kinds(changes) == []
    with house.recording() as changes:
        house.tms.local.approve(asked.conference_id)
        await hear(house, how)
        assert house.titles("Fjord")[1] == "Planning"
    assert kinds(changes) == ["created"]


async def test_what_is_rejected_is_no_meeting(house: TmsHouse, how: str) -> None:
    """Not any more."""
    conference = await known(house)
    with house.recording() as changes:
        house.tms.local.reject(conference)
        await hear(house, how)
        assert house.titles("Fjord")[1] == "unknown"
        assert await house.bookings("Fjord") == []
    assert kinds(changes) == ["cancelled"]


async def test_a_meeting_changes_rooms(house: TmsHouse, how: str) -> None:
    """One room loses it, the other one has it; dialled numbers are no rooms."""
    conference = await known(house, 60, "Aurora")
    dialled = Participant(
        house.system("Aurora"), "6001@example.com", participant_call_type="SIP ->"
    )
    with house.recording() as changes:
        house.tms.local.replace_participants(
            conference, [Participant(house.system("Fjord")), dialled]
        )
        await hear(house, how)
        assert house.titles("Aurora")[1] == "unknown"
        assert house.titles("Fjord")[1] == "Planning"
    assert kinds(changes, "Aurora") == ["cancelled"]
    assert kinds(changes, "Fjord") == ["created"]


async def test_a_meeting_gets_another_room(house: TmsHouse, how: str) -> None:
    """The first one keeps it."""
    conference = await known(house, 60, "Aurora")
    with house.recording() as changes:
        house.tms.local.replace_participants(
            conference,
            [Participant(house.system("Aurora")), Participant(house.system("Fjord"))],
        )
        await hear(house, how)
    assert kinds(changes, "Aurora") == []
    assert kinds(changes, "Fjord") == ["created"]


async def test_many_changes_at_once(house: TmsHouse) -> None:
    """More than a page of TMS's log has."""
    house.tms.settings.transaction_limit = 5
    with house.recording() as changes:
        for number in range(23):
            house.meet(f"Meeting {number}", 60 + 60 * number)
        house.tms.clear_log()
        await house.poll()
    assert len(changes.told("Fjord")) == 23
    assert house.asked["GetTransactionsSince"] >= 5
    asked = [
        request.parameters["CurrentTransactionId"]
        for request in house.tms.requests.of("GetTransactionsSince")
    ]
    assert asked == sorted(asked, key=int)
    assert "0" not in asked


# sync


async def test_sync_asks_what_is_new_and_nothing_else(house: TmsHouse) -> None:
    """However many rooms are meant."""
    await known(house)
    house.tms.clear_log()
    await house.sync("Fjord")
    assert house.asked == {"GetTransactionsSince": 1}
    await house.sync("Aurora", "Fjord")
    assert set(house.asked) == {"GetTransactionsSince"}
    assert house.asked["GetTransactionsSince"] <= 3


async def test_sync_right_after_a_verb(house: TmsHouse) -> None:
    """What somebody else did meanwhile shows."""
    await house.do("book", title="Ours", start=house.at(60))
    house.meet("Theirs", 30)
    await house.sync()
    assert house.titles("Fjord")[1] == "Theirs"


async def test_sync_is_as_fresh_as_it_says(house: TmsHouse) -> None:
    """`last_sync` is when TMS was asked, also where nothing is new."""
    await house.clock.pass_by(minutes=2)
    began = house.clock.now
    await house.sync()
    for coordinator in house.hub.coordinators.values():
        if coordinator.room.name == "Fjord":
            assert coordinator.data.last_sync is not None
            assert coordinator.data.last_sync >= began


async def test_sync_that_cannot_ask(house: TmsHouse) -> None:
    """It says so."""
    await house.tms.down()
    assert (await house.refused_sync())["key"] == "unreachable"


# Rooms


async def test_a_new_room(house: TmsHouse) -> None:
    """It appears by itself, with its meetings, which are no news."""
    house.tms.add_system("Oslo")
    house.meet("Planning", 60 * 12, 30, "Oslo")
    with house.recording() as changes:
        await house.clock.pass_by(hours=6, minutes=5)
        assert house.titles("Oslo")[1] == "Planning"
    assert changes.told("Oslo") == []
    with house.recording() as changes:
        house.meet("Review", 60 * 13, 30, "Oslo")
        await house.poll()
    assert kinds(changes, "Oslo") == ["created"]


async def test_a_room_that_is_gone(house: TmsHouse) -> None:
    """Its device goes, and with it all that is shown."""
    await known(house, 60 * 12)
    gone = house.entity_id("Fjord", "bookings")
    house.tms.local.remove_system(house.system("Fjord"))
    await house.clock.pass_by(hours=6, minutes=5)
    assert house.hass.states.get(gone) is None
    assert [device.name for device in house.devices] == ["Aurora"]


async def test_a_room_is_renamed(house: TmsHouse) -> None:
    """It stays the same device."""
    device = house.device("Fjord")
    house.tms.local.change_system(house.system("Fjord"), system_name="Sognefjord")
    await house.clock.pass_by(hours=6, minutes=5)
    renamed = house.device("Sognefjord")
    assert (renamed.id, renamed.name) == (device.id, "Sognefjord")


# Defective


def _issues(house: TmsHouse) -> list[dict[str, str]]:
    return [
        dict(issue.translation_placeholders or {})
        for issue in house.active_issues("defective_booking")
    ]


@pytest.mark.parametrize("kind", ["conflict", "routing"])
async def test_a_defective_meeting(house: TmsHouse, how: str, kind: str) -> None:
    """It is listed as tentative, holds nothing, and a person is told until it is in order."""
    conference = await known(house, 0)
    house.tms.local.make_defective(conference, kind)
    await hear(house, how)
    assert house.facts() == ("free", "unknown", "unknown")
    assert house.state("Fjord", "booked") == "off"
    [booking] = await house.bookings("Fjord")
    assert booking["status"] == "tentative"
    [issue] = _issues(house)
    assert issue["room"] == "Fjord"
    assert issue["words"]
    house.tms.local.approve(conference)
    await hear(house, how)
    assert house.facts()[:2] == ("busy", "Planning")
    assert _issues(house) == []


@pytest.mark.parametrize("end", ["deleted", "over", "unloaded"])
async def test_the_issue_of_a_defective_meeting_goes_away(
    house: TmsHouse, end: str
) -> None:
    """When there is nothing left to look after."""
    conference = await known(house, 5)
    house.tms.local.make_defective(conference)
    await house.sync()
    assert len(_issues(house)) == 1
    if end == "deleted":
        house.tms.local.delete(conference)
        await house.sync()
    elif end == "over":
        await house.clock.move_to(house.at(36))
    else:
        await house.stop()
    assert _issues(house) == []


async def test_a_defective_meeting_never_starts(house: TmsHouse) -> None:
    """Nor does it end."""
    conference = await known(house, 10)
    house.tms.local.make_defective(conference)
    await house.sync()
    with house.recording() as changes:
        await house.clock.move_to(house.at(50))
    assert kinds(changes) == []


async def test_a_room_is_booked_over_a_defective_meeting(house: TmsHouse) -> None:
    """It does not hold the room; where TMS says that it does, TMS is right."""
    conference = await known(house)
    house.tms.local.make_defective(conference, "routing")
    await house.sync()
    wanted = {"title": "Review", "start": house.at(60), "duration": {"minutes": 30}}
    assert (await house.refused("book", **wanted))["key"] == "conflict"
    house.tms.local.make_defective(conference, "conflict")
    await house.sync()
    await house.do("book", **wanted)
    assert house.titles("Fjord")[1] == "Review"
    assert len(_issues(house)) == 1


async def test_a_meeting_that_ended_early(house: TmsHouse) -> None:
    """Its end is the real one, in the calendar too."""
    conference: Conference = house.meet("Planning", 0)
    await house.sync()
    await house.clock.move_to(house.at(12))
    house.tms.local.end(conference.conference_id)
    await house.sync()
    [booking] = await house.bookings(
        "Fjord", start=house.at(-60), duration={"hours": 2}
    )
    assert booking["end"] == house.at(12).isoformat()
