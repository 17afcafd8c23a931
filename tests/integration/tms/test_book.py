"""Booking rooms of a Cisco TMS: what is sent, what comes back, and what is refused."""

from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from typing import Any

import pytest

from custom_components.room_bookings.const import DOMAIN
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from tests.integration.conftest import add_webex
from tests.integration.house import House
from tests.integration.server_house import HALF_AN_HOUR, iso, refusal, told_by
from tests.integration.virtual_time import VirtualTime
from tests.simulators.tms.engine import CODES
from tests.simulators.tms.faults import Fault, RequestFaults
from tests.simulators.tms.request_log import LoggedRequest

from .conftest import add_tms
from .house import TmsHouse

QUOTED = 'Ada\'s "weekly" <review> & Überblick – 日本'
DAY = 60 * 24


def with_session(request: LoggedRequest) -> bool:
    """Whether a request is carried out, not sent back for want of a session."""
    return bool(request.session)


def saving(house: TmsHouse) -> RequestFaults:
    """What happens to the next booking that is carried out."""
    return house.tms.faults.when("SaveConferenceWithMode", predicate=with_session)


async def book(house: TmsHouse, *rooms: str, **data: Any) -> Any:
    """Book Planning, in an hour, for half an hour."""
    wanted = {"title": "Planning", "start": house.at(60), "duration": HALF_AN_HOUR}
    return await house.call("book", *(rooms or ("Fjord",)), **(wanted | data))


async def not_booked(house: TmsHouse, *rooms: str, **data: Any) -> dict[str, str]:
    """How Planning is refused."""
    return await refusal(book(house, *rooms, **data))


# One room


async def test_book_later(house: TmsHouse) -> None:
    """It is answered when TMS has it, and shown at once; TMS drops quotes from titles."""
    with house.recording() as changes:
        answer = await book(house, title=QUOTED)
        title = "Adas weekly <review> & Überblick – 日本"
        [made] = house.living()
        assert answer == {
            "booking_id": str(made.conference_id),
            "title": title,
            "start": iso(60),
            "end": iso(90),
        }
        assert house.titles("Fjord") == ("unknown", title)
    assert house.held() == [(title, 60, 30)]
    assert [(t.kind, t.title, t.ours, t.late) for t in changes.told("Fjord")] == [
        ("created", title, True, False)
    ]
    assert changes.told("Aurora") == []
    assert made.external_source_id == f"home-assistant-{house.entry.entry_id}"
    assert made.external_primary_key == house.ledger[0]["request_id"]
    assert house.saved()[-1]["ExternalPrimaryKey"] == made.external_primary_key
    # What TMS tells of it later is no news.
    with house.recording() as later:
        await house.poll()
        await house.poll()
    assert later.told("Fjord") == []


async def test_book_now(house: TmsHouse) -> None:
    """The room is busy at once."""
    await house.do("book", duration={"minutes": 15})
    assert house.held() == [("Meeting", 0, 15)]
    assert house.facts() == ("busy", "Meeting", "unknown")
    await house.clock.move_to(house.at(15))
    assert house.facts() == ("free", "unknown", "unknown")


async def test_the_button(house: TmsHouse) -> None:
    """It books the default duration."""
    await house.press("Fjord", "book_now")
    assert house.held() == [("Meeting", 0, 30)]


async def test_few_questions(house: TmsHouse) -> None:
    """A booking costs no listing, and at most one question about what is new."""
    house.tms.clear_log()
    await book(house)
    await house.clock.pass_by(seconds=60)
    asked = house.asked
    assert asked.pop("SaveConferenceWithMode") == 2
    assert asked.pop("GetDefaultConference") == 1
    assert asked["GetTransactionsSince"] <= 1
    assert set(asked) <= {"GetTransactionsSince"}


async def test_private(house: TmsHouse) -> None:
    """TMS is told so, and the title is hidden at once."""
    answer = await book(house, private=True)
    assert answer["title"] == "Private"
    [made] = house.living()
    assert made.title == "Planning"
    assert made.privacy_flag not in (None, "")
    assert house.titles("Fjord")[1] == "Private"
    assert house.shown("Fjord", "next_booking").attributes["private"] is True


