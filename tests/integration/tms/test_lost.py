"""A Cisco TMS that cannot be reached, answers nonsense, or no longer knows the password."""

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta

import pytest

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE
from tests.simulators.tms.faults import Fault, RequestFaults

from .house import TmsHouse

DAY = 60 * 24

type Break = Callable[[RequestFaults], Fault]

NONSENSE = [
    pytest.param(lambda f: f.html(), id="page"),
    pytest.param(lambda f: f.empty(), id="nothing"),
    pytest.param(lambda f: f.truncated(), id="truncated"),
    pytest.param(lambda f: f.cut(), id="cut"),
    pytest.param(lambda f: f.drop(), id="hung up"),
    pytest.param(lambda f: f.garbage(), id="garbage"),
    pytest.param(lambda f: f.doctype(), id="document type"),
    pytest.param(lambda f: f.entity_bomb(), id="entities"),
    pytest.param(lambda f: f.huge(17_000_000), id="huge"),
    pytest.param(lambda f: f.content_type(), id="type"),
    pytest.param(lambda f: f.status(500), id="500"),
    pytest.param(lambda f: f.status(503, retry_after=20), id="503"),
    pytest.param(lambda f: f.status(404), id="404"),
    pytest.param(lambda f: f.redirect("https://other.example.com"), id="elsewhere"),
    pytest.param(lambda f: f.busy(), id="busy"),
    pytest.param(lambda f: f.database_down(), id="no database"),
    pytest.param(lambda f: f.fault(None), id="no code"),
]


def available(house: TmsHouse, room: str = "Fjord") -> bool:
    """Whether the room's entities show something."""
    return house.state(room, "availability") != STATE_UNAVAILABLE


def backup_of(house: TmsHouse) -> Callable[[], None]:
    """A backup of what TMS holds; returns how to restore it."""
    state = house.tms.server._state
    kept = {
        name: deepcopy(getattr(state, name))
        for name in (
            "records",
            "series",
            "transactions",
            "last_transaction_id",
            "last_conference_id",
            "last_version",
        )
    }

    def restore() -> None:
        for name, value in kept.items():
            setattr(state, name, value)

    return restore


# Nonsense


@pytest.mark.parametrize("break_it", NONSENSE)
async def test_nonsense_about_what_is_new(house: TmsHouse, break_it: Break) -> None:
    """What was known stays, and what happened meanwhile is there soon."""
    house.meet("Planning", 0, 60)
    await house.sync()
    fault = break_it(house.tms.faults.when("GetTransactionsSince"))
    await house.until(lambda: fault.hits)
    await house.clock.settle()
    assert house.facts() == ("busy", "Planning", "unknown")
    house.meet("Review", 120)
    await house.clock.pass_by(minutes=5, seconds=10)
    assert house.facts() == ("busy", "Planning", "Review")
    assert house.hub.connected


@pytest.mark.parametrize("break_it", NONSENSE)
async def test_nonsense_about_a_meeting(house: TmsHouse, break_it: Break) -> None:
    """The change shows nonetheless, at the latest after the next question."""
    house.meet("Planning", 0, 60)
    await house.sync()
    house.meet("Review", 120)
    fault = break_it(house.tms.faults.when("GetConferenceById"))
    await house.until(lambda: fault.hits)
    assert house.facts()[:2] == ("busy", "Planning")
    await house.clock.pass_by(minutes=5, seconds=10)
    assert house.facts() == ("busy", "Planning", "Review")


@pytest.mark.parametrize("break_it", NONSENSE)
async def test_nonsense_in_a_listing(house: TmsHouse, break_it: Break) -> None:
    """A room that cannot be listed comes by itself; the other one is there at once."""
    house.meet("Planning", 0, 60)
    house.meet("Review", 0, 60, "Aurora")
    await house.stop()
    fault = break_it(
        house.tms.faults.when(
            "GetConferencesForSystems", SystemIds=str(house.system("Fjord"))
        )
    )
    assert await house.hass.config_entries.async_setup(house.entry.entry_id)
    assert fault.hits == 1
    assert house.titles("Aurora")[0] == "Review"
    await house.clock.pass_by(seconds=45)
    assert house.facts() == ("busy", "Planning", "unknown")


@pytest.mark.parametrize("break_it", NONSENSE)
async def test_nonsense_at_the_start(house: TmsHouse, break_it: Break) -> None:
    """It is tried again."""
    await house.stop()
    break_it(house.tms.faults.when("GetSystemsForUser"))
    assert not await house.hass.config_entries.async_setup(house.entry.entry_id)
    assert house.entry.state is ConfigEntryState.SETUP_RETRY
    await house.clock.pass_by(seconds=30)
    assert house.entry.state.value == "loaded"


