"""What the simulated device notifies, literally (facts/cisco-xapi.md 2, 4.2, 4.4)."""

from datetime import timedelta

from tests.simulators.roomos import RoomosSimulator
from tests.simulators_tests.conftest import Clock

from .client import BOOKINGS, Client, client_of


async def test_the_frames_of_feedback(
    device: RoomosSimulator, client: Client, clock: Clock
) -> None:
    """xFeedback/Event with the Id and the tree; no id of its own."""
    assert await client.subscribe(*BOOKINGS) == 1
    booking = device.book_locally("T", minutes=30, organizer="Ada")
    requested, created, updated, started = await client.notifications()
    assert created == {
        "Id": 1,
        "Event": {
            "Bookings": {
                "BookingCreated": {
                    "id": 1,
                    "BookingRequestUUID": booking.uuid,
                    "Duration": 30,
                    "Id": "webex-1",
                    "MeetingId": booking.uuid,
                    "OrganizerEmail": "",
                    "OrganizerId": "",
                    "OrganizerName": "Ada",
                    "StartTime": "2026-01-01T09:00:00Z",
                    "Title": "T",
                }
            }
        },
    }
    assert set(requested["Event"]["Bookings"]) == {"BookingRequested"}
    assert updated == {"Id": 1, "Event": {"Bookings": {"Updated": {}}}}
    device.event_ids = False
    device.childless_value = ""
    clock.pass_by(minutes=30)
    await device.tick()
    device.delete_locally(booking)
    ended, deleted, updated = await client.notifications()
    assert ended["Event"]["Bookings"]["End"] == {
        "EndTime": "2026-01-01T09:30:00Z",
        "Id": "webex-1",
        "MeetingId": booking.uuid,
        "ScheduledDuration": 30,
        "StartTime": "2026-01-01T09:00:00Z",
    }
    assert deleted["Event"]["Bookings"]["Deleted"]["MinutesFreed"] == 0
    assert updated["Event"]["Bookings"] == {"Updated": ""}
    assert started["Event"]["Bookings"]["Start"]["MeetingId"] == booking.uuid


async def test_status_notifications_hold_what_changed(
    device: RoomosSimulator, client: Client, clock: Clock
) -> None:
    """3: Free, FreeUntil, BookedUntil; Current Id is the booking's Id."""
    await client.subscribe("Status", "Bookings")
    device.book_locally("T", clock() + timedelta(hours=1), 30)
    clock.pass_by(hours=1)
    await device.tick()
    clock.pass_by(minutes=30)
    await device.tick()
    changes = [n["Status"]["Bookings"] for n in await client.notifications()]
    assert changes == [
        {"Availability": {"Status": "FreeUntil", "TimeStamp": "2026-01-01T10:00:00Z"}},
        {
            "Availability": {
                "Status": "BookedUntil",
                "TimeStamp": "2026-01-01T10:30:00Z",
            },
            "Current": {"Id": "webex-1"},
        },
        {"Availability": {"Status": "Free", "TimeStamp": ""}, "Current": {"Id": ""}},
    ]


async def test_the_current_value_is_notified_on_demand(
    device: RoomosSimulator, client: Client
) -> None:
    """The full matching subtree, after the answer or before it."""
    number = await client.subscribe("Status", "Bookings", NotifyCurrentValue=True)
    tree = {
        "Bookings": {
            "Availability": {"Status": "Free", "TimeStamp": ""},
            "Current": {"Id": ""},
        }
    }
    assert await client.notifications() == [{"Id": number, "Status": tree}]
    assert isinstance(client.order[0], int)
    device.answer_first = False
    client.order.clear()
    await client.subscribe("Status", "RoomAnalytics", NotifyCurrentValue=True)
    assert "method" in client.order[0]
    client.frames.clear()
    await client.subscribe(*BOOKINGS, NotifyCurrentValue=True)
    assert await client.notifications() == []


async def test_overlapping_subscriptions_deliver_duplicates(
    device: RoomosSimulator, listener: Client
) -> None:
    """One per Id (4.4); a narrow query gets its part."""
    assert await listener.subscribe("Event") == 2
    assert await listener.subscribe(*BOOKINGS, "Start", "Id") == 3
    assert await listener.subscribe(*BOOKINGS, "Ended") == 4
    device.book_locally("T")
    starts = [
        n for n in await listener.notifications() if "Start" in n["Event"]["Bookings"]
    ]
    assert [n["Id"] for n in starts] == [1, 2, 3]
    assert starts[0]["Event"] == starts[1]["Event"]
    assert starts[2]["Event"]["Bookings"] == {"Start": {"id": 1, "Id": "webex-1"}}


async def test_unsubscribing(device: RoomosSimulator, listener: Client) -> None:
    """The error of an unknown Id is the guide's own."""
    assert await listener.call("xFeedback/Unsubscribe", {"Id": 1}) is True
    device.book_locally("T")
    assert await listener.notifications() == []
    error = await listener.refused("xFeedback/Unsubscribe", {"Id": 4})
    assert (error.code, error.message, error.data) == (
        -32602,
        "Unknown subscription Id",
        {"Id": 4},
    )
    assert await listener.subscribe(*BOOKINGS) == 2


async def test_subscriptions_are_limited_and_die_with_their_connection(
    device: RoomosSimulator, listener: Client
) -> None:
    """-31998: global subscriber count exceeded (4.3)."""
    device.subscription_limit = 2
    async with await client_of(device) as other:
        await other.subscribe(*BOOKINGS)
        error = await other.refused("xFeedback/Subscribe", {"Query": BOOKINGS})
        assert error.code == -31998
        assert len(device.connections) == 2
    await device.wait_until(lambda: len(device.connections) == 1)
    async with await client_of(device) as again:
        device.book_locally("T")
        assert await again.notifications() == []
        assert await again.subscribe(*BOOKINGS) == 1
    for query in (["**"], ["Command"], [], "Event/Bookings", [True]):
        error = await listener.refused("xFeedback/Subscribe", {"Query": query})
        assert error.code == -32602


async def test_presence(clock: Clock, socket_enabled: None) -> None:
    """RoomAnalytics, where the device has it."""
    async with (
        RoomosSimulator(clock=clock, capacity=8) as sim,
        await client_of(sim) as client,
    ):
        assert await client.get("Status", "RoomAnalytics") == {
            "PeopleCount": {"Capacity": 8, "Current": 0},
            "PeoplePresence": "No",
        }
        await client.subscribe("Status", "RoomAnalytics")
        sim.set_people(3)
        sim.set_people(3)
        sim.set_people(None)
        values = [n["Status"]["RoomAnalytics"] for n in await client.notifications()]
        assert values == [
            {"PeopleCount": {"Current": 3}},
            {"PeoplePresence": "Yes"},
            {"PeopleCount": {"Current": -1}},
            {"PeoplePresence": "Unknown"},
        ]
    async with (
        RoomosSimulator(clock=clock, people=False) as sim,
        await client_of(sim) as client,
    ):
        path = {"Path": ["Status", "RoomAnalytics", "PeopleCount", "Current"]}
        assert (await client.refused("xGet", path)).code == 1


async def test_a_removed_array_item_leaves_a_ghost(
    device: RoomosSimulator, client: Client
) -> None:
    """`{"id": "115", "ghost": "True"}` (4.2)."""
    await client.subscribe("Status", "Network")
    device.remove_status("Network.1")
    ((notification),) = await client.notifications()
    assert notification["Status"] == {"Network": [{"id": "1", "ghost": "True"}]}
    assert (await client.refused("xGet", {"Path": ["Status", "Network"]})).code == 1