@pytest.mark.parametrize(
    "who",
    [
        {"organizer_email": "Ada@example.com"},
        {"organizer_name": "ada lovelace"},
        {"organizer_name": "Countess", "organizer_email": "ada@example.com"},
    ],
)
async def test_book_for_somebody_else(house: TmsHouse, who: dict[str, str]) -> None:
    """Who that is, is looked up once; the booking is theirs."""
    user = house.tms.local.add_user(
        "EXAMPLE\\ada",
        first_name="Ada",
        last_name="Lovelace",
        display_name="Ada Lovelace",
        email_address="ada@example.com",
    )
    answer = await book(house, **who)
    made = house.tms.local.get(int(answer["booking_id"]))
    assert made.owner_id == user.user_id
    attributes = house.shown("Fjord", "next_booking").attributes
    assert attributes["organizer"] == "Ada Lovelace"
    await book(house, start=house.at(120), **who)
    assert house.asked["GetUsers"] == 1


async def test_book_for_a_stranger(house: TmsHouse) -> None:
    """Nobody else gets the booking instead."""
    told = await not_booked(house, organizer_email="nobody@example.com")
    assert told["key"] == "rejected"
    assert "nobody@example.com" in told["words"]
    assert house.saved() == []


async def test_without_the_right_to_book_for_others(house: TmsHouse) -> None:
    """The right is named; for itself the account may book."""
    house.tms.local.change_user(house.tms.user.user_id, book_on_behalf_of=False)
    told = await not_booked(house, organizer_name="Ada")
    assert told["key"] == "permission_denied"
    assert told["missing"] == "Book on behalf of"
    assert house.saved() == []
    await book(house)
    assert house.held() == [("Planning", 60, 30)]


async def test_a_title_that_tms_cannot_keep(house: TmsHouse) -> None:
    """It is refused before anything is sent."""
    house.tms.clear_log()
    for title in ("x" * 256, "bell\a"):
        assert (await not_booked(house, title=title))["key"] == "not_supported"
    assert house.asked == {}


# What TMS alone can do


async def test_extras(house: TmsHouse) -> None:
    """Each arrives as TMS wants it."""
    await book(
        house,
        conference_type="one_button_to_push",
        participants=[
            {"type": "dial_in", "name": "Remote site"},
            {"type": "dial_out", "address": "bob@example.com"},
            {"type": "dial_out", "address": "5551234", "protocol": "phone"},
        ],
        pin="4711",
        record=True,
        send_confirmation=True,
    )
    [made] = house.living()
    assert made.conference_type == "One Button To Push"
    assert made.password == "4711"
    assert made.is_recording_enabled is True
    assert [
        (p.participant_call_type, p.name_or_number)
        for p in made.participants or ()
        if p.participant_call_type != "TMS"
    ] == [
        ("SIP <-", "Remote site"),
        ("SIP ->", "bob@example.com"),
        ("Telephone ->", "5551234"),
    ]
    request = house.tms.requests.of("SaveConferenceWithMode")[-1]
    assert b"SendConfirmationMail>true" in request.body
    assert request.parameters["BookingMode"] == "Strict"


async def test_dial_string(house: TmsHouse) -> None:
    """A conference that somebody else hosts."""
    await book(house, dial_string="meet.123@example.com")
    [made] = house.living()
    assert made.external_conference is not None
    dialled = made.external_conference.externally_hosted_dial_string
    assert dialled == "meet.123@example.com"


async def test_no_confirmation_unless_asked_for(house: TmsHouse) -> None:
    """TMS decides by its own settings then, and records nothing."""
    await book(house)
    assert all(b"SendConfirmationMail" not in r.body for r in house.tms.requests)
    assert house.living()[0].is_recording_enabled is not True


@pytest.mark.parametrize(
    ("extras", "feature"),
    [
        ({"conference_type": "party"}, "conference_type party"),
        ({"pin": "abc"}, "a pin of other characters than digits"),
        ({"participants": [{"type": "guess"}]}, "a participant that is neither"),
        ({"participants": [{"type": "dial_out"}]}, "without an address"),
        (
            {"conference_type": "reservation_only", "pin": "1"},
            "pin with reservation_only",
        ),
        ({"dial_string": "a@b.example", "record": True}, "record with dial_string"),
    ],
)
async def test_extras_that_tms_cannot_do(
    house: TmsHouse, extras: dict[str, Any], feature: str
) -> None:
    """They are refused by name, and nothing is sent."""
    house.tms.clear_log()
    told = await not_booked(house, **extras)
    assert told["key"] == "not_supported"
    assert feature in told["feature"]
    assert house.asked == {}


