"""One room over one connection: what is subscribed to, heard, and found again."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
import json
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.room_bookings.backends.backoff import Backoff
from custom_components.room_bookings.backends.signals import (
    BookingAdded,
    BookingRemoved,
    Connected,
    Disconnected,
    PeopleSeen,
    RoomStale,
)
from custom_components.room_bookings.backends.xapi.local import transport as module
from custom_components.room_bookings.backends.xapi.local.versions import (
    capabilities_of,
    version_of,
)
from custom_components.room_bookings.backends.xapi.local.words import (
    device_signals,
    leaves,
)
from custom_components.room_bookings.backends.xapi.transport import (
    DeviceEvent,
    DeviceId,
    DeviceStatus,
)
from custom_components.room_bookings.backends.xapi.wire import counted, sensed
from custom_components.room_bookings.rooms.errors import (
    BusyTryLaterError,
    RejectedError,
    RoomError,
    UnreachableError,
)
from custom_components.room_bookings.rooms.room import Verb
from custom_components.room_bookings.rooms.state import CheckInRules
from tests.backends.anything import ANY_JSON
from tests.backends.listening import Ear
from tests.simulators.roomos import RoomosSimulator
from tests.simulators.xapi import PROFILES

from .conftest import Near

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
SUBSCRIPTIONS = [
    ("Event", "Bookings"),
    ("Status", "Bookings"),
    ("Status", "RoomAnalytics"),
]
PHONE = {Verb.BOOK, Verb.DELETE, Verb.END_MEETING}
EDITS = PHONE | {Verb.EXTEND, Verb.RESCHEDULE}


def queries(near: Near, connection: int | None = None) -> list[tuple[str, ...]]:
    """What was subscribed to."""
    subscribed = near.sim.requests.of(
        method="xFeedback/Subscribe", connection=connection
    )
    return [tuple(request.params["Query"]) for request in subscribed]


def word(params: dict[str, Any]) -> str:
    """A notification of the first subscription."""
    frame = {
        "jsonrpc": "2.0",
        "method": "xFeedback/Event",
        "params": {"Id": 1} | params,
    }
    return json.dumps(frame)


async def equipped(near: Near) -> Any:
    """The only room, with its device."""
    (found,) = await (await near.connected()).rooms()
    return found


# Subscriptions


async def test_exactly_what_is_used_is_subscribed_to(near: Near) -> None:
    """And once more on each connection."""
    transport = await near.connected()
    assert queries(near) == SUBSCRIPTIONS
    async with Ear(transport.listen) as ear:
        near.sim.disconnect()
        await ear.until(Connected)
    assert queries(near) == SUBSCRIPTIONS * 2
    assert len(near.sim.connections) == 1
    assert near.sim.requests.number_of() == 6


async def test_what_is_said_before_anybody_listens_is_not_lost(near: Near) -> None:
    """Nor what was so before."""
    near.sim.set_people(4)
    transport = await near.connected()
    made = near.sim.book_locally("A")
    await asyncio.sleep(0.05)
    device = DeviceId(near.sim.host)
    async with Ear(transport.listen) as ear:
        await ear.until(DeviceEvent(device, "Bookings.Updated", {}))
        created = [s for s in ear.of(DeviceEvent) if s.key.endswith("Created")]
        assert [event.value["MeetingId"] for event in created] == [made.meeting_id]
        (count,) = [
            s.updated["RoomAnalytics.PeopleCount.Current"]
            for s in ear.of(DeviceStatus)
            if "RoomAnalytics.PeopleCount.Current" in s.updated
        ]
        assert count == 4


@pytest.mark.parametrize("answer_first", [True, False])
async def test_words_may_come_before_the_answer_to_who_asked(
    near: Near, answer_first: bool
) -> None:
    """That of NotifyCurrentValue does on some devices (facts 4.2)."""
    near.sim.answer_first = answer_first
    near.sim.set_people(4)
    backend = await near.backend()
    async with Ear(backend.listen) as ear:
        await ear.until(PeopleSeen(near.room_id, 4, present=True))


async def test_words_of_other_subscriptions_are_dropped(near: Near) -> None:
    """One that overlaps would say everything twice (facts 4.4)."""
    transport = await near.connected()
    near.sim.connections[0].subscribe(("Event", "Bookings", "Start"))
    near.sim.connections[0].subscribe(("Event",))
    async with Ear(transport.listen) as ear:
        near.sim.book_locally("A")
        near.sim.set_people(1)
        await ear.until(
            DeviceStatus(
                DeviceId(near.sim.host), {"RoomAnalytics.PeopleCount.Current": 1}
            )
        )
        keys = [event.key for event in ear.of(DeviceEvent)]
    assert "Bookings.BookingCreated" in keys
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("result", [None, {}, [], 1, {"Id": "x"}, {"id": 1}])
async def test_a_subscription_without_a_number_is_heard(
    near: Near, result: Any
) -> None:
    """Better twice than not at all."""
    near.sim.faults.when(method="xFeedback/Subscribe").answer(result, applied=True)
    transport = await near.connected()
    async with Ear(transport.listen) as ear:
        near.sim.book_locally("A")
        await ear.until(DeviceEvent)


@pytest.mark.parametrize("code", [1, -32602, -31998])
async def test_without_statuses_bookings_are_heard(near: Near, code: int) -> None:
    """A device may have no sensors, or too many who ask."""
    faults = near.sim.faults
    faults.when(
        predicate=lambda r: list(r.params.get("Query", []))[:1] == ["Status"]
    ).times(2).error(code)
    transport = await near.connected()
    async with Ear(transport.listen) as ear:
        near.sim.book_locally("A")
        await ear.until(DeviceEvent)
        assert not ear.of(DeviceStatus)


@pytest.mark.parametrize(
    ("code", "error"), [(-31998, BusyTryLaterError), (1, RejectedError)]
)
async def test_without_events_there_is_no_connection(
    near: Near, code: int, error: type[RoomError]
) -> None:
    """It would look alive and hear nothing."""
    near.sim.faults.when(method="xFeedback/Subscribe").error(code)
    with pytest.raises(error):
        await near.connected()
    await near.sim.wait_until(lambda: not near.sim.connections)


# Coming back


async def test_a_lost_connection_is_made_again_in_order(near: Near) -> None:
    """Lost, connected, and only then what is new there."""
    backend = await near.backend()
    async with Ear(backend.listen) as ear:
        for round_ in range(1, 4):
            near.sim.faults.handshakes().status(502)
            near.sim.disconnect()
            await ear.until(Connected, round_)
    kinds = [type(s) for s in ear.heard]
    assert [k for k in kinds if k in (Connected, Disconnected)] == [
        Disconnected,
        Connected,
    ] * 3
    for place, kind in enumerate(kinds):
        if kind is Disconnected:
            assert kinds[place + 1] is Connected


async def test_a_device_that_restarts_is_asked_until_it_is_ready(near: Near) -> None:
    """502 while it starts, -31997 just after (facts 4.1, 4.3)."""
    transport = await near.connected()
    async with Ear(transport.listen) as ear:
        near.sim.reboot(seconds=10, not_ready=10)
        await near.sim.wait_until(
            lambda: [h.status for h in near.sim.handshakes].count(502) >= 2
        )
        await near.pass_by(seconds=11)
        await near.sim.wait_until(
            lambda: any(r.error == -31997 for r in near.sim.requests)
        )
        assert not ear.of(Connected)
        await near.pass_by(seconds=11)
        await ear.until(Connected)
        assert len(ear.of(Disconnected)) == 1


async def test_calling_back_takes_longer_each_time(
    near: Near, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also for a device that lets one in and hangs up; one that lasted is called soon."""
    monkeypatch.setattr(module, "_FIRST_WAIT", 1.0)
    monkeypatch.setattr(module, "_LONGEST_WAIT", 60.0)
    waits: list[float] = []
    wait = Backoff.wait

    def counted_wait(self: Backoff, error: RoomError | None = None) -> float:
        waits.append(wait(self, error))
        return 0.0

    monkeypatch.setattr(Backoff, "wait", counted_wait)
    transport = await near.connected()
    async with Ear(transport.listen) as ear:
        for round_ in range(1, 5):
            near.sim.disconnect()
            await ear.until(Connected, round_)
        assert len(waits) == 4
        for number, waited in enumerate(waits):
            assert 2**number / 2 <= waited <= 2**number
        monkeypatch.setattr(module, "_LASTED", 0.0)
        near.sim.faults.handshakes().times(8).status(503)
        near.sim.disconnect()
        await ear.until(Connected, 5)
        assert 0.5 <= waits[4] <= 1
        assert 30 <= waits[-1] <= 60


