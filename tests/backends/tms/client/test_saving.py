"""What is saved is what was read, with what shall be different in it."""

from datetime import timedelta

from lxml import etree
import pytest

from custom_components.room_bookings.backends.tms.client import TmsClient
from custom_components.room_bookings.backends.tms.errors import (
    ClientSessionError,
    ConcurrentModificationError,
)
from custom_components.room_bookings.backends.tms.model import (
    TMS_PARTICIPANT,
    Conference,
    ConferenceChanges,
    ConferenceStatus,
    Participant,
    RecurrenceException,
    RecurrencePattern,
    TimeChange,
    TimeZoneRule,
)
from custom_components.room_bookings.backends.tms.writing import changed
from custom_components.room_bookings.rooms.errors import AnswerLostError
from tests.simulators.tms import TmsSimulator, TmsSystem

from .conftest import NOW, Clock, Script
from .documents import BOOKING, conference_xml, default, envelope, fault, session_header

LATER = NOW + timedelta(hours=1)


def booking(room: TmsSystem, **changes: object) -> ConferenceChanges:
    """An hour in that room."""
    known: dict[str, object] = {
        "title": "Stand-up",
        "start": LATER,
        "end": LATER + timedelta(hours=1),
        "participants": (Participant(id=room.system_id, call_type=TMS_PARTICIPANT),),
        "external_source": "ha",
        "external_key": "key",
    }
    return ConferenceChanges(**(known | changes))  # type: ignore[arg-type]


async def test_a_booking_is_kept(
    sim: TmsSimulator, client: TmsClient, room: TmsSystem
) -> None:
    """As it was asked for, and read again as it was answered."""
    await client.connect()
    base = await client.default_conference()
    assert (base.id, base.status) == (-1, ConferenceStatus.NOT_SAVED)
    saved = await client.save(
        base,
        booking(
            room,
            title="A\x0b \u2014 \ud800<b>&amp;\n",
            zone_rules=await client.zone_rules("W. Europe Standard Time"),
            fields={
                "ConferenceType": "Reservation Only",
                "IsRecordingEnabled": False,
                "ExternalConference": {
                    "ExternallyHosted": {"DialString": "a@example.com"}
                },
            },
        ),
        send_confirmation=True,
    )
    assert saved.title == "A \u2014 <b>&amp;\n"
    assert (saved.start, saved.end) == (LATER, LATER + timedelta(hours=1))
    assert saved.systems == {room.system_id}
    assert saved.zone_rules[0].id == "W. Europe Standard Time"
    assert await client.conference(saved.id) == saved
    assert await client.find("ha", "key") == saved.id
    (listed,) = await client.conferences(room.system_id, NOW, LATER + timedelta(days=1))
    assert (listed.id, listed.participants, listed.raw) == (saved.id, None, None)
    page = await client.transactions_since(0)
    assert [item.conference_id for item in page.items] == [saved.id]
    assert page.items[0].systems == {room.system_id}


async def test_a_change_sends_the_version(
    sim: TmsSimulator, client: TmsClient, room: TmsSystem
) -> None:
    """So that nobody's change is lost."""
    await client.connect()
    saved = await client.save(await client.default_conference(), booking(room))
    renamed = await client.save(saved, ConferenceChanges(title="Retrospective"))
    assert (renamed.title, renamed.start) == ("Retrospective", saved.start)
    assert saved.title == "Stand-up"
    with pytest.raises(ConcurrentModificationError):
        await client.save(saved, ConferenceChanges(title="Too late"))