async def test_recording_by_an_older_server(house: TmsHouse) -> None:
    """It would silently be left out."""
    await house.stop()
    house.tms.settings.api_version = 22
    await house.start()
    assert (await not_booked(house, record=True))["key"] == "not_supported"
    assert house.saved() == []


@pytest.mark.parametrize(
    "extra",
    [
        {"conference_type": "one_button_to_push"},
        {"participants": [{"type": "dial_in"}]},
        {"dial_string": "a@b.example"},
        {"pin": "4711"},
        {"record": True},
        {"send_confirmation": True},
    ],
)
async def test_extras_for_other_systems(
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    socket_enabled: None,
    clock: VirtualTime,
    extra: dict[str, Any],
) -> None:
    """A phone does not take them, and does not book without them."""
    async with House.built(hass, hass_storage, clock, add_webex) as house:
        await house.open()
        with pytest.raises(ServiceValidationError) as caught:
            await house.call("book", "Fjord", title="Planning", **extra)
        told = told_by(caught.value)
        assert told["key"] == "not_supported"
        assert told["feature"] == next(iter(extra))
        assert house.requests("Bookings.Book") == 0


# Several rooms


async def test_rooms_of_one_server_are_booked_as_one(house: TmsHouse) -> None:
    """One conference, in which all of them meet."""
    with house.recording() as changes:
        answer = await book(house, "Aurora", "Fjord")
    [made] = house.living("Fjord")
    assert made.system_ids == {house.system("Aurora"), house.system("Fjord")}
    assert set(answer) == {
        house.entity_id(room, "bookings") for room in ("Aurora", "Fjord")
    }
    assert {each["booking_id"] for each in answer.values()} == {str(made.conference_id)}
    keys = {saved["ExternalPrimaryKey"] for saved in house.saved()}
    assert len(keys) == 1
    assert house.asked["SaveConferenceWithMode"] == 2  # for the first, a session
    for room in ("Aurora", "Fjord"):
        assert house.titles(room)[1] == "Planning"
        assert [(t.kind, t.ours) for t in changes.told(room)] == [("created", True)]
    with house.recording() as later:
        await house.poll()
    assert later.told("Aurora") == later.told("Fjord") == []


async def test_one_of_several_rooms_is_taken(house: TmsHouse) -> None:
    """None of them is booked, and the room is named."""
    house.meet("Review", 45, 30, "Fjord")
    await house.sync()
    house.tms.clear_log()
    told = await not_booked(house, "Aurora", "Fjord")
    assert told["key"] == "conflict"
    assert told["room"] == "Fjord"
    assert (told["start"], told["end"]) == ("2026-03-03 01:45", "2026-03-03 02:15")
    assert house.held("Aurora") == []
    assert house.held("Fjord") == [("Review", 45, 30)]
    assert house.saved() == []


async def test_one_of_several_rooms_was_taken_a_moment_ago(house: TmsHouse) -> None:
    """TMS itself decides, for all or none."""
    saving(house).before(lambda _: house.meet("Review", 45, 30, "Fjord"))
    told = await not_booked(house, "Aurora", "Fjord")
    assert told["key"] == "conflict"
    assert (told["room"], told["start"]) == ("Fjord", "2026-03-03 01:45")
    assert house.held("Aurora") == []
    assert house.held("Fjord") == [("Review", 45, 30)]


async def test_a_lost_answer_for_several_rooms(house: TmsHouse) -> None:
    """It is one conference still."""
    saving(house).drop_answer()
    answer = await book(house, "Aurora", "Fjord")
    [made] = house.living("Fjord")
    assert house.living("Aurora") == [made]
    assert {each["booking_id"] for each in answer.values()} == {str(made.conference_id)}


