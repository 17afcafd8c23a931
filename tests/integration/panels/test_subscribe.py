"""What screens are told of rooms, and what they are not."""

from dataclasses import dataclass, field
from typing import Any, Final, cast

import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.room_bookings.const import DOMAIN
from custom_components.room_bookings.rooms.booking import RoomId
from custom_components.room_bookings.websocket_api import RoomFacts, _Subscription
from homeassistant.auth.const import GROUP_ID_READ_ONLY
from homeassistant.auth.models import User
from homeassistant.auth.permissions.const import POLICY_CONTROL, POLICY_READ
from homeassistant.components.websocket_api import ActiveConnection
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import DATA_DISPATCHER
from homeassistant.setup import async_setup_component
from tests.integration.house import House
from tests.integration.virtual_time import VirtualTime

from .conftest import Connect
from .screen import Facts, Screen

FJORD: Final = "calendar.fjord"
AURORA: Final = "calendar.aurora"


def facts(name: str, **others: Any) -> Facts:
    """What there is to say about a PhoneOS room for six, to whom may do everything."""
    return {
        "name": name,
        "capacity": 6,
        "control": True,
        "verbs": ["book", "delete", "end_meeting"],
        "default_duration": 30,
        "stale_since": None,
        **others,
    }


# At first


async def test_at_first_all_rooms_are_told(
    house: House, screen: Screen, clock: VirtualTime
) -> None:
    """With the time by which Home Assistant goes."""
    answer = await screen.subscribe([FJORD, AURORA, FJORD])
    await clock.settle()
    assert answer["success"]
    assert screen.events == {
        1: [
            {
                "now": clock.now.isoformat(),
                "rooms": {AURORA: facts("Aurora"), FJORD: facts("Fjord")},
            }
        ]
    }


async def test_options_and_systems_decide_what_can_be_done(
    closed_house: House, connect: Connect
) -> None:
    """Check-in also where it is kept here, and how long people book for."""
    await closed_house.open(check_in=True, default_duration=45)
    screen = await connect()
    verbs = ["book", "check_in", "delete", "end_meeting"]
    assert await screen.follow(FJORD) == [
        {FJORD: facts("Fjord", verbs=verbs, default_duration=45)}
    ]


async def test_what_is_no_room_is_not_told_apart(house: House, screen: Screen) -> None:
    """Neither what does not exist nor what is something else."""
    others = ["calendar.nowhere", house.entity_id("Fjord", "availability"), "sun.sun"]
    assert await screen.follow(*others) == [dict.fromkeys(others)]


async def test_a_calendar_of_another_integration_is_no_room(
    house: House, screen: Screen
) -> None:
    """Even if it goes by the same unique id as a room's."""
    room = er.async_get(house.hass).async_get(FJORD)
    assert room is not None
    er.async_get(house.hass).async_get_or_create(
        "calendar", "demo", room.unique_id, suggested_object_id="demo"
    )
    assert await screen.follow("calendar.demo") == [{"calendar.demo": None}]


async def test_screens_may_ask_before_anything_is_set_up(
    closed_house: House, connect: Connect
) -> None:
    """The room is told when it comes."""
    assert await async_setup_component(closed_house.hass, DOMAIN, {})
    screen = await connect()
    assert await screen.follow(FJORD) == [{FJORD: None}]
    await closed_house.open()
    assert screen.told() == [{FJORD: facts("Fjord")}]


@pytest.mark.parametrize(
    "entity_ids",
    [
        [],
        ["calendar.fjord"] * 2001,
        ["calendar." + "x" * 250],
        ["Calendar.Fjord"],
        ["nonsense"],
        [7],
        [None],
        [["calendar.fjord"]],
        "calendar.fjord",
        {"calendar.fjord": 1},
        None,
    ],
    ids=lambda value: str(value)[:24],
)
async def test_what_is_no_list_of_entities_is_refused(
    house: House, screen: Screen, clock: VirtualTime, entity_ids: Any
) -> None:
    """From one to two thousand entity ids; nothing else is ever sent back."""
    answer = await screen.subscribe(entity_ids)
    assert not answer["success"]
    assert answer["error"]["code"] == "invalid_format"
    await clock.settle()
    assert screen.told() == []


