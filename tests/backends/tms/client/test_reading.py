"""What TMS tells is read whole, however it tells it, and nothing else is taken for it."""

from datetime import UTC, datetime
import logging

import pytest

from custom_components.room_bookings.backends.tms import document
from custom_components.room_bookings.backends.tms.client import TmsClient
from custom_components.room_bookings.backends.tms.listings import (
    conferences,
    systems,
    transactions,
    users,
    zone_rules,
)
from custom_components.room_bookings.backends.tms.model import (
    ConferenceStatus,
    Participant,
    SystemCategory,
    TimeChange,
    TransactionKind,
)
from custom_components.room_bookings.rooms.errors import (
    NotFoundError,
    RejectedError,
    UnreachableError,
)

from .conftest import Script
from .documents import (
    CAPTURED,
    CAPTURED_FAULT,
    SETUP,
    conference_xml,
    default,
    envelope,
    listed,
    transactions as told,
)

ANY_TIME = datetime(2021, 1, 1, tzinfo=UTC), datetime(2022, 1, 1, tzinfo=UTC)


async def test_the_captured_conference(scripted: TmsClient, script: Script) -> None:
    """Everything in it that is known."""
    script.says(CAPTURED)
    found = await scripted.conference(2391459)
    assert found.id == 2391459
    assert found.title == "TEST"
    assert found.start == datetime(2021, 1, 28, 7, tzinfo=UTC)
    assert found.end == datetime(2021, 1, 28, 12, 13, 20, tzinfo=UTC)
    assert found.status is ConferenceStatus.FINISHED
    assert found.owner == "API Test"
    assert (found.external_source, found.external_key) == ("TMS", "99b67849-0000")
    assert found.version == 49434707
    assert found.participants == (
        Participant(id=1, call_type="IP Video <-", name_or_number="x@example.com"),
    )
    assert found.systems == frozenset()
    (rule,) = found.zone_rules
    assert rule.valid_from == datetime(1, 1, 1)
    assert rule.id == "W. Europe Standard Time"
    assert rule.daylight == TimeChange(
        second_of_day=7200, month=3, day_of_week=0, week=5
    )
    assert found.raw.ConferenceInfoHtml == "<body>escaped</body>"


async def test_both_ways_read_the_same(scripted: TmsClient, script: Script) -> None:
    """By zeep and by lxml, in SOAP 1.1 and 1.2."""
    script.says(CAPTURED)
    rich = await scripted.conference(1)
    script.says(listed(conference_xml()))
    assert await scripted.conferences(1, *ANY_TIME) == [rich]


async def test_a_series_is_read_the_same_both_ways(
    scripted: TmsClient, script: Script
) -> None:
    """Pattern, exceptions, nil members."""
    pattern = (
        "<RecurrencePattern><FrequencyType>Weekly</FrequencyType><Interval>2</Interval>"
        "<DaysOfWeek><DayOfWeek>Monday</DayOfWeek><DayOfWeek>Friday</DayOfWeek></DaysOfWeek>"
        "<FirstDayOfWeek>Monday</FirstDayOfWeek><BySetPosition>0</BySetPosition>"
        "<ByMonthDay>3</ByMonthDay><PatternEndType>EndByDate</PatternEndType>"
        "<PatternEndDateUTC>2021-05-01 00:00:00Z</PatternEndDateUTC>"
        "<PatternInstances>0</PatternInstances><Exceptions>"
        '<RecurrenceException xsi:nil="true"/><RecurrenceException><ExceptionType>MODIFY'
        "</ExceptionType><RecurrenceIdUTC>2021-02-01 07:00:00Z</RecurrenceIdUTC>"
        f"<ModifiedData>{conference_xml()}</ModifiedData></RecurrenceException>"
        "<RecurrenceException><ExceptionType>DELETE</ExceptionType><RecurrenceIdUTC>"
        "2021-02-05 07:00:00Z</RecurrenceIdUTC></RecurrenceException>"
        "</Exceptions></RecurrencePattern>"
    )
    inner = conference_xml().replace("<OwnerId>", f"{pattern}<OwnerId>", 1)
    script.says(envelope("GetRecurrentConferenceById", inner))
    rich = await scripted.series(1)
    assert rich.pattern is not None
    assert rich.pattern.days_of_week == ("Monday", "Friday")
    assert rich.pattern.interval == 2
    assert rich.pattern.end_date == datetime(2021, 5, 1, tzinfo=UTC)
    assert rich.pattern.instances is None
    assert [item.kind for item in rich.pattern.exceptions] == ["MODIFY", "DELETE"]
    assert rich.pattern.exceptions[0].modified is not None
    assert conferences(listed(inner).encode()) == [rich]


