"""Which rooms an organisation has."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.room_bookings.backends.xapi.capabilities import Capabilities
from custom_components.room_bookings.backends.xapi.cloud import discovery as module
from custom_components.room_bookings.backends.xapi.cloud.discovery import Discovery
from custom_components.room_bookings.backends.xapi.transport import EquippedRoom
from custom_components.room_bookings.rooms.errors import (
    AuthFailedError,
    PermissionDeniedError,
    RoomError,
    UnreachableError,
)
from custom_components.room_bookings.rooms.room import Verb
from tests.backends.anything import ANY_JSON, ANY_TEXT
from tests.backends.xapi.conftest import Rig
from tests.simulators.webex.inventory import device_json, workspace_json
from tests.simulators.xapi import PROFILES


async def found(rig: Rig) -> list[EquippedRoom]:
    """What a new discovery finds."""
    return await Discovery(rig.client()).rooms()


async def found_as(
    rig: Rig, device: Mapping[str, Any] = {}, workspace: Mapping[str, Any] | None = {}
) -> EquippedRoom:
    """A phone's room, where the cloud says these things of it; `None`: nothing of the workspace."""
    phone = rig.sim.add_device(rig.sim.add_workspace("Fjord"))
    devices = [{**device_json(phone, "o", rig.clock()), **device}]
    workspaces = (
        []
        if workspace is None
        else [{**workspace_json(phone.workspace, "o"), **workspace}]
    )
    rig.sim.faults.when(path="/v1/devices").answer({"items": devices})
    rig.sim.faults.when(path="/v1/workspaces").answer({"items": workspaces})
    (equipped,) = await found(rig)
    assert equipped.room.id == phone.workspace.id
    return equipped


async def test_a_workspace_is_a_room(rig: Rig) -> None:
    """With everything that is known of it."""
    workspace = rig.sim.add_workspace("Fjord", capacity=4)
    device = rig.sim.add_device(workspace)
    (equipped,) = await found(rig)
    room = equipped.room
    assert (room.id, room.name, room.capacity) == (workspace.id, "Fjord", 4)
    assert (room.manufacturer, room.model) == ("Cisco", "Cisco 9871")
    assert (room.software, room.serial) == ("PhoneOS 3.6.1", device.serial)
    assert room.online
    assert room.verbs == {Verb.BOOK, Verb.DELETE, Verb.END_MEETING}
    assert [d.id for d in equipped.devices] == [device.id]


async def test_several_devices_in_a_workspace_are_one_room(rig: Rig) -> None:
    """Their names, models and serial numbers are many."""
    birch = rig.sim.add_workspace("Birch")
    for product in ("Cisco 9861", "Cisco 9871", "Cisco 9871"):
        rig.sim.add_device(birch, name="wall", product=product)
    birch.devices[0].online = False
    (equipped,) = await found(rig)
    assert len(equipped.devices) == 3
    assert sum(d.online for d in equipped.devices) == 2
    room = equipped.room
    assert (room.name, room.serial, room.online) == ("Birch", None, True)
    assert room.model == "Cisco 9861, Cisco 9871"


async def test_rooms_are_sorted_by_name(rig: Rig) -> None:
    """As people look for them."""
    for name in ("birch", "Aurora", "Fjord", "aurora"):
        rig.sim.add_device(rig.sim.add_workspace(name))
    names = [equipped.room.name for equipped in await found(rig)]
    assert [n.casefold() for n in names] == ["aurora", "aurora", "birch", "fjord"]


async def test_what_is_no_shared_device_with_xapi_is_left_out(rig: Rig) -> None:
    """Personal devices, devices without xAPI, and workspaces without any device."""
    rig.sim.add_workspace("Empty")
    rig.sim.add_device(rig.sim.add_workspace("Mute"), xapi=False)
    rig.sim.add_personal_device()
    half_personal = rig.sim.add_device(rig.sim.add_workspace("Desk"))
    rig.sim.faults.when(path="/v1/devices").answer(
        {
            "items": [
                {**device_json(half_personal, "o", rig.clock()), "personId": "p"},
                {**device_json(half_personal, "o", rig.clock()), "id": None},
                {"id": "x", "capabilities": ["xapi"]},
                {"id": "x", "capabilities": {}, "workspaceId": "w"},
            ]
        }
    )
    assert await found(rig) == []
    assert [e.room.name for e in await found(rig)] == ["Desk"]


async def test_all_pages_are_one_listing(rig: Rig) -> None:
    """A device that two of them hold is one device."""
    rig.sim.page_size = 4
    for number in range(11):
        rig.sim.add_device(rig.sim.add_workspace(f"Room {number}"))
    assert len(await found(rig)) == 11
    rig.sim.page_size = 100
    twice = [device_json(rig.sim.devices[0], "o", rig.clock())] * 2
    rig.sim.faults.when(path="/v1/devices").answer({"items": twice})
    (equipped,) = await found(rig)
    assert len(equipped.devices) == 1