async def test_a_series(sim: TmsSimulator, client: TmsClient, room: TmsSystem) -> None:
    """With an occurrence that is another, and without one."""
    await client.connect()
    pattern = RecurrencePattern(
        frequency="Weekly", days_of_week=("Wednesday",), instances=4
    )
    first = await client.save(
        await client.default_conference(), booking(room, pattern=pattern)
    )
    assert first.pattern is not None
    assert first.pattern.instances == 4
    second = await client.find("ha", "key", LATER + timedelta(days=7))
    assert second is not None
    occurrence = await client.conference(second)
    moved = await client.save_occurrence(
        occurrence, ConferenceChanges(end=occurrence.end + timedelta(hours=1))
    )
    assert moved.end == occurrence.end + timedelta(hours=1)
    third = await client.find("ha", "key", LATER + timedelta(days=14))
    assert third is not None
    await client.delete_occurrence(third)
    whole = await client.series(first.id)
    assert whole.pattern is not None
    assert [item.kind for item in whole.pattern.exceptions] == ["MODIFY", "DELETE"]
    again = await client.save(
        whole, ConferenceChanges(title="Weekly", pattern=whole.pattern)
    )
    assert await client.find("ha", "key", LATER + timedelta(days=14)) is None
    second = await client.find("ha", "key", LATER + timedelta(days=7))
    assert second is not None
    assert (await client.conference(second)).end == moved.end
    await client.delete(again.id)
    assert await client.find("ha", "key") is None


async def test_ending(
    sim: TmsSimulator, client: TmsClient, room: TmsSystem, clock: Clock
) -> None:
    """Of what runs."""
    await client.connect()
    saved = await client.save(await client.default_conference(), booking(room))
    clock.pass_by(minutes=70)
    await client.end(saved.id)
    ended = await client.conference(saved.id)
    assert ended.status is ConferenceStatus.FINISHED
    assert ended.end == clock()


async def test_all_fields_go_back(scripted: TmsClient, script: Script) -> None:
    """Also those that nobody here knows, wherever they were; but no null as an empty object."""
    inner = (
        conference_xml()
        .replace(
            "<EmailTo>",
            "<ExternalConference xsi:nil='true'/><Newer><Deep>7</Deep></Newer><EmailTo>",
        )
        .replace(
            "<Participant>",
            '<Participant xsi:nil="true"/><Participant><Newest>8</Newest>',
            1,
        )
    )
    script.says(envelope("GetConferenceById", inner))
    found = await scripted.conference(1)
    # What the first try sent is there for the second.
    script.says(fault(-2147218247, session="s"), status=500)
    saved = f"<Conference>{inner}</Conference>"
    script.says(envelope("SaveConferenceWithMode", saved))
    await scripted.save(found, ConferenceChanges(title="Other"))
    sent = etree.fromstring(script.asked[-1].encode())
    body = next(sent.iter(f"{{{BOOKING}}}Conference"))
    texts = {
        etree.QName(item).localname: item.text for item in body.iter() if not len(item)
    }
    expected = etree.fromstring(
        f"<a xmlns='{BOOKING}' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>{inner}</a>"
    )
    told = {
        etree.QName(item).localname: item.text
        for item in expected.iter()
        if not len(item) and not item.attrib
    }
    assert texts == told | {"Title": "Other"}
    assert texts["Deep"] == "7"
    assert texts["Version"] == "49434707"


async def test_the_session_is_the_one_suggested(
    sim: TmsSimulator, client: TmsClient, room: TmsSystem, clock: Clock
) -> None:
    """One per client, asked for once, renewed when it is old, and only where it is needed."""
    await client.connect()
    base = await client.default_conference()
    first = await client.save(base, booking(room))
    assert [item.session for item in sim.requests.of("SaveConferenceWithMode")][:1] == [
        None
    ]
    await client.delete(first.id)
    await client.save(base, booking(room))
    assert len(sim.requests) == 6
    sessions = {item.session for item in sim.requests} - {None}
    assert len(sessions) == 1
    assert all(not r.session for r in sim.requests if r.operation.startswith("Get"))
    clock.pass_by(minutes=100)
    start = clock() + timedelta(hours=1)
    await client.save(
        base,
        booking(room, external_key="b", start=start, end=start + timedelta(hours=1)),
    )
    assert len({item.session for item in sim.requests} - {None}) == 2