async def test_unknown_elements_hide_nothing(
    scripted: TmsClient, script: Script
) -> None:
    """Neither in front of known ones, nor in between, nor out of order."""
    inner = conference_xml()
    script.says(CAPTURED)
    expected = await scripted.conference(1)
    inner = "<New><Title>No</Title></New>" + inner.replace("<Title>", "<Newer/><Title>")
    version = "<Version>49434707</Version>"
    inner = version + inner.replace(version, "<Newest>1</Newest>")
    script.says(envelope("GetConferenceById", inner))
    assert await scripted.conference(1) == expected
    assert conferences(listed(inner).encode()) == [expected]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2391459", "many"),
        ("2391459", "9" * 40),
        ("2021-01-28 07:00:00Z", "tomorrow"),
        ("2021-01-28 07:00:00Z", ""),
        ("2021-01-28 07:00:00Z", "0001-01-01 00:00:00Z"),
        ("2021-01-28 07:00:00Z", "2021-01-29 07:00:00Z"),
        ("49434707", "1.5"),
        ("<Month>3", "<Month>March"),
    ],
)
async def test_a_bad_record_costs_that_record(
    scripted: TmsClient,
    script: Script,
    caplog: pytest.LogCaptureFixture,
    old: str,
    new: str,
) -> None:
    """And what it said is not logged."""
    good = conference_xml()
    bad = good.replace(old, new)
    script.says(listed(good, bad, good))
    assert len(await scripted.conferences(1, *ANY_TIME)) == 2
    assert "Left out what cannot be read: Conference, 1 times" in caplog.text
    assert "TEST" not in caplog.text
    script.says(envelope("GetConferenceById", bad))
    with pytest.raises(UnreachableError):
        await scripted.conference(1)


