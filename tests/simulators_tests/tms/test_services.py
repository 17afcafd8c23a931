"""What the simulated services of Cisco TMS can do, against facts/cisco-tms.md."""

import pytest

from tests.simulators.tms import RecurrencePattern, TmsSimulator
from tests.simulators.tms.engine import AliasInfo, RecordingDevice
from tests.simulators_tests.conftest import Clock

from .client import (
    BOOKING,
    DAY,
    ELEVEN,
    REMOTE_SETUP,
    TEN,
    Client,
    SoapError,
    at,
    element,
    envelope,
    names,
    new_conference,
    outline,
    text,
)

# Remote setup


async def test_systems(sim: TmsSimulator, client: Client) -> None:
    """Systems have their elements in order and lower-camel nested ones."""
    found = await client.result("GetSystemsForUser", namespace=REMOTE_SETUP)
    assert names(found) == ["TMSSystem"]
    assert names(found[0]) == [
        "SystemId",
        "SystemName",
        "Contact",
        "Manufacturer",
        "Description",
        "SystemType",
        "NetworkAddress",
        "Location",
        "ISDNNumber",
        "QNumber",
        "WebInterfaceURL",
        "SIPUri",
        "H323Id",
        "E164Alias",
        "TimeZone",
        "SystemCategory",
        "SystemStatus",
    ]
    assert (
        text(found[0], "SystemCategory", "systemCategory", namespace=REMOTE_SETUP)
        == "Room"
    )
    assert (
        text(found[0], "SystemStatus", "systemStatus", namespace=REMOTE_SETUP) == "Idle"
    )
    one = await client.result(
        "GetSystemById", {"TMSSystemId": 5}, namespace=REMOTE_SETUP
    )
    assert outline(one)[1] == outline(found[0])[1]
    with pytest.raises(SoapError) as raised:
        await client.call("GetSystemById", {"TMSSystemId": 6}, namespace=REMOTE_SETUP)
    assert raised.value.code == -2147218301


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("IsAlive", "true"),
        ("IsTMSSiteAdmin", "false"),
        ("IsTMSServiceUser", "false"),
        ("IsTMSBookOnBehalfUser", "true"),
        ("IsLocalAdmin", "false"),
    ],
)
async def test_rights(client: Client, operation: str, expected: str) -> None:
    """What the caller may is a boolean each."""
    result = await client.result(operation, namespace=REMOTE_SETUP)
    assert result.text == expected


async def test_users_and_primary_system(sim: TmsSimulator, client: Client) -> None:
    """Users are listed, asked about by name, and have a system of their own."""
    found = await client.result("GetUsers", namespace=REMOTE_SETUP)
    assert sim.username in [
        text(user, "UserName", namespace=REMOTE_SETUP) for user in found
    ]
    for operation, parameters, expected in (
        ("IsBookOnBehalfOfUser", {"user": sim.username}, "true"),
        ("SetPrimarySystem", {"primSys": "5"}, "true"),
        ("SetPrimarySystem", {"primSys": "x"}, "false"),
    ):
        result = await client.result(operation, parameters, namespace=REMOTE_SETUP)
        assert result.text == expected
    assert sim.violations == []


# Booking


async def test_book_list_and_delete(sim: TmsSimulator, client: Client) -> None:
    """What is saved is listed, told as a transaction, found by key, and deleted."""
    wanted = new_conference(TEN, ELEVEN, 5)
    participants = wanted["Conference"].pop("Participants")
    wanted["Conference"] |= {
        "ExternalSourceId": "source",
        "ExternalPrimaryKey": "key",
        "Participants": participants,
    }
    saved = await client.licensed("SaveConference", wanted)
    conference_id = text(saved, "SaveConferenceResult", "ConferenceId")
    listed = await client.result("GetConferencesForSystems", {"SystemIds": [5], **DAY})
    assert [text(item, "ConferenceId") for item in listed] == [conference_id]
    assert text(listed[0], "Participants") is None
    assert text(listed[0], "ConferenceInfoText") is None
    mine = await client.result("GetConferencesForUser", {"UserName": "", **DAY})
    assert names(mine) == ["Conference"]
    found = await client.result(
        "GetConferenceIdByExternalId",
        {"ExternalSourceId": "source", "ExternalConferenceId": "key"},
    )
    assert found.text == conference_id
    deleted = await client.call("DeleteConferenceById", {"ConferenceId": conference_id})
    assert len(deleted) == 0
    transactions = await client.result(
        "GetTransactionsSince", {"CurrentTransactionId": 0, "SystemId": "5"}
    )
    assert [
        (text(one, "TransType"), text(one, "ParticipantIds")) for one in transactions
    ] == [("New", "5"), ("Deleted", "5")]
    listed = await client.result("GetConferencesForSystems", {"SystemIds": [5], **DAY})
    assert len(listed) == 0
    assert sim.violations == []