async def test_what_was_said_while_connecting_fails_is_forgotten(near: Near) -> None:
    """The list tells better."""
    transport = await near.connected()
    async with Ear(transport.listen) as ear:
        near.sim.set_people(1)
        subscribing = near.sim.faults.when(
            predicate=lambda r: r.params.get("Query") == ["Status", "RoomAnalytics"]
        )
        subscribing.drop_answer()
        near.sim.disconnect()
        await ear.until(Connected)
        await ear.until(
            DeviceStatus(
                DeviceId(near.sim.host),
                {
                    "RoomAnalytics.PeopleCount.Capacity": 8,
                    "RoomAnalytics.PeopleCount.Current": 1,
                    "RoomAnalytics.PeoplePresence": "Yes",
                },
            )
        )
        after = ear.heard[ear.heard.index(Connected()) :]
        assert len([s for s in after if isinstance(s, DeviceStatus)]) == 2


async def test_hanging_up_is_no_lost_connection(near: Near) -> None:
    """Nobody calls back."""
    transport = await near.connected()
    async with Ear(transport.listen) as ear:
        await asyncio.sleep(0)
        await transport.close()
        await ear.ended()
        assert not ear.of(Disconnected)
    await asyncio.sleep(0.1)
    assert not near.sim.connections


async def test_own_ids_of_before_name_nothing_after(near: Near) -> None:
    """Words on the new connection speak of the new Ids (facts 9.7)."""
    near.sim.meeting_ids = "none"
    first = near.sim.book_locally("A", near.clock() + DAY)
    near.sim.book_locally("B", near.clock() + 2 * DAY)
    backend = await near.backend()
    here = near.clock()
    await backend.bookings(near.room_id, here, here + 3 * DAY)
    gone = near.sim.device.id_of(first)
    async with Ear(backend.listen) as ear:
        # Before all is subscribed to, one goes that has another's old Id.
        near.sim.faults.when(
            predicate=lambda r: r.params.get("Query") == ["Status", "RoomAnalytics"]
        ).latency(0.1)
        near.sim.disconnect()
        await near.sim.wait_for_requests(6, method="xFeedback/Subscribe")
        near.sim.send(word({"Event": {"Bookings": {"Deleted": {"Id": gone}}}}))
        await ear.until(RoomStale(near.room_id))
        stale = ear.heard.index(RoomStale(near.room_id))
        assert ear.heard.index(Connected()) < stale
        assert not ear.of(BookingRemoved)