@pytest.mark.parametrize(
    ("workspace", "device", "name"),
    [
        ({"displayName": " "}, {}, "Fjord"),
        (None, {}, "Fjord"),
        (None, {"displayName": ""}, "Cisco 9871"),
        (None, {"displayName": 5}, "5"),
        (None, {"displayName": None, "product": []}, "Room"),
    ],
)
async def test_a_room_without_a_name_is_called_something(
    rig: Rig, workspace: dict[str, Any] | None, device: dict[str, Any], name: str
) -> None:
    """By its device, or what kind that is."""
    equipped = await found_as(rig, device, workspace)
    assert equipped.room.name == name


@pytest.mark.parametrize(
    ("capacity", "expected"), [(0, None), (-1, None), ("6", 6), (None, None), ([], None)]
)  # fmt: skip
async def test_a_capacity_is_a_number_of_people(
    rig: Rig, capacity: Any, expected: int | None
) -> None:
    """-1 stands for unknown (facts 6.3)."""
    equipped = await found_as(rig, workspace={"capacity": capacity})
    assert equipped.room.capacity == expected


@pytest.mark.parametrize(
    ("status", "online"),
    [
        ("connected", True),
        ("connected_with_issues", True),
        ("CONNECTED", True),
        ("unknown", True),
        ("", True),
        (None, True),
        ("disconnected", False),
        ("offline_expired", False),
        ("offline_deep_sleep", False),
        ("activating", False),
    ],
)
async def test_a_device_is_there_unless_the_cloud_knows_better(
    rig: Rig, status: Any, online: bool
) -> None:
    """A state that says nothing is none."""
    equipped = await found_as(rig, {"connectionStatus": status})
    assert equipped.room.online is online


@pytest.mark.parametrize(
    ("permissions", "writable"),
    [
        (["xapi"], True),
        (["xapi:all"], True),
        (["xapi:readonly"], False),
        (["xapi:readonly", "xapi:all"], True),
        ([], True),
        (None, True),
    ],
)
async def test_a_room_that_may_only_be_read_has_no_verbs(
    rig: Rig, permissions: Any, writable: bool
) -> None:
    """Its bookings are shown all the same."""
    equipped = await found_as(rig, {"permissions": permissions})
    assert bool(equipped.room.verbs) is writable
    assert equipped.devices[0].capabilities.lists


# What a model can do


async def test_each_model_is_asked_once(rig: Rig) -> None:
    """However many of it there are, and however often they are listed."""
    for profile in PROFILES:
        for _ in range(3):
            rig.sim.add_device(rig.sim.add_workspace(profile), profile, product=profile)
    discovery = Discovery(rig.client())
    rooms = await discovery.rooms()
    assert len(rooms) == 3 * len(PROFILES)
    await discovery.rooms()
    assert rig.asked("/v1/xapi/schema") == len(PROFILES)
    for equipped in rooms:
        takes = equipped.devices[0].capabilities.takes
        assert takes("delete", "BookingRequestUUID") is (
            equipped.room.name == "phoneos-3.6"
        )


async def test_the_platform_belongs_to_the_model(rig: Rig) -> None:
    """With the same software a Teams room can do less."""
    phone = rig.sim.add_device(rig.sim.add_workspace("Fjord"))
    items = [
        device_json(phone, "o", rig.clock()) | {"id": name, "devicePlatform": name}
        for name in ("cisco", "microsoftTeamsRoom")
    ]
    rig.sim.faults.when(path="/v1/devices").answer({"items": items})
    await found(rig)
    assert rig.asked("/v1/xapi/schema") == 2


async def test_a_device_without_bookings_is_no_room(rig: Rig) -> None:
    """Its model says so."""
    profile = PROFILES["roomos-26.4"].without("Bookings.List")
    rig.sim.add_device(rig.sim.add_workspace("Board"), profile)
    rig.sim.add_device(rig.sim.add_workspace("Fjord"))
    assert [e.room.name for e in await found(rig)] == ["Fjord"]