BAD_RECORDS = [
    pytest.param(lambda f: f.value("StartTimeUTC", "soon"), id="start"),
    pytest.param(lambda f: f.value("EndTimeUTC", "0001-01-01 00:00:00Z"), id="end"),
    pytest.param(lambda f: f.value("ConferenceId", "many"), id="id"),
    pytest.param(lambda f: f.value("ConferenceId", "9" * 400), id="huge id"),
    pytest.param(lambda f: f.absent(["StartTimeUTC"]), id="no start"),
]


@pytest.mark.parametrize("break_it", BAD_RECORDS[:-1])
async def test_a_bad_record_costs_that_record(house: TmsHouse, break_it: Break) -> None:
    """The others of its list are there."""
    house.meet("Bad", 60)
    house.meet("Good", 120)
    await house.stop()
    break_it(
        house.tms.faults.when(
            "GetConferencesForSystems", SystemIds=str(house.system("Fjord"))
        )
    )
    await house.start()
    assert house.facts() == ("free", "unknown", "Good")


@pytest.mark.parametrize(
    ("break_it", "title"),
    [
        pytest.param(lambda f: f.illegal_characters(), "Planning", id="character"),
        pytest.param(lambda f: f.illegal_characters("&#0;"), "Planning", id="null"),
        pytest.param(lambda f: f.nil_members(), "Planning", id="nil"),
        pytest.param(lambda f: f.duplicates(), "Planning", id="twice"),
        pytest.param(lambda f: f.unknown_elements(), "Planning", id="unknown"),
        pytest.param(lambda f: f.value("Title", ""), "", id="no title"),
        pytest.param(lambda f: f.value("TransactionId", ""), "Planning", id="no log"),
    ],
)
async def test_unusual_answers_are_read(
    house: TmsHouse, break_it: Break, title: str
) -> None:
    """In lists and elsewhere."""
    house.meet("Planning", 60)
    break_it(house.tms.faults.when("GetConference*").always())
    await house.stop()
    await house.start()
    house.meet("Review", 120)
    await house.clock.pass_by(minutes=5, seconds=10)
    assert title in house.titles("Fjord")[1]
    assert len(await house.bookings("Fjord")) == 2


# The connection


@pytest.mark.parametrize(
    "how",
    [
        pytest.param(lambda f: f.drop(), id="hung up"),
        pytest.param(lambda f: f.status(503), id="503"),
        pytest.param(lambda f: f.database_down(), id="no database"),
        pytest.param(lambda f: f.html(), id="page"),
    ],
)
async def test_the_connection_is_lost_and_back(house: TmsHouse, how: Break) -> None:
    """What is known is followed for five minutes; what changed meanwhile is told late."""
    house.meet("Planning", 0, 180)
    gone = house.meet("Review", 200)
    await house.sync()
    fault = how(house.tms.faults.when().always())
    await house.until(lambda: fault.hits)
    lost_at = house.clock.now
    assert not house.hub.connected
    await house.clock.move_to(lost_at + timedelta(minutes=4, seconds=50))
    assert house.facts() == ("busy", "Planning", "Review")
    await house.clock.move_to(lost_at + timedelta(minutes=5, seconds=5))
    assert not available(house)
    assert not available(house, "Aurora")
    house.meet("Budget", 300)
    house.tms.local.delete(gone.conference_id)
    await house.clock.pass_by(minutes=20)
    house.tms.faults.clear()
    with house.recording() as changes:
        await house.until(lambda: available(house), within=330)
        await house.clock.settle()
    assert house.facts() == ("busy", "Planning", "Budget")
    told = [(t.kind, t.title, t.late) for t in changes.told("Fjord")]
    assert sorted(told) == [
        ("cancelled", "Review", True),
        ("created", "Budget", True),
    ]
    with house.recording() as changes:
        house.meet("Lunch", 360)
        await house.poll()
    assert [(t.kind, t.late) for t in changes.told("Fjord")] == [("created", False)]


async def test_a_lost_connection_is_not_hammered(house: TmsHouse) -> None:
    """Attempts become rare, and each is one request."""
    house.tms.faults.when().always().status(500)
    house.tms.clear_log()
    await house.clock.pass_by(hours=2)
    assert len(house.tms.requests) < 2 * 60
    assert house.tms.failed_logons.total() == 0
    last = house.tms.requests.of(since=house.clock.now - timedelta(minutes=60))
    assert 10 <= len(last) <= 60