# The room


@pytest.mark.parametrize(
    ("profile", "verbs", "narrow"),
    [
        ("roomos-26.4", EDITS | {Verb.CHECK_IN}, False),
        ("mtr", EDITS | {Verb.CHECK_IN}, False),
        ("roomos-11.24", EDITS, False),
        ("roomos-11.14", EDITS, True),
    ],
)
async def test_a_release_has_its_verbs(
    near: Near, verbs: set[Verb], narrow: bool
) -> None:
    """And its arguments (facts 1.3)."""
    found = await equipped(near)
    assert found.room.verbs == verbs
    (device,) = found.devices
    assert device.capabilities.takes("book", "OrganizerName") is not narrow
    known = near.sim.profile.commands
    for command in ("Book", "Delete", "Edit", "List"):
        takes = device.capabilities.commands[command.lower()]
        arguments = {a.name.lower() for a in known[f"Bookings.{command}"].arguments}
        assert takes <= arguments


async def test_a_room_is_described(near: Near) -> None:
    """By its device."""
    room = (await equipped(near)).room
    assert room.id == room.serial == near.sim.serial
    assert room.name == "Fjord"
    assert room.manufacturer == "Cisco"
    assert room.model == "Cisco Codec Room Kit"
    assert room.software.startswith("ce26.4.")
    assert room.online
    assert room.check_in is None


@pytest.mark.parametrize(
    ("missing", "name"),
    [
        ((), "Fjord"),
        (("UserInterface.ContactInfo",), "Codec"),
        (("UserInterface.ContactInfo", "SystemUnit.ProductId"), "Codec"),
    ],
)
async def test_a_room_without_a_name_is_called_something(
    near: Near, missing: tuple[str, ...], name: str
) -> None:
    """By the name of its system, its product, or its address."""
    near.sim.configuration["SystemUnit.Name"] = "Codec"
    for status in missing:
        near.sim.remove_status(status)
    assert (await equipped(near)).room.name == name
    near.sim.configuration["SystemUnit.Name"] = ""
    if missing:
        model = (await equipped(near)).room
        assert model.name == (model.model or "127.0.0.1")