async def test_null_is_nothing(
    scripted: TmsClient, script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither a conference nor an error."""
    script.says(
        listed(conference_xml()).replace(
            "<Conference>", '<Conference xsi:nil="true" /><Conference/><Conference>', 1
        )
    )
    assert len(await scripted.conferences(1, *ANY_TIME)) == 1
    assert "Left out" not in caplog.text
    script.says(
        envelope("GetConferencesForSystems", None),
        envelope("GetConferencesForSystems", ""),
    )
    assert await scripted.conferences(1, *ANY_TIME) == []
    assert await scripted.conferences(1, *ANY_TIME) == []
    script.says(envelope("GetConferenceById", None))
    with pytest.raises(NotFoundError):
        await scripted.conference(1)


async def test_a_list_is_clipped(scripted: TmsClient, script: Script) -> None:
    """To what shares any time with what was asked for."""
    start, end = (
        datetime(2021, 1, 28, 7, tzinfo=UTC),
        datetime(2021, 1, 28, 12, 13, 20, tzinfo=UTC),
    )
    script.says(*[listed(conference_xml())] * 3)
    assert await scripted.conferences(1, ANY_TIME[0], start) == []
    assert await scripted.conferences(1, end, ANY_TIME[1]) == []
    assert len(await scripted.conferences(1, ANY_TIME[0], end)) == 1


async def test_a_deleted_series_is_not_found(
    scripted: TmsClient, script: Script
) -> None:
    """Its id is below zero."""
    inner = conference_xml().replace("2391459", "-2391459")
    script.says(envelope("GetRecurrentConferenceById", inner))
    with pytest.raises(NotFoundError):
        await scripted.series(1)
    assert conferences(listed(inner).encode()) == []


@pytest.mark.parametrize(
    ("flag", "private"),
    [("", False), ("  ", False), ("false", False), ("Busy", True), ("true", True)],
)
def test_privacy(flag: str, private: bool) -> None:
    """A flag that says something makes it private."""
    inner = f"{conference_xml()}<PrivacyFlag>{flag}</PrivacyFlag>"
    assert conferences(listed(inner).encode())[0].private is private


def test_the_problem_of_a_defective_conference() -> None:
    """As far as there is a place for it."""
    inner = (
        f"{conference_xml()}<ExternalConference><WebEx><Errors><WebExError><ErrorCode>1"
        "</ErrorCode><ErrorDescription>No host</ErrorDescription></WebExError></Errors>"
        "</WebEx></ExternalConference>"
    ).replace(">Finished<", ">Defective<")
    (found,) = conferences(listed(inner).encode())
    assert found.status is ConferenceStatus.DEFECTIVE
    assert found.problem == "No host"


@pytest.mark.parametrize("status", ["", "Dancing"])
def test_an_unknown_status_is_unknown(status: str) -> None:
    """And no reason to lose the conference."""
    inner = conference_xml().replace(">Finished<", f">{status}<")
    assert conferences(listed(inner).encode())[0].status is ConferenceStatus.UNKNOWN


def test_transactions_come_in_order() -> None:
    """With the systems of their participants, however these are separated."""
    page = transactions(
        told(
            (12, 7, "Deleted", None),
            (10, 5, "New", "5,6;-1 7"),
            (11, 6, "updated", ""),
            (13, 8, "Undeleted", "-2"),
            ("x", 9, "New", None),
        ).encode()
    )
    assert page.complete
    assert [(item.id, item.kind) for item in page.items] == [
        (10, TransactionKind.NEW),
        (11, TransactionKind.UPDATED),
        (12, TransactionKind.DELETED),
        (13, TransactionKind.UPDATED),
    ]
    assert [item.systems for item in page.items] == [
        frozenset({5, 6, 7}),
        None,
        None,
        frozenset(),
    ]


@pytest.mark.parametrize("word", ["ListIncomplete", "Incomplete"])
def test_more_transactions_follow(word: str) -> None:
    """The mark of that is no transaction, unless it names a conference."""
    page = transactions(told((1, 5, "New", None), (2, 0, word, None)).encode())
    assert (len(page.items), page.complete) == (1, False)
    page = transactions(told((1, 5, "New", None), (2, 5, word, None)).encode())
    assert (len(page.items), page.complete) == (2, False)


@pytest.mark.parametrize("name", ["systemStatus", "SystemStatus", "SYSTEMSTATUS"])
def test_systems(name: str) -> None:
    """Whatever the case of the elements inside."""
    inner = (
        "<TMSSystem><SystemId>5</SystemId><SystemName>Fjord</SystemName><Manufacturer>Cisco"
        "</Manufacturer><Description>10 chairs</Description><SystemType>Room Kit</SystemType>"
        "<NetworkAddress>fjord.example.com</NetworkAddress><TimeZone><TimezoneName>W. Europe"
        " Standard Time</TimezoneName></TimeZone><SystemCategory><systemCategory>Room"
        f"</systemCategory></SystemCategory><SystemStatus><{name}>Idle</{name}></SystemStatus>"
        "</TMSSystem><TMSSystem><SystemId>6</SystemId><SystemCategory>Toaster"
        '</SystemCategory></TMSSystem><TMSSystem xsi:nil="true"/>'
    )
    first, second = systems(envelope("GetSystemsForUser", inner, SETUP).encode())
    assert (first.id, first.name, first.status) == (5, "Fjord", "Idle")
    assert first.category is SystemCategory.ROOM
    assert first.zone == "W. Europe Standard Time"
    assert (first.manufacturer, first.type) == ("Cisco", "Room Kit")
    assert first.network_address == "fjord.example.com"
    assert first.description == "10 chairs"
    assert second.category is SystemCategory.UNKNOWN


def test_users() -> None:
    """Those who have a name to log on with."""
    inner = (
        "<User><DisplayName>A B</DisplayName><EmailAddress>a@example.com</EmailAddress>"
        "<UserName>EXAMPLE\\a</UserName></User><User/>"
    )
    (user,) = users(envelope("GetUsers", inner, SETUP).encode())
    assert (user.user_name, user.display_name) == ("EXAMPLE\\a", "A B")


def test_rules_of_fixed_dates() -> None:
    """And of none."""
    inner = (
        "<TimeZoneRule><ValidFrom>2020-01-01T00:00:00</ValidFrom><Id>X</Id>"
        "<BaseOffsetInMinutes>60</BaseOffsetInMinutes><Daylight><ChangeSecondAtDay>0"
        "</ChangeSecondAtDay><AbsoluteRule><Month>4</Month><DayOfMonth>1</DayOfMonth>"
        "</AbsoluteRule></Daylight><DaylightOffsetInMinutes>60</DaylightOffsetInMinutes>"
        '<Standard xsi:nil="true"/></TimeZoneRule>'
    )
    (rule,) = zone_rules(envelope("GetTimeZoneRulesById", inner).encode())
    assert rule.daylight == TimeChange(second_of_day=0, month=4, day_of_month=1)
    assert rule.standard is None


@pytest.mark.parametrize(
    ("spoilt", "title"),
    [
        ("a&#xB;b", "a b"),
        ("a&#11;b", "a b"),
        ("a&#x0000FFFF;&#99999999999;b", "a  b"),
        ("a\x0b\x1f\x00b", "ab"),
        ("a\ufffeb", "ab"),
        ("a&#x41;b&#10;", "aAb\n"),
    ],
)
async def test_forbidden_characters_cost_themselves(
    scripted: TmsClient, script: Script, spoilt: str, title: str
) -> None:
    """Not the list."""
    inner = conference_xml().replace("TEST", spoilt)
    script.says(listed(conference_xml(), inner), envelope("GetConferenceById", inner))
    assert [item.title for item in await scripted.conferences(1, *ANY_TIME)] == [
        "TEST",
        title,
    ]
    assert (await scripted.conference(1)).title == title


def test_bytes_that_are_no_characters_cost_themselves() -> None:
    """As half a character does."""
    body = listed(conference_xml()).encode().replace(b"TEST", b"T\xc3ST")
    assert conferences(body)[0].title == "T\ufffdST"


def test_a_repaired_document_may_be_long() -> None:
    """Nothing is cut where it is taken to pieces."""
    many = [conference_xml().replace("TEST", f"n&#xB;{i}") for i in range(500)]
    found = conferences(listed(*many).encode())
    assert [item.title for item in found] == [f"n {i}" for i in range(500)]


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_half_a_list_is_no_list(share: float) -> None:
    """However well it begins."""
    body = listed(*[conference_xml()] * 100).encode()
    with pytest.raises(UnreachableError):
        conferences(body[: int(len(body) * share)])


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<",
        b"<html/>",
        b"<?xml version='1.0'?><!-- x --><!DOCTYPE a><a/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"<!-- x",
        "<a/>".encode("utf-16"),
        b"<a>&nbsp;</a>",
        b"<a>" * 1000 + b"</a>" * 1000,
        listed().replace("Envelope", "Letter").encode(),
        listed().replace("soap:Body", "soap:Torso").encode(),
        listed().replace("GetConferencesForSystems", "GetSystems").encode(),
        listed()
        .replace('<?xml version="1.0" encoding="utf-8"?>', "<!DOCTYPE x>")
        .encode(),
    ],
)
def test_what_is_no_answer(body: bytes) -> None:
    """An error, and nothing from elsewhere."""
    with pytest.raises(UnreachableError):
        conferences(body)


def test_an_entity_bomb_does_not_go_off() -> None:
    """Not even its fuse is looked at."""
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    bomb = f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "ha">{laughs}]><l>&l9;</l>'
    with pytest.raises(UnreachableError, match="document type"):
        document.parse(bomb.encode())


def test_a_fault_in_either_version() -> None:
    """Is read by its local names."""
    error = document.refused(CAPTURED_FAULT.encode())
    assert error is not None
    assert error.words == "The client session id is expired."
    assert error.code == -2147218253
    with pytest.raises(RejectedError):
        conferences(CAPTURED_FAULT.encode())
    assert document.refused(CAPTURED.encode()) is None


async def test_nothing_of_a_meeting_is_logged(
    scripted: TmsClient, script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    """At the lowest level of every logger, and whatever is spoilt."""
    caplog.set_level(logging.DEBUG)
    script.says(
        default(inner=conference_xml().replace("<Version>49434707", "<Version>TEST")),
        listed(conference_xml(), conference_xml().replace("2391459", "TEST")),
        CAPTURED,
    )
    with pytest.raises(UnreachableError):
        await scripted.default_conference()
    await scripted.conferences(1, *ANY_TIME)
    await scripted.conference(1)
    for secret in ("TEST", "0000", "x@example.com", "API Test", "Envelope"):
        assert secret not in caplog.text.replace("0000-0000", "")
