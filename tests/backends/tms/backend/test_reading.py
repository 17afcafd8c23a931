"""Rooms and bookings: what is asked of TMS, and what is known without asking."""

from datetime import timedelta

from custom_components.room_bookings.backends.signals import RoomStale, Synced
from custom_components.room_bookings.rooms.room import Verb
from tests.backends.listening import Ear
from tests.simulators.tms.engine import Participant, RecurrencePattern

from .conftest import AURORA, DAY, FJORD, HOUR, NOW, SOURCE, Rig

MINUTE = timedelta(minutes=1)
ONE_POLL = {"GetTransactionsSince": 1}


async def test_rooms_are_systems_of_two_categories(rig: Rig) -> None:
    """Whether they answer or not: that is about their video, not about their bookings."""
    rig.sim.add_system(
        "Cart", 7, system_category="Endpoint", system_status="NoResponse"
    )
    rig.sim.add_system("Recorder", 8, system_category="Recording")
    rig.sim.add_system("Van", 9, system_category="Equipment", system_type="")
    backend = await rig.backend(rooms=())
    rooms = await backend.rooms()
    assert [(r.id, r.name) for r in rooms] == [
        ("5", "Aurora"),
        ("6", "Fjord"),
        ("7", "Cart"),
    ]
    assert all(room.online for room in rooms)
    assert rooms[0].manufacturer == "Cisco"
    assert rooms[0].verbs == {
        Verb.BOOK,
        Verb.DELETE,
        Verb.END_MEETING,
        Verb.EXTEND,
        Verb.RESCHEDULE,
    }


async def test_a_quiet_hour_is_twelve_polls(rig: Rig) -> None:
    """However many rooms there are, and however often a hub wants to know."""
    rooms = [AURORA, FJORD]
    for number in range(7, 27):
        rig.sim.add_system(f"Room {number}", number)
        rooms.append(type(AURORA)(str(number)))
    rig.sim.local.book([5], rig.at(1))
    backend = await rig.backend(rooms=[])
    for room in rooms:
        await rig.listed(backend, room, thorough=True)
    assert rig.took() == {"GetConferencesForSystems": 22}
    async with Ear(backend.listen) as ear:
        await rig.clock.pass_by(hours=1)
        rig.took()
        for _ in range(3):
            await rig.clock.pass_by(hours=1)
            for room in rooms:
                await rig.listed(backend, room)
            assert rig.took() == {"GetTransactionsSince": 12}
        assert ear.of(RoomStale) == []
        assert len(ear.of(Synced)) == 48


async def test_a_change_is_seen_by_the_poll(rig: Rig) -> None:
    """One read of what changed; other rooms are not touched."""
    backend = await rig.backend()
    rig.sim.local.book([5], rig.at(1))
    async with Ear(backend.listen) as ear:
        # Nothing was booked yet: the end of the log is where to begin.
        await rig.clock.pass_by(minutes=6)
        assert ear.heard == [RoomStale(AURORA), Synced()]
        assert rig.took() == {"GetTransactionsSince": 1, "GetConferencesForSystems": 1}
        conference = rig.sim.local.book([6], rig.at(3), title="Second")
        ear.heard.clear()
        await rig.clock.pass_by(minutes=5)
        assert ear.heard == [RoomStale(FJORD), Synced()]
        assert rig.took() == {"GetTransactionsSince": 1, "GetConferenceById": 1}
        (booking,) = await rig.listed(backend, FJORD)
        assert (booking.id, booking.title) == (str(conference.conference_id), "Second")
        rig.sim.local.delete(conference.conference_id)
        ear.heard.clear()
        await rig.clock.pass_by(minutes=5)
        assert ear.heard == [RoomStale(FJORD), Synced()]
        assert rig.took() == ONE_POLL
        assert await rig.listed(backend, FJORD) == []


async def test_who_waits_is_told_what_is_new(rig: Rig) -> None:
    """By one look at the log, which all who ask at the same time share."""
    rig.sim.local.book([5], rig.at(1))
    backend = await rig.backend()
    rig.sim.local.book([6], rig.at(1))
    assert len(await rig.listed(backend, FJORD)) == 0
    assert len(await rig.listed(backend, FJORD, urgent=True)) == 1
    assert rig.took() == {"GetTransactionsSince": 1, "GetConferenceById": 1}