async def test_a_device_without_a_serial_number_is_none(near: Near) -> None:
    """Nothing else is its own for ever."""
    near.sim.remove_status("SystemUnit.Hardware.Module.SerialNumber")
    with pytest.raises(UnreachableError):
        await equipped(near)


@pytest.mark.parametrize("window", [20, None])
async def test_a_device_that_waits_for_people_says_how_long(
    near: Near, window: int | None
) -> None:
    """By its settings (facts 1.6)."""
    near.sim.configuration["Bookings.CheckIn.Enabled"] = "True"
    if window is None:
        near.sim.faults.when(
            predicate=lambda r: (
                list(r.params.get("Path", []))[-1:] == ["WindowDuration"]
            )
        ).error(1)
    else:
        near.sim.configuration["Bookings.CheckIn.WindowDuration"] = window
    minutes = window or 10
    assert (await equipped(near)).room.check_in == CheckInRules(
        before=5 * MINUTE, window=minutes * MINUTE
    )


@pytest.mark.parametrize(("people", "counts"), [(0, True), (3, True), (None, False)])
async def test_a_device_that_counts_people_says_so(
    near: Near, people: int | None, counts: bool
) -> None:
    """-1 and Unknown are what one says that cannot."""
    near.sim.set_people(people)
    assert (await equipped(near)).room.counts_people is counts


async def test_a_device_without_sensors_counts_nobody(near: Near) -> None:
    """It has bookings all the same."""
    async with RoomosSimulator(clock=near.clock, people=False) as sim:
        blind = Near(sim, near.clock)
        backend = await blind.backend()
        (room,) = await backend.rooms()
        assert room.counts_people is False
        async with Ear(backend.listen) as ear:
            sim.book_locally("A")
            await ear.until(BookingAdded)
            assert not ear.of(PeopleSeen)
        await backend.close()


async def test_people_are_told_together(near: Near) -> None:
    """What changed alone does not hide the other; who cannot tell any more says nothing."""
    backend = await near.backend()
    async with Ear(backend.listen) as ear:
        await ear.until(PeopleSeen(near.room_id, 0, present=False))
        near.sim.set_people(2)
        await ear.until(PeopleSeen(near.room_id, 2, present=True))
        near.sim.set_people(3)
        await ear.until(PeopleSeen(near.room_id, 3, present=True))
        near.sim.set_people(None)
        await ear.until(PeopleSeen(near.room_id, None, None))


@pytest.mark.parametrize("profile", ["roomos-11.14"])
async def test_before_there_were_events_the_list_is_read(near: Near) -> None:
    """11.14 says only that something changed (facts 1.3)."""
    backend = await near.backend()
    async with Ear(backend.listen) as ear:
        near.sim.book_locally("A")
        await ear.until(RoomStale(near.room_id))


async def test_statuses_that_are_not_there_are_left_out(near: Near) -> None:
    """The others are told."""
    transport = await near.connected()
    names = ("Bookings.Availability.Status", "Bookings.Nothing")
    found = await transport.status(DeviceId("x"), *names)
    assert found == {"Bookings.Availability.Status": "Free"}


async def test_other_commands_meet_no_obstacle(near: Near) -> None:
    """Only booking can be switched off."""
    transport = await near.connected()
    near.sim.configuration["Bookings.AdhocBooking.Enabled"] = "False"
    assert await transport.obstacle(DeviceId("x"), "delete") is None
    assert "AdhocBooking" in (await transport.obstacle(DeviceId("x"), "book") or "")
    near.sim.configuration["Bookings.AdhocBooking.Enabled"] = "True"
    assert await transport.obstacle(DeviceId("x"), "book") is None


# Versions


@pytest.mark.parametrize(
    ("software", "version"),
    [
        ("ce26.4.0.12.abc", (26, 4)),
        ("RoomOS 11.24.1.8 4f6a0c", (11, 24)),
        ("ce9.15.3", (9, 15)),
        ("", None),
        ("RoomOS", None),
        ("11", None),
    ],
)
def test_a_version_is_read(software: str, version: tuple[int, int] | None) -> None:
    """However it is written."""
    assert version_of(software) == version