async def test_a_short_loss_is_not_seen(house: TmsHouse) -> None:
    """Entities stay as they are, and are up to date again."""
    house.meet("Planning", 0, 180)
    await house.sync()
    fault = house.tms.faults.when("GetTransactionsSince").times(3).status(503)
    with house.recording() as changes:
        await house.until(lambda: fault.hits == 3, within=400)
        await house.clock.pass_by(minutes=5)
    assert house.hub.connected
    assert STATE_UNAVAILABLE not in changes.of("Fjord", "availability")
    assert changes.told("Fjord") == []


async def test_the_server_starts_anew(house: TmsHouse) -> None:
    """Connections and sessions are gone: nobody notices."""
    await house.do("book", title="Planning", start=house.at(60))
    house.tms.settings.accept_foreign_sessions = False
    house.tms.server.sessions.expire()
    house.tms.log_everybody_off()
    await house.tms.down(refuse=True)
    await house.tms.up()
    house.meet("Review", 30)
    await house.poll()
    assert house.titles("Fjord")[1] == "Review"
    await house.do("book", title="Budget", start=house.at(240))
    assert len(house.held()) == 3
    assert house.tms.failed_logons.total() == 0


@pytest.mark.parametrize("refuses", [False, True])
async def test_a_backup_is_restored(house: TmsHouse, refuses: bool) -> None:
    """TMS has forgotten what is known here: it is, at the latest, after a full listing."""
    house.tms.settings.refuse_unknown_transactions = refuses
    house.meet("Planning", 9 * 60)
    await house.sync()
    restore = backup_of(house)
    house.meet("Forgotten", 10 * 60, 30)
    house.meet("Forgotten too", 11 * 60, 30, "Aurora")
    await house.sync()
    restore()
    house.meet("New", 12 * 60, 30, "Aurora")
    await house.clock.pass_by(**({"minutes": 6} if refuses else {"hours": 7}))
    assert house.titles("Aurora")[1] == "New"
    titles = [b["title"] for b in await house.bookings("Fjord")]
    assert titles == ["Planning"]
    house.meet("Newer", 11 * 60, 30, "Fjord")
    await house.poll()
    titles = [b["title"] for b in await house.bookings("Fjord")]
    assert titles == ["Planning", "Newer"]


async def test_the_log_is_purged(house: TmsHouse) -> None:
    """What comes after is found."""
    house.meet("Planning", 60)
    house.tms.local.forget_transactions()
    await house.poll()
    house.meet("Review", 30)
    await house.poll()
    assert house.titles("Fjord")[1] == "Review"


# The password


async def test_the_password_is_changed(house: TmsHouse) -> None:
    """One failed logon, no more calls, and a person is asked for the new one."""
    house.meet("Planning", 0, 180)
    await house.sync()
    house.tms.password = "changed"
    house.tms.log_everybody_off()
    await house.until(lambda: house.tms.failed_logons)
    await house.clock.settle()
    [flow] = house.hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    challenges = len(house.tms.challenges)
    house.tms.requests.clear()
    await house.clock.pass_by(hours=8)
    told = await house.refused("book", title="Review", start=house.clock.now)
    assert told["key"] == "unreachable"
    assert house.tms.failed_logons.total() == 1
    assert len(house.tms.challenges) == challenges
    assert len(house.tms.requests) == 0
    assert len(house.hass.config_entries.flow.async_progress()) == 1
    assert not available(house)


async def test_the_password_is_changed_before_somebody_acts(house: TmsHouse) -> None:
    """Whoever acts hears of it, and it is one failed logon still."""
    house.tms.password = "changed"
    house.tms.log_everybody_off()
    told = await house.refused("book", title="Review", start=house.at(60))
    assert told["key"] in ("unreachable", "permission_denied")
    await house.clock.pass_by(hours=2)
    assert house.tms.failed_logons.total() == 1
    assert len(house.hass.config_entries.flow.async_progress()) == 1


async def test_a_new_password_is_used_at_once(house: TmsHouse) -> None:
    """All is as before."""
    house.tms.password = "changed"
    house.tms.log_everybody_off()
    await house.until(lambda: house.tms.failed_logons)
    await house.clock.settle()
    house.meet("Planning", 60)
    [flow] = house.hass.config_entries.flow.async_progress()
    answers = {"username": house.tms.username, "password": "changed"}
    result = await house.hass.config_entries.flow.async_configure(
        flow["flow_id"], answers
    )
    assert result["type"] == "abort"
    assert result["reason"] == "reauth_successful"
    await house.clock.settle()
    assert house.titles("Fjord")[1] == "Planning"
    assert house.tms.failed_logons.total() == 1