async def test_what_lies_beyond_is_asked_for(rig: Rig) -> None:
    """And only that; what is held is not asked for again."""
    rig.sim.local.book([5], rig.at(1))
    rig.sim.local.book([5], rig.at(24 * 100), title="Far")
    backend = await rig.backend()
    found = await rig.listed(backend, days=200)
    assert [booking.title for booking in found] == ["Meeting", "Far"]
    (asked,) = rig.sim.requests
    assert asked.parameters["StartTime"] == f"{NOW + 31 * DAY:%Y-%m-%dT%H:%M:%SZ}"


async def test_a_mirror_grows_old(rig: Rig) -> None:
    """After six hours a room is listed anew; so it is when somebody insists."""
    backend = await rig.backend()
    await rig.clock.pass_by(hours=5.9)
    await rig.listed(backend)
    assert rig.took() == {}
    await rig.clock.pass_by(hours=0.1)
    await rig.listed(backend)
    assert rig.took() == {"GetConferencesForSystems": 1}
    await rig.listed(backend, thorough=True)
    assert rig.took() == {"GetConferencesForSystems": 1}


async def test_an_occurrence_that_changes_has_its_rooms_listed(rig: Rig) -> None:
    """For the ids of a series may all be others then."""
    pattern = RecurrencePattern(
        frequency_type="Daily", pattern_end_type="EndByInstances", pattern_instances=4
    )
    rig.sim.local.book([5], rig.at(1), recurrence_pattern=pattern)
    backend = await rig.backend()
    before = await rig.listed(backend)
    assert len(before) == 4
    assert len({booking.series for booking in before}) == 1
    assert before[0].series is not None
    rig.sim.local.move(int(before[1].id), rig.at(27))
    after = await rig.listed(backend, urgent=True)
    assert [b.start - NOW for b in after] == [HOUR, 27 * HOUR, 49 * HOUR, 73 * HOUR]
    assert rig.took() == {
        "GetTransactionsSince": 1,
        "GetConferenceById": 1,
        "GetConferencesForSystems": 1,
    }
    rig.sim.local.delete(int(before[0].id))
    assert await rig.listed(backend, urgent=True) == []
    assert rig.took() == {"GetTransactionsSince": 1, "GetConferencesForSystems": 1}


async def test_other_states_are_no_bookings(rig: Rig) -> None:
    """But a defective conference is shown, and holds nothing."""
    local = rig.sim.local
    local.request([5], rig.at(1))
    local.reject(local.book([5], rig.at(2)).conference_id)
    local.make_defective(local.book([5], rig.at(3)).conference_id)
    backend = await rig.backend()
    (defective,) = await rig.listed(backend)
    assert not defective.holds
    assert "Defective" in defective.defect


async def test_a_meeting_that_ends_early_did_so(rig: Rig) -> None:
    """Its end is when it was ended."""
    conference = rig.sim.local.book([5], rig.at(0.5), rig.at(3))
    backend = await rig.backend()
    await rig.clock.pass_by(hours=1)
    rig.sim.local.end(conference.conference_id)
    (booking,) = await rig.listed(backend, urgent=True)
    assert booking.end == rig.clock.now.replace(microsecond=0)


async def test_our_own_are_known_by_their_request(rig: Rig) -> None:
    """And a private one says so."""
    rig.sim.local.book(
        [5],
        rig.at(1),
        external_source_id=SOURCE,
        external_primary_key="wish",
        privacy_flag="Private",
    )
    rig.sim.local.book([5], rig.at(2), external_source_id="x", external_primary_key="y")
    backend = await rig.backend()
    ours, theirs = await rig.listed(backend)
    assert (ours.request_id, ours.private) == ("wish", True)
    assert (theirs.request_id, theirs.private) == ("", False)
    assert (ours.series, ours.checked_in) == (None, None)


async def test_a_conference_moves_to_another_room(rig: Rig) -> None:
    """It leaves the one and comes to the other."""
    conference = rig.sim.local.book([5], rig.at(1))
    backend = await rig.backend()
    rig.sim.local.replace_participants(conference.conference_id, [Participant(6)])
    assert await rig.listed(backend, AURORA, urgent=True) == []
    assert len(await rig.listed(backend, FJORD)) == 1
