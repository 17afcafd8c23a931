"""Objects of the TMS engine go through the simulator's wire without losing anything."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

from lxml import etree
import pytest

from tests.simulators.tms import CODES
from tests.simulators.tms.engine import (
    AbsoluteRule,
    AliasInfo,
    Conference,
    ExternalConference,
    Participant,
    RecordingDevice,
    RecurrenceException,
    RecurrencePattern,
    RelativeRule,
    TimeChange,
    TimeZoneRule,
    TmsFault,
    Transaction,
    WebEx,
)
from tests.simulators.tms.reading import Fields, conference as read
from tests.simulators.tms.soap import BOOKING, UnreadableError, plain
from tests.simulators.tms.validation import complaints
from tests.simulators.tms.writing import (
    conference as write,
    recording_device,
    transaction,
)

XSI = "http://www.w3.org/2001/XMLSchema-instance"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
RULES = (
    TimeZoneRule(
        datetime(1, 1, 1),
        "Somewhere Standard Time",
        "(UTC+01:00) Somewhere",
        60,
        TimeChange(7200, relative_rule=RelativeRule(3)),
        60,
        TimeChange(10800, absolute_rule=AbsoluteRule(10, 25)),
    ),
    TimeZoneRule(datetime(2030, 1, 1), None, None, -330),
)
FULL = Conference(
    conference_id=4001,
    title="Planning & <more>\N{EM DASH}now",
    start_time_utc=NOON,
    end_time_utc=NOON,
    recurrence_instance_id_utc=NOON,
    recurrence_instance_type="modify",
    first_occurrence_rec_instance_id_utc=NOON,
    recurrence_pattern=RecurrencePattern(
        frequency_type="Monthly",
        interval=2,
        days_of_week=("Monday", "Friday"),
        first_day_of_week="Sunday",
        by_set_position=-1,
        by_month_day=(1, 31),
        pattern_end_type="EndByDate",
        pattern_end_date_utc=NOON,
        first_occurrence_rec_instance_id_utc=NOON,
        pattern_instances=7,
        exceptions=(
            RecurrenceException("DELETE", NOON),
            RecurrenceException(
                "MODIFY", NOON, "ThisAndFuture", 3, Conference(5, "Moved", owner_id=1)
            ),
        ),
    ),
    owner_id=12,
    owner_user_name="EXAMPLE\\someone",
    owner_first_name="Some",
    owner_last_name="",
    owner_email_address="someone@example.com",
    conference_type="One Button To Push",
    bandwidth="Max",
    picture_mode="Voice Switched",
    encrypted="If Possible",
    data_conference="No",
    show_extend_option="AutomaticBestEffort",
    password="0000",
    billing_code="b",
    isdn_restrict=True,
    external_conference=ExternalConference(
        WebEx("1", "2", "3", "4", "5", "6", "7", True), "sip@example.com", "Modify"
    ),
    email_to="a@example.com",
    conf_bundle_id="1",
    conf_owner_id="2",
    conference_info_text="Two\nlines",
    conference_info_html="<body>&nbsp;</body>",
    user_message_text="m",
    external_source_id="s",
    external_primary_key="k",
    detached_from_external_source_id="ds",
    detached_from_external_primary_key="dk",
    participants=(
        Participant(5),
        Participant(1, "x@example.com", "x@example.com", "IP Video <-"),
    ),
    recorded_conference_uri="r",
    web_conference_presenter_uri="p",
    web_conference_attendee_uri="a",
    isdn_bandwidth="6b/384kbps",
    ip_bandwidth="6000kbps",
    conference_language="en-US",
    conference_time_zone_rules=RULES,
    conference_state="Ongoing",
    version=49434707,
    location="l",
    invitees="i@example.com",
    secret_code="c",
    meeting_source="ms",
    privacy_flag="Private",
    join_uri="ju",
    join_url="jl",
    transaction_id=1 << 40,
    is_recording_enabled=False,
)


def parsed(inner: str, name: str = "Conference") -> etree._Element:
    """The element that holds what was written."""
    return etree.fromstring(
        f'<{name} xmlns="{BOOKING}" xmlns:xsi="{XSI}">{inner}</{name}>'
    )


@pytest.mark.parametrize(
    "item",
    [
        FULL,
        Conference(owner_id=-1),
        replace(FULL, participants=(), conference_time_zone_rules=()),
    ],
)
def test_round_trip(item: Conference) -> None:
    """What is written reads the same, whatever it has and lacks."""
    assert read(Fields(parsed(write(item, 23)))) == item


def test_full_is_full() -> None:
    """The conference of these tests has something in every field."""
    assert [f.name for f in fields(FULL) if getattr(FULL, f.name) is None] == []


def test_types() -> None:
    """What is written fits the schema, also where it is part of a request."""
    request = parsed(f"<Conference>{write(FULL, 23)}</Conference>", "SaveConference")
    assert complaints(request, BOOKING) == []


def test_recording_devices_and_transactions() -> None:
    """Small objects have their elements in the schema's order."""
    device = recording_device(RecordingDevice("TCS", (AliasInfo(7, "a"),)))
    assert (
        complaints(
            parsed(
                "<GetRecordingAliasesResult><RecordingDevice>"
                f"{device}</RecordingDevice></GetRecordingAliasesResult>",
                "GetRecordingAliasesResponse",
            ),
            BOOKING,
        )
        == []
    )
    one = parsed(transaction(Transaction(1, 2, "New", 3, (5, 6)), ";"))
    assert plain(one) == {
        "TransactionId": "1",
        "ConferenceId": "2",
        "TransType": "New",
        "PerformedByUserId": "3",
        "ParticipantIds": "5;6",
    }


def test_nil_reads_as_absent() -> None:
    """An element that is nil says nothing, nor does one of another namespace."""
    item = read(
        Fields(
            parsed(
                '<!-- x --><ConferenceId>1</ConferenceId><Title xsi:nil="true" />'
                '<Password xmlns="urn:other">1</Password>'
                '<Participants><Participant xsi:nil="1" /></Participants>'
            )
        )
    )
    assert item == Conference(1, participants=())


@pytest.mark.parametrize(
    "inner",
    [
        "<ConferenceId>1.5</ConferenceId>",
        "<ISDNRestrict>Yes</ISDNRestrict>",
        "<RecurrencePattern><ByMonthDay>x</ByMonthDay></RecurrencePattern>",
        "<ConferenceTimeZoneRules><TimeZoneRule><ValidFrom>x</ValidFrom></TimeZoneRule>"
        "</ConferenceTimeZoneRules>",
    ],
)
def test_wrong_types(inner: str) -> None:
    """What .NET could not read is not read."""
    with pytest.raises(UnreadableError):
        read(Fields(parsed(inner)))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-01-01 12:00:00Z", NOON),
        ("2026-01-01T12:00:00Z", NOON),
        ("2026-01-01 12:00:00.0000000Z", NOON),
        ("", None),
        ("2026-01-01 12:00:00", ...),
        ("2026-01-01 13:00:00+01:00", ...),
        ("2026-02-30 12:00:00Z", ...),
    ],
)
def test_dates(written: str, meant: Any) -> None:
    """A date ends with Z or is refused with a code of its own."""
    holder = Fields(parsed(f"<StartTimeUTC>{written}</StartTimeUTC>"))
    if meant is not ...:
        assert read(holder).start_time_utc == meant
        return
    with pytest.raises(TmsFault) as raised:
        read(holder)
    assert raised.value.code == CODES["INVALID_DATETIME_FORMAT"]