async def test_a_session_is_tried_once(sim: TmsSimulator, client: TmsClient) -> None:
    """The next call tries the next suggestion."""
    sim.faults.when("DeleteConferenceById").times(2).session_expired()
    with pytest.raises(ClientSessionError):
        await client.delete(1)
    assert sim.requests.number_of("DeleteConferenceById") == 2
    sim.faults.when("DeleteConferenceById").session_blank(suggest=False)
    with pytest.raises(ClientSessionError):
        await client.delete(1)
    assert sim.requests.number_of("DeleteConferenceById") == 3


async def test_a_session_by_header(scripted: TmsClient, script: Script) -> None:
    """Old servers gave one there."""
    script.says(envelope("EndConferenceById", None, header=session_header("given")))
    script.says(envelope("EndConferenceById", None, header=session_header("given")))
    await scripted.end(1)
    await scripted.end(1)
    assert "ClientSession" not in script.asked[0]
    assert "ClientSession>given<" in script.asked[1]


@pytest.mark.parametrize(
    "result", [None, "", "<Conference><Title>a</Title></Conference>"]
)
async def test_a_save_that_is_answered_by_nothing(
    scripted: TmsClient, script: Script, result: str | None
) -> None:
    """Was perhaps done."""
    script.says(default(), envelope("SaveConferenceWithMode", result))
    base = await scripted.default_conference()
    with pytest.raises(AnswerLostError):
        await scripted.save(base, ConferenceChanges())


def test_a_conference_of_a_list_is_not_saved() -> None:
    """It is not whole."""
    listed = Conference(
        id=1, title="", start=NOW, end=LATER, status=ConferenceStatus.PENDING
    )
    with pytest.raises(ValueError, match="whole"):
        changed(listed, ConferenceChanges())


async def test_patterns_and_rules_in_their_own_words(
    scripted: TmsClient, script: Script
) -> None:
    """Dates as TMS wants them, and what is not meant is left out."""
    script.says(default())
    base = await scripted.default_conference()
    rule = TimeZoneRule(
        valid_from=NOW.replace(tzinfo=None),
        id="X",
        display_name="Y",
        base_offset_minutes=-60,
        daylight_offset_minutes=60,
        daylight=TimeChange(second_of_day=0, month=4, day_of_month=1),
        standard=TimeChange(second_of_day=0, month=4, day_of_week=0, week=5),
    )
    pattern = RecurrencePattern(
        frequency="Monthly",
        by_month_day=7,
        end_date=LATER,
        exceptions=(
            RecurrenceException(kind="DELETE", recurrence_id=LATER),
            RecurrenceException(kind="MODIFY", recurrence_id=LATER, modified=base),
        ),
    )
    said = changed(base, ConferenceChanges(pattern=pattern, zone_rules=(rule,)))
    assert said["RecurrencePattern"]["PatternEndDateUTC"] == "2026-01-07 10:00:00Z"
    assert said["RecurrencePattern"]["ByMonthDay"] == ["7"]
    deleted, modified = said["RecurrencePattern"]["Exceptions"]["RecurrenceException"]
    assert deleted == {
        "ExceptionType": "DELETE",
        "RecurrenceIdUTC": "2026-01-07 10:00:00Z",
    }
    assert modified["ModifiedData"] is base.raw
    (zone,) = said["ConferenceTimeZoneRules"]["TimeZoneRule"]
    assert zone["ValidFrom"] == "2026-01-07T09:00:00"
    assert zone["Daylight"] == {
        "ChangeSecondAtDay": "0",
        "AbsoluteRule": {"Month": "4", "DayOfMonth": "1"},
    }
    fields = {"A": LATER, "B": [True, 2], "C": None, "D": "x\x00"}
    said = changed(base, ConferenceChanges(fields=fields))
    assert {key: said[key] for key in fields} == {
        "A": "2026-01-07 10:00:00Z",
        "B": ["true", "2"],
        "C": None,
        "D": "x",
    }