async def test_two_thousand_rooms_may_be_asked_for(
    house: House, screen: Screen
) -> None:
    """And are answered in one event."""
    many = [FJORD, *(f"calendar.room_{number}" for number in range(1999))]
    assert await screen.follow(*many) == [
        {**dict.fromkeys(many), FJORD: facts("Fjord")}
    ]


# What changes


async def test_only_what_changed_is_told(
    house: House, screen: Screen, clock: VirtualTime
) -> None:
    """Bookings are no facts of a room, and one room's facts not another's."""
    await screen.follow(FJORD, AURORA)
    house.book_at_device("Fjord", "Standup", 0, 30)
    await clock.pass_by(minutes=40)
    assert house.titles("Fjord")[0] == "unknown"
    assert screen.told() == []

    house.workspace("Fjord").capacity = 8
    await clock.pass_by(hours=1)
    assert screen.told() == [{FJORD: facts("Fjord", capacity=8)}]


async def test_a_change_in_one_room_costs_no_work_for_the_others(
    house: House,
    screen: Screen,
    clock: VirtualTime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody even looks at them."""
    looked: list[str] = []
    look = _Subscription._facts

    def counted(self: _Subscription, entity_id: str) -> RoomFacts | None:
        looked.append(entity_id)
        return look(self, entity_id)

    monkeypatch.setattr(_Subscription, "_facts", counted)
    await screen.subscribe([FJORD, AURORA])
    await clock.settle()
    assert sorted(looked) == [AURORA, FJORD]
    looked.clear()
    for minutes in range(5):
        house.book_at_device("Fjord", "Standup", 10 * minutes, 5)
    await clock.pass_by(seconds=5)
    assert set(looked) == {FJORD}


async def test_a_reload_is_survived(
    house: House, screen: Screen, clock: VirtualTime
) -> None:
    """The room is away, and comes back by itself; with other options if there are."""
    await screen.follow(FJORD)
    await house.stop()
    await clock.settle()
    assert screen.told() == [{FJORD: None}]
    await house.start()
    assert screen.told() == [{FJORD: facts("Fjord")}]
    await house.set_options(default_duration=15)
    assert screen.told()[-1] == {FJORD: facts("Fjord", default_duration=15)}


async def test_a_room_that_is_gone_is_told(
    house: House, screen: Screen, clock: VirtualTime
) -> None:
    """As one that never was."""
    await screen.subscribe([FJORD, AURORA])
    await clock.pass_by(minutes=2)
    screen.told()
    house.sim.remove_workspace(house.workspace("Fjord"))
    await clock.pass_by(hours=1, minutes=1)
    told = screen.told()
    assert {entity_id for event in told for entity_id in event} == {FJORD}
    assert told[-1] == {FJORD: None}


# Entity ids


async def test_a_calendar_that_is_renamed_is_followed(
    house: House, screen: Screen, clock: VirtualTime
) -> None:
    """To its new entity id and back; nothing is behind the old one meanwhile."""
    await screen.follow(FJORD)
    await rename(house, FJORD, "calendar.harbour")
    assert screen.told() == [{FJORD: None, "calendar.harbour": facts("Fjord")}]
    await house.stop()
    await clock.settle()
    assert screen.told() == [{"calendar.harbour": None}]
    await house.start()
    assert screen.told() == [{"calendar.harbour": facts("Fjord")}]
    await rename(house, "calendar.harbour", FJORD)
    assert screen.told() == [{FJORD: facts("Fjord"), "calendar.harbour": None}]


async def test_a_calendar_that_gets_the_name_later_is_found(
    house: House, screen: Screen
) -> None:
    """Also one of which nobody asked before; its old name is nobody's business."""
    assert await screen.follow("calendar.lobby") == [{"calendar.lobby": None}]
    await rename(house, FJORD, "calendar.lobby")
    assert screen.told() == [{"calendar.lobby": facts("Fjord")}]


async def test_another_room_may_take_a_name(house: House, screen: Screen) -> None:
    """Each name stands for the room that has it."""
    await screen.follow(FJORD)
    await rename(house, FJORD, "calendar.harbour")
    screen.told()
    await rename(house, AURORA, FJORD)
    assert screen.told() == [{FJORD: facts("Aurora")}]


async def rename(house: House, before: str, after: str) -> None:
    """Somebody gives a calendar another entity id."""
    er.async_get(house.hass).async_update_entity(before, new_entity_id=after)
    await house.clock.settle()


# Rights


async def test_who_may_only_read_sees_that_he_cannot_book(
    house: House, connect: Connect, hass_read_only_access_token: str
) -> None:
    """A user of the group that reads."""
    screen = await connect(hass_read_only_access_token)
    assert await screen.follow(FJORD) == [{FJORD: facts("Fjord", control=False)}]


async def test_what_one_may_not_read_looks_as_if_it_was_not_there(
    house: House,
    connect: Connect,
    hass_read_only_user: MockUser,
    hass_read_only_access_token: str,
) -> None:
    """Whatever happens to it, and whatever it is called next."""
    rights = {POLICY_READ: True, POLICY_CONTROL: True}
    hass_read_only_user.mock_policy({"entities": {"entity_ids": {AURORA: rights}}})
    screen = await connect(hass_read_only_access_token)
    assert await screen.follow(FJORD, AURORA) == [
        {FJORD: None, AURORA: facts("Aurora")}
    ]
    await house.stop()
    await house.start()
    assert screen.told() == [{AURORA: None}, {AURORA: facts("Aurora")}]
    await rename(house, AURORA, "calendar.secret")
    assert screen.told() == [{AURORA: None}]


async def test_rights_may_be_taken_while_a_screen_looks(
    hass: HomeAssistant, house: House, screen: Screen, hass_admin_user: MockUser
) -> None:
    """It hears of it at once."""
    await screen.follow(FJORD)
    await hass.auth.async_update_user(hass_admin_user, group_ids=[GROUP_ID_READ_ONLY])
    await house.clock.settle()
    assert screen.told() == [{FJORD: facts("Fjord", control=False)}]


# Nothing is left behind


def listeners(hass: HomeAssistant) -> dict[str, int]:
    """How many listen to which events and signals."""
    signals = hass.data[DATA_DISPATCHER]
    heard = {str(signal): len(targets) for signal, targets in signals.items()}
    return {**hass.bus.async_listeners(), **heard}


@pytest.mark.parametrize("end", ["unsubscribed", "hung up"])
async def test_nothing_is_left_of_a_subscription(
    house: House, connect: Connect, clock: VirtualTime, end: str
) -> None:
    """However it ends, and whatever it followed."""
    before = listeners(house.hass)
    screen = await connect()
    connected = listeners(house.hass)
    await screen.subscribe([FJORD, AURORA, "calendar.nowhere"])
    await rename(house, FJORD, "calendar.harbour")
    assert sum(listeners(house.hass).values()) == sum(connected.values()) + 4
    if end == "unsubscribed":
        await screen.unsubscribe(1)
        assert listeners(house.hass) == connected
    else:
        await screen.close()
        await clock.settle()
        assert listeners(house.hass) == before
    screen.told()
    await house.stop()
    await clock.settle()
    assert screen.told() == []


@dataclass
class Wire:
    """A connection that keeps what it should send."""

    user: User
    sent: list[Any] = field(default_factory=list)

    def send_event(self, msg_id: int, event: Any) -> None:
        """Keep it."""
        self.sent.append(event)


@pytest.mark.parametrize(("leaves", "events"), [(False, 2), (True, 1)])
async def test_who_leaves_while_there_is_news_hears_none(
    house: House, hass_admin_user: User, leaves: bool, events: int
) -> None:
    """What waits to be told is given up."""
    wire = Wire(hass_admin_user)
    subscription = _Subscription(house.hass, cast(ActiveConnection, wire), 1, [FJORD])
    subscription.start()
    keeper = house.hub.coordinators[RoomId(house.workspace("Fjord").id)].keeper
    keeper.lose(house.clock.now)
    keeper.show()
    if leaves:
        subscription.stop()
    await house.clock.settle()
    assert len(wire.sent) == events
    if not leaves:
        subscription.stop()