@pytest.mark.parametrize(
    ("software", "added"),
    [
        ("9.14", set()),
        ("9.15", {"book", "delete", "get", "list"}),
        ("10.19", set()),
        ("11.14", {"edit"}),
        ("11.25", set()),
        ("11.26", {"checkout"}),
        ("26.0", set()),
        ("26.1", {"checkin"}),
        ("99.9", set()),
    ],
)
def test_commands_come_with_their_release(software: str, added: set[str]) -> None:
    """As the schemas say (facts 1.3)."""
    releases = [
        "9.14",
        "9.15",
        "10.19",
        "11.14",
        "11.25",
        "11.26",
        "26.0",
        "26.1",
        "99.9",
    ]
    before = releases[: releases.index(software)][-1:]
    earlier = capabilities_of(before[0]).commands.keys() if before else set()
    assert capabilities_of(software).commands.keys() - earlier == added


def test_a_release_that_nobody_knows_is_the_oldest() -> None:
    """It lists and books; more is not promised."""
    assert capabilities_of("?").commands == capabilities_of("ce9.15").commands
    assert capabilities_of("10.19").takes("delete", "MeetingId")
    assert not capabilities_of("10.19").takes("delete", "Id")


@pytest.mark.parametrize("name", ["roomos-26.4", "roomos-11.24", "roomos-11.14"])
def test_versions_promise_no_more_than_schemas_do(name: str) -> None:
    """Those of the simulated releases."""
    profile = PROFILES[name]
    for command, takes in capabilities_of(profile.software).commands.items():
        known = profile.command(f"Bookings.{command}")
        assert known is not None
        assert takes <= {argument.name.lower() for argument in known.arguments}


# Anything at all


@settings(max_examples=150, deadline=None)
@given(
    ANY_JSON
    | st.fixed_dictionaries({"Id": ANY_JSON, "Event": ANY_JSON, "Status": ANY_JSON})
    | st.fixed_dictionaries({"Event": st.fixed_dictionaries({"Bookings": ANY_JSON})})
)
def test_any_words_make_signals_or_none(params: Any) -> None:
    """And never raise."""
    for signal in device_signals(
        DeviceId("x"), params if isinstance(params, dict) else {}
    ):
        match signal:
            case DeviceEvent(key=key):
                assert key.startswith("Bookings.")
            case DeviceStatus(updated=updated):
                assert updated
                assert not any(isinstance(v, dict | list) for v in updated.values())


@settings(max_examples=100, deadline=None)
@given(ANY_JSON)
def test_anything_counts_as_people_or_not(value: Any) -> None:
    """Never fewer than nobody."""
    count = counted(value)
    assert count is None or (count >= 0 and not isinstance(count, bool))
    assert sensed(value) in (None, True, False)


def test_what_is_absurdly_deep_is_left_out() -> None:
    """What is beside it is told."""
    deep: Any = 1
    for _ in range(500):
        deep = {"x": deep}
    assert dict(leaves({"a": deep, "b": {"c": 1}})) == {"b.c": 1}


async def test_any_words_leave_the_room_alone(near: Near) -> None:
    """Through the whole of the backend."""
    backend = await near.backend()
    async with Ear(backend.listen) as ear:
        odd: dict[str, Any] = {"Id": {}, "MeetingId": [], "Duration": "x"}
        values: list[Any] = [{}, None, "", 1, [], [{}], odd]
        for value in values:
            for event in sorted(PROFILES["roomos-26.4"].events):
                name = event.removeprefix("Bookings.")
                near.sim.send(word({"Event": {"Bookings": {name: value, "id": 1}}}))
            for leaf in ({"PeopleCount": value}, {"PeopleCount": {"Current": value}}):
                near.sim.send(word({"Status": {"RoomAnalytics": leaf}}))
            near.sim.send(word({"Status": {"Bookings": {"Current": {"Id": value}}}}))
        near.sim.set_people(7)
        await ear.until(PeopleSeen(near.room_id, 7, present=True))
        assert not ear.of(Disconnected, BookingRemoved, BookingAdded)


# Errors have types


async def test_connecting_raises_nothing_else(near: Near) -> None:
    """At whatever step the device fails."""
    for step in range(1, 4):
        for fault in ("drop", "drop_answer", "cut_mid_frame", "close"):
            getattr(near.sim.faults.when(predicate=_nth(step)), fault)()
            with pytest.raises(UnreachableError):
                await near.connected()
            near.sim.faults.clear()


def _nth(number: int) -> Callable[[object], bool]:
    """Whether a request is the one of that number, counted from now on."""
    left = iter(range(1, number + 1))
    return lambda _: next(left, None) == number