@pytest.fixture
async def second(
    house: TmsHouse,
    hass: HomeAssistant,
    hass_storage: dict[str, Any],
    clock: VirtualTime,
) -> AsyncGenerator[TmsHouse]:
    """Another TMS, whose room has the id that a room of the first one has."""
    async with TmsHouse.with_server(
        hass, hass_storage, clock, ["Oslo"], add_tms
    ) as other:
        await other.open()
        assert other.system("Oslo") == house.system("Aurora")
        yield other


async def test_rooms_of_two_servers(house: TmsHouse, second: TmsHouse) -> None:
    """Each server has a conference of its rooms."""
    calendars = [house.entity_id(room, "bookings") for room in ("Aurora", "Fjord")]
    calendars.append(second.entity_id("Oslo", "bookings"))
    answer = await house.hass.services.async_call(
        DOMAIN,
        "book",
        {"entity_id": calendars, "title": "Planning", "start": house.at(60)},
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    assert set(answer) == set(calendars)
    assert house.held("Aurora") == house.held("Fjord") == [("Planning", 60, 30)]
    assert len({c.conference_id for c in house.living("Aurora")}) == 1
    assert second.held("Oslo") == [("Planning", 60, 30)]
    assert second.titles("Oslo")[1] == "Planning"
    sources = {house.saved()[-1]["ExternalSourceId"]}
    assert sources != {second.saved()[-1]["ExternalSourceId"]}


# Conflicts


async def test_a_conflict_that_is_known(house: TmsHouse) -> None:
    """The other booking's times are told, and nothing is sent to be saved."""
    house.meet("Review", 75, 60)
    await house.sync()
    told = await not_booked(house)
    assert told["key"] == "conflict"
    assert (told["start"], told["end"]) == ("2026-03-03 02:15", "2026-03-03 03:15")
    assert house.saved() == []


async def test_a_conflict_that_is_not_known_yet(house: TmsHouse) -> None:
    """TMS refuses; whose times they are is looked up."""
    saving(house).before(lambda _: house.meet("Review", 75, 60))
    told = await not_booked(house)
    assert (told["key"], told["start"]) == ("conflict", "2026-03-03 02:15")
    assert house.held() == [("Review", 75, 60)]
    assert house.ledger == []
    assert house.issues == []
    assert house.titles("Fjord")[1] == "Review"


async def test_a_meeting_that_was_deleted_meanwhile_is_no_conflict(
    house: TmsHouse,
) -> None:
    """What is known may be old: TMS is asked before anybody is refused."""
    review = house.meet("Review", 60)
    await house.sync()
    house.tms.local.delete(review.conference_id)
    await house.clock.pass_by(seconds=3)
    await book(house)
    assert house.held() == [("Planning", 60, 30)]


async def test_back_to_back(house: TmsHouse) -> None:
    """That is no conflict."""
    house.meet("Before", 30)
    house.meet("After", 90)
    await house.sync()
    await book(house)
    assert [title for title, *_ in house.held()] == ["Before", "Planning", "After"]


async def test_further_ahead_than_bookings_are_held(house: TmsHouse) -> None:
    """A conflict is found there too."""
    house.meet("Review", 40 * DAY)
    told = await not_booked(house, start=house.at(40 * DAY))
    assert told["key"] == "conflict"
    answer = await book(house, start=house.at(41 * DAY))
    assert house.tms.local.get(int(answer["booking_id"])).title == "Planning"


# Lost answers


@pytest.mark.parametrize(
    "lose",
    [
        pytest.param(lambda f: f.drop_answer(), id="hung up"),
        pytest.param(lambda f: f.cut(), id="cut"),
        pytest.param(lambda f: f.truncated(), id="truncated"),
        pytest.param(lambda f: f.html(applied=True), id="page"),
        pytest.param(lambda f: f.empty(applied=True), id="nothing"),
        pytest.param(lambda f: f.garbage(applied=True), id="garbage"),
        pytest.param(lambda f: f.entity_bomb(applied=True), id="entities"),
        pytest.param(lambda f: f.doctype(), id="document type"),
        pytest.param(lambda f: f.content_type(), id="type"),
        pytest.param(lambda f: f.huge(17_000_000), id="huge"),
        pytest.param(lambda f: f.status(500, applied=True), id="500"),
        pytest.param(lambda f: f.status(502, applied=True), id="502"),
        pytest.param(lambda f: f.no_answer(applied=True), id="silence"),
    ],
)
async def test_an_answer_that_is_lost(
    impatient: None, house: TmsHouse, lose: Callable[[RequestFaults], Fault]
) -> None:
    """It was booked: once, and it is confirmed."""
    fault = lose(saving(house))
    answer = await book(house)
    assert fault.hits == 1
    [made] = house.living()
    assert answer["booking_id"] == str(made.conference_id)
    assert len(house.tms.requests.of("SaveConferenceWithMode")) == 2
    assert [wish["stage"] for wish in house.ledger] == ["confirmed"]
    assert house.issues == []
    assert house.titles("Fjord")[1] == "Planning"


@pytest.mark.parametrize(
    "lose",
    [
        pytest.param(lambda f: f.drop(), id="hung up"),
        pytest.param(lambda f: f.no_answer(), id="silence"),
        pytest.param(lambda f: f.status(502), id="502"),
        pytest.param(lambda f: f.html(), id="page"),
        pytest.param(lambda f: f.garbage(), id="garbage"),
    ],
)
async def test_a_request_that_is_lost(
    impatient: None, house: TmsHouse, lose: Callable[[RequestFaults], Fault]
) -> None:
    """It is looked for, and sent once more under the same key."""
    fault = lose(saving(house))
    answer = await book(house)
    assert fault.hits == 1
    [made] = house.living()
    assert answer["booking_id"] == str(made.conference_id)
    keys = {saved["ExternalPrimaryKey"] for saved in house.saved()}
    assert keys == {made.external_primary_key}
    assert house.asked["GetConferenceIdByExternalId"] >= 1


async def test_a_rival_while_a_request_is_lost(house: TmsHouse) -> None:
    """With the same title and times: it is not taken for ours."""
    fault = saving(house).drop()

    def book_too(_: LoggedRequest) -> None:
        if fault.hits and not house.living():
            house.meet("Planning", 60)

    house.tms.faults.when("GetConferenceIdByExternalId").before(book_too)
    told = await not_booked(house)
    assert told["key"] == "conflict"
    assert len(house.living()) == 1


async def test_nobody_knows(house: TmsHouse) -> None:
    """Two requests are lost: a person is told, and nothing is claimed."""
    saving(house).always().drop()
    told = await not_booked(house)
    assert told["key"] == "unconfirmed"
    assert house.issues == ["unconfirmed_booking"]
    assert [wish["stage"] for wish in house.ledger] == ["unconfirmed"]
    assert len({saved["ExternalPrimaryKey"] for saved in house.saved()}) == 1


async def test_the_server_is_gone_before_anything_is_sent(house: TmsHouse) -> None:
    """Then nothing was booked, and that is known."""
    await house.tms.down(refuse=True)
    told = await not_booked(house)
    assert told["key"] == "unreachable"
    assert house.issues == []
    await house.tms.up()
    assert house.held() == []


# What TMS refuses


async def test_busy_once(house: TmsHouse) -> None:
    """It is asked again after a while."""
    saving(house).busy()
    await book(house)
    assert house.held() == [("Planning", 60, 30)]


async def test_busy_twice(house: TmsHouse) -> None:
    """Then the person may try later; nothing was booked, and nobody needs to look."""
    saving(house).times(2).busy()
    assert (await not_booked(house))["key"] == "busy_try_later"
    assert house.held() == []
    assert house.ledger == []
    assert house.issues == []


@pytest.mark.parametrize(("wait", "booked"), [(20, True), (60, False)])
async def test_the_server_says_how_long(
    house: TmsHouse, wait: int, booked: bool
) -> None:
    """Half a minute is waited for, more is the person's to wait for."""
    saving(house).status(503, retry_after=wait)
    began = house.clock.now
    if booked:
        await book(house)
        assert house.clock.now - began >= timedelta(seconds=wait)
    else:
        told = await not_booked(house)
        assert (told["key"], told["seconds"]) == ("busy_try_later", "60")
        assert house.clock.now - began < timedelta(seconds=1)
    assert bool(house.held()) is booked


async def test_no_licence_is_left(house: TmsHouse) -> None:
    """TMS keeps its bookings, and so do we."""
    house.tms.settings.system_licences = 0
    told = await not_booked(house)
    assert told["key"] == "licence"
    assert house.held() == []
    assert house.ledger == []


_KEYS = {
    "LICENSE": "licence",
    "DATABASE_DOWN": "busy_try_later",
    "SERVER_BUSY": "busy_try_later",
    "SYSTEM_ALREADY_BOOKED": "conflict",
    "MEETINGNOTACTIVE": "no_meeting",
    "CANNOTBOOKINTHEPAST": "in_the_past",
    "START_TIME_AFTER_END_TIME": "ends_before_start",
    "SECURITY": "permission_denied",
    "NO_ACCESS_TO_CONFERENCE": "permission_denied",
    "SYSTEM_NOT_ALLOWED_IN_BOOKING": "permission_denied",
    "NEVER_ENDING_RECURRENCE_NOT_SUPPORTED": "not_supported",
    "UNSUPPORTED_RECURRENCE": "not_supported",
}


@pytest.mark.parametrize("code", sorted(CODES))
async def test_every_code(house: TmsHouse, code: str) -> None:
    """Each is translated, with TMS's own words kept; nothing is booked."""
    saving(house).always().fault(code, "The words of TMS")
    with pytest.raises(HomeAssistantError) as caught:
        await book(house)
    told = told_by(caught.value)
    assert told["key"] == _KEYS.get(code, "rejected")
    assert "The words of TMS" in told.values()
    assert "The words of TMS" in f"{caught.value.__cause__}"
    assert house.held() == []
    assert house.ledger == []


async def test_a_code_that_nobody_knows(house: TmsHouse) -> None:
    """The words remain."""
    saving(house).fault(-1, "Something new")
    assert await not_booked(house) == {
        "key": "rejected",
        "room": "Fjord",
        "words": "Something new",
    }


# The client session


async def test_one_session_for_all(house: TmsHouse) -> None:
    """It is taken from the first refusal, used for all that needs one, and no other."""
    answer = await book(house)
    await book(house, start=house.at(120))
    await house.do("reschedule", booking_id=answer["booking_id"], title="Review")
    await house.do("delete", booking_id=answer["booking_id"])
    needing = [r for r in house.tms.requests if r.operation[:4] in ("Save", "Dele")]
    assert [bool(request.session) for request in needing] == [False] + [True] * 4
    assert len({request.session for request in needing[1:]}) == 1
    assert len(house.tms.server.sessions.active) == 1


async def test_reading_takes_no_session(house: TmsHouse) -> None:
    """Nor a licence."""
    await house.clock.pass_by(hours=7)
    assert all(request.session is None for request in house.tms.requests)
    assert house.tms.server.sessions.active == frozenset()


async def test_an_expired_session_is_renewed_once(house: TmsHouse) -> None:
    """TMS suggests another, which is used from then on."""
    house.tms.settings.accept_foreign_sessions = False
    await book(house)
    house.tms.server.sessions.expire()
    house.tms.clear_log()
    await book(house, start=house.at(120))
    await book(house, start=house.at(180))
    assert house.asked["SaveConferenceWithMode"] == 3
    assert len(house.tms.server.sessions.active) == 1


async def test_a_session_that_ends_by_itself(house: TmsHouse) -> None:
    """After an hour and four minutes without a call."""
    await book(house, start=house.at(300))
    await house.clock.pass_by(hours=2)
    await book(house, start=house.at(400))
    assert len(house.held()) == 2
    assert len(house.tms.server.sessions.active) == 1


@pytest.mark.parametrize("suggest", [True, False])
async def test_sessions_that_are_never_good(house: TmsHouse, suggest: bool) -> None:
    """They are not asked for without end, and not made up."""
    house.tms.faults.when("Save*").always().session_expired(suggest=suggest)
    assert (await not_booked(house))["key"] == "rejected"
    assert house.asked["SaveConferenceWithMode"] <= 2
    assert house.ledger == []


async def test_no_licence_for_a_session(house: TmsHouse) -> None:
    """Others use them all."""
    house.tms.settings.session_licences = 0
    assert (await not_booked(house))["key"] == "licence"
    assert house.held() == []