async def test_modes(sim: TmsSimulator, client: Client) -> None:
    """BestEffortForced saves a conflict as defective, Strict refuses it."""
    sim.local.book([5], at(sim, 1), title="Taken")
    wanted = new_conference(TEN, ELEVEN, 5)
    with pytest.raises(SoapError) as raised:
        await client.licensed(
            "SaveConferenceWithMode", wanted | {"BookingMode": "Strict"}
        )
    assert raised.value.code == -2147218300
    saved = await client.result(
        "SaveConferenceWithMode", wanted | {"BookingMode": "BestEffortForced"}
    )
    assert names(saved) == ["Conference"]
    assert text(saved, "Conference", "ConferenceState", "Status") == "Defective"


async def test_all_or_none(sim: TmsSimulator, client: Client) -> None:
    """SaveConferences takes a flat list and saves all of it or nothing."""
    one = new_conference(TEN, ELEVEN, 5)["Conference"]
    two = new_conference("2026-01-01 12:00:00Z", "2026-01-01 13:00:00Z", 5)[
        "Conference"
    ]
    with pytest.raises(SoapError):
        await client.licensed(
            "SaveConferences", {"Conferences": [one, one], "oneTransaction": "true"}
        )
    assert sim.local.conferences() == ()
    saved = await client.result(
        "SaveConferences", {"Conferences": [one, two], "oneTransaction": "true"}
    )
    assert names(saved) == ["Conference", "Conference"]


async def test_end_and_extend(sim: TmsSimulator, client: Client, clock: Clock) -> None:
    """A conference is saved again as it was read, and ended once it runs."""
    booked = sim.local.book([5], at(sim, 1), title="Planning")
    read = await client.result(
        "GetConferenceById", {"ConferenceId": booked.conference_id}
    )
    read.tag = f"{{{BOOKING}}}Conference"
    end = read.find(f"{{{BOOKING}}}EndTimeUTC")
    assert end is not None
    end.text = "2026-01-01 11:30:00Z"
    request = element(BOOKING, "SaveConference", None)
    request.append(read)
    client.client_session = sim.server.sessions.suggest()
    answer = await client.post(
        sim.booking_url, envelope(request, client.version_header(BOOKING))
    )
    assert answer.status_code == 200
    clock.pass_by(hours=1, minutes=5)
    await client.licensed("EndConferenceById", {"ConferenceId": booked.conference_id})
    assert sim.local.get(booked.conference_id).end_time_utc == clock.now
    assert sim.violations == []


async def test_series(sim: TmsSimulator, client: Client) -> None:
    """A series goes through the wire with its pattern, exceptions and rules."""
    rules = await client.result(
        "GetTimeZoneRulesById", {"idString": "W. Europe Standard Time"}
    )
    assert names(rules) == ["TimeZoneRule"]
    wanted = new_conference(TEN, ELEVEN, 5)
    conference = wanted["Conference"]
    wanted["Conference"] = {
        name: conference[name]
        for name in ("ConferenceId", "Title", "StartTimeUTC", "EndTimeUTC")
    }
    wanted["Conference"]["RecurrencePattern"] = {
        "FrequencyType": "Weekly",
        "Interval": "1",
        "DaysOfWeek": {"DayOfWeek": ["Thursday"]},
        "FirstDayOfWeek": "Monday",
        "PatternEndType": "EndByInstances",
        "PatternInstances": "3",
    }
    wanted["Conference"] |= conference
    saved = await client.licensed("SaveConference", wanted)
    listed = await client.result(
        "GetConferencesForSystems",
        {"SystemIds": [5], **DAY, "EndTime": "2026-02-01T00:00:00Z"},
    )
    assert len(listed) == 3
    second = text(listed[1], "ConferenceId")
    await client.call("DeleteConferenceRecInstanceById", {"ConferenceId": second})
    read = await client.result(
        "GetRecurrentConferenceById",
        {"ConferenceId": text(saved, "SaveConferenceResult", "ConferenceId")},
    )
    pattern = read.find(f"{{{BOOKING}}}RecurrencePattern")
    assert pattern is not None
    assert (
        text(pattern, "Exceptions", "RecurrenceException", "ExceptionType") == "DELETE"
    )
    read.tag = f"{{{BOOKING}}}Conference"
    request = element(BOOKING, "SaveConference", None)
    request.append(read)
    answer = await client.post(
        sim.booking_url, envelope(request, client.version_header(BOOKING))
    )
    assert answer.status_code == 200
    assert sim.violations == []