@pytest.mark.parametrize("status", [400, 403, 404, 423, 429, 500, 503])
async def test_a_model_that_tells_nothing_is_taken_for_a_phone(
    rig: Rig, status: int
) -> None:
    """And asked again the next time; the others are found as ever."""
    rig.sim.add_device(rig.sim.add_workspace("Fjord"))
    rig.sim.add_device(rig.sim.add_workspace("Board"), "roomos-26.4")
    discovery = Discovery(rig.client())
    fault = rig.sim.faults.when(path="/v1/xapi/schema").times(1).status(status)
    first, second = (e.devices[0].capabilities for e in await discovery.rooms())
    assert fault.hits == 1
    assert {first == Capabilities(), second == Capabilities()} == {True, False}
    board, fjord = await discovery.rooms()
    assert Capabilities() not in (board.devices[0].capabilities, fjord.devices[0].capabilities)  # fmt: skip
    assert rig.asked("/v1/xapi/schema") == 3


async def test_another_device_of_the_model_may_answer(rig: Rig) -> None:
    """One that is there before one that is not, and only some of them."""
    for number in range(6):
        rig.sim.add_device(rig.sim.add_workspace(f"Room {number}"))
    for device in rig.sim.devices[:3]:
        device.online = False
    rig.sim.faults.when(path="/v1/xapi/schema").status(404)
    await found(rig)
    asked = [r.device for r in rig.sim.requests.of(path="/v1/xapi/schema")]
    assert asked == [device.id for device in rig.sim.devices[3:5]]
    rig.sim.requests.clear()
    rig.sim.faults.when(path="/v1/xapi/schema").always().answer(b"[]")
    await found(rig)
    assert rig.asked("/v1/xapi/schema") == module._ASKED_PER_MODEL


@pytest.mark.parametrize("path", ["/v1/devices", "/v1/workspaces"])
@pytest.mark.parametrize(
    ("body", "error"), [(b"{}", UnreachableError), (b"", UnreachableError)]
)
async def test_no_listing_is_not_an_empty_one(
    rig: Rig, path: str, body: bytes, error: type[RoomError]
) -> None:
    """Else all rooms would go."""
    rig.sim.add_device(rig.sim.add_workspace("Fjord"))
    rig.sim.faults.when(path=path).answer(body)
    with pytest.raises(error):
        await found(rig)


@pytest.mark.parametrize(
    "scope", ["spark-admin:devices_read", "spark-admin:workspaces_read"]
)
async def test_a_missing_scope_is_named(rig: Rig, scope: str) -> None:
    """The one that the listing needs."""
    scopes = set(rig.sim.app.scopes) - {scope}
    rig.sim.app.scopes = tuple(scopes)
    with pytest.raises(PermissionDeniedError) as denied:
        await found(rig)
    assert denied.value.missing == scope


async def test_schemas_that_are_all_out_of_bounds_are_a_missing_right(
    rig: Rig,
) -> None:
    """It is not about one device then."""
    rig.sim.add_device(rig.sim.add_workspace("Fjord"))
    rig.sim.add_device(rig.sim.add_workspace("Board"), "roomos-26.4")
    rig.sim.faults.when(path="/v1/xapi/schema").always().status(403)
    with pytest.raises(PermissionDeniedError) as denied:
        await found(rig)
    assert denied.value.missing == "spark:xapi_commands"


async def test_refused_credentials_are_no_matter_of_one_device(rig: Rig) -> None:
    """Nor of its model."""
    rig.sim.add_device(rig.sim.add_workspace("Fjord"))
    rig.sim.faults.when(path="/v1/xapi/schema").always().status(401)
    with pytest.raises(AuthFailedError):
        await found(rig)


@settings(max_examples=150, deadline=None)
@given(
    devices=st.lists(
        st.dictionaries(
            ANY_TEXT
            | st.sampled_from(
                [
                    "id",
                    "workspaceId",
                    "personId",
                    "capabilities",
                    "product",
                    "software",
                    "serial",
                    "displayName",
                    "connectionStatus",
                    "permissions",
                ]
            ),
            ANY_JSON | st.just(["xapi"]) | st.just("w"),
        ),
        max_size=4,
    ),
    workspaces=st.lists(
        st.dictionaries(
            st.sampled_from(["id", "displayName", "capacity"]), ANY_JSON | st.just("w")
        ),
        max_size=3,
    ),
)
def test_any_listing_is_rooms_and_a_good_device_among_them(
    devices: list[dict[str, Any]], workspaces: list[dict[str, Any]]
) -> None:
    """A broken one costs only itself."""
    good: dict[str, Any] = {
        "id": "good",
        "workspaceId": "good",
        "capabilities": ["xapi"],
    }
    models = module._models([*devices, good])
    able = dict.fromkeys(models, Capabilities())
    rooms = module._rooms(workspaces, models, able)
    assert "good" in {equipped.room.id for equipped in rooms}
    for equipped in rooms:
        assert equipped.room.id
        assert equipped.room.name
        assert equipped.room.capacity is None or equipped.room.capacity > 0
        assert equipped.devices