@pytest.mark.parametrize("mode", [{}, {"BookingMode": "BestEffortForced"}])
async def test_one_occurrence(
    sim: TmsSimulator, client: Client, mode: dict[str, str]
) -> None:
    """One occurrence of a series is saved by an operation of its own."""
    pattern = RecurrencePattern(
        "Daily", 1, pattern_end_type="EndByInstances", pattern_instances=2
    )
    booked = sim.local.book([5], at(sim, 1), title="x", recurrence_pattern=pattern)
    wanted = new_conference(
        TEN,
        "2026-01-01 10:30:00Z",
        5,
        ConferenceId=str(booked.conference_id),
        Version=str(booked.version),
    )
    operation = f"SaveConferenceRecInstance{'WithMode' if mode else ''}"
    await client.licensed(operation, wanted | mode)
    assert [one.title for one in sim.local.conferences()] == ["Planning", "x"]
    assert sim.violations == []


async def test_recording_aliases(sim: TmsSimulator, client: Client) -> None:
    """Recording devices are listed with their aliases."""
    sim.local.add_recording_device(RecordingDevice("TCS", (AliasInfo(7, "a"),)))
    found = await client.result("GetRecordingAliases", {"UserName": ""})
    assert text(found, "RecordingDevice", "Aliases", "AliasInfo", "AliasId") == "a"


async def test_filter_by_something_else(sim: TmsSimulator, client: Client) -> None:
    """SystemId is declared as characters, but has to be a number."""
    with pytest.raises(SoapError, match="correct format"):
        await client.call(
            "GetTransactionsSince", {"CurrentTransactionId": 0, "SystemId": "Fjord"}
        )


# Versions


@pytest.mark.parametrize(
    ("version", "present", "absent"),
    [
        (23, {"TransactionId", "ConferenceTimeZoneRules", "IPBandwidth"}, set()),
        (22, {"TransactionId", "ConferenceTimeZoneRules"}, set()),
        (21, {"ConferenceTimeZoneRules"}, {"TransactionId"}),
        (11, {"ConferenceTimeZoneRules"}, {"EmailTo", "TransactionId"}),
        (10, {"IPBandwidth"}, {"ConferenceTimeZoneRules", "TransactionId"}),
        (0, {"Bandwidth", "ISDNRestrict"}, {"IPBandwidth", "ISDNBandwidth"}),
    ],
)
async def test_fields_by_version(
    sim: TmsSimulator,
    client: Client,
    version: int,
    present: set[str],
    absent: set[str],
) -> None:
    """A client gets the fields of the version that it announces."""
    booked = sim.local.book([5], at(sim, 1))
    client.version = version
    found = await client.result(
        "GetConferenceById", {"ConferenceId": booked.conference_id}
    )
    assert present <= set(names(found))
    assert not absent & set(names(found))


async def test_values_by_version(sim: TmsSimulator, client: Client) -> None:
    """A value that came later is Default for an older client."""
    booked = sim.local.book([5], at(sim, 1), ip_bandwidth="96b/6144kbps")
    for version, expected in ((23, "96b/6144kbps"), (10, "Default")):
        client.version = version
        found = await client.result(
            "GetConferenceById", {"ConferenceId": booked.conference_id}
        )
        assert text(found, "IPBandwidth", "Bandwidth") == expected


async def test_older_server(sim: TmsSimulator, client: Client) -> None:
    """A server does not know operations of later versions, nor tell newer fields."""
    sim.settings.api_version = client.version = 9
    with pytest.raises(SoapError, match="did not recognize") as raised:
        await client.call(
            "SaveConferenceWithMode",
            new_conference(TEN, ELEVEN, 5) | {"BookingMode": "Strict"},
        )
    assert raised.value.code is None
    booked = sim.local.book([5], at(sim, 1))
    client.version = 23
    found = await client.result(
        "GetConferenceById", {"ConferenceId": booked.conference_id}
    )
    assert "TransactionId" not in names(found)
    assert sim.violations == [
        "GetConferenceById: ClientVersionIn 23 is more than the server's 9"
    ]
