"""What can go wrong with the simulated device."""

import asyncio
from datetime import timedelta
import time

import pytest
from websockets.exceptions import InvalidMessage, InvalidStatus

from tests.simulators.roomos import GARBAGE, RoomosSimulator, SimBooking
from tests.simulators_tests.conftest import Clock

from .client import BOOKINGS, Client, client_of, open_socket, refusal


async def test_a_request_is_dropped_before_or_after_it_is_done(
    device: RoomosSimulator,
) -> None:
    """Cut, and the truth tells which."""
    device.faults.when(command="Bookings.Book").drop()
    for done in (0, 1):
        async with await client_of(device) as client:
            await client.send("xCommand/Bookings/Book", {"Title": "T"})
            await client.socket.wait_closed()
            assert client.socket.close_code == 1006
        assert len(device.bookings) == done
        device.faults.when(command="bookings.*").drop_answer()
    assert [entry.answered for entry in device.requests] == [False, False]


async def test_events_can_precede_a_lost_answer(device: RoomosSimulator) -> None:
    """With `answer_first` off the client hears of its booking, then nothing."""
    device.answer_first = False
    async with await client_of(device) as client:
        await client.subscribe(*BOOKINGS)
        device.faults.when(command="Bookings.Book").drop_answer()
        await client.send("xCommand/Bookings/Book", {"Title": "T"})
        await client.socket.wait_closed()
        heard = [set(f["params"]["Event"]["Bookings"]) for f in client.frames]
        assert {"BookingCreated"} in heard


async def test_a_frame_is_cut_in_the_middle(device: RoomosSimulator) -> None:
    """Answers and notifications alike."""
    device.faults.when(command="Bookings.Book").cut_mid_frame()
    async with await client_of(device) as client:
        await client.send("xCommand/Bookings/Book", {"Title": "T"})
        await client.socket.wait_closed()
        assert (client.socket.close_code, client.frames) == (1006, [])
    assert len(device.bookings) == 1
    device.faults.events("Bookings.Deleted").cut_mid_frame()
    async with await client_of(device) as client:
        await client.subscribe(*BOOKINGS)
        device.delete_locally(device.bookings[0])
        await client.socket.wait_closed()
        assert client.frames == []


async def test_answers_never_come_come_late_twice_or_out_of_order(
    device: RoomosSimulator, client: Client, clock: Clock
) -> None:
    """And the connection lives on."""
    device.faults.when(command="Bookings.List").no_answer()
    device.faults.when(command="Bookings.Book").no_answer(applied=True)
    lost = [await client.send("xCommand/Bookings/List") for _ in range(1)]
    lost.append(await client.send("xCommand/Bookings/Book", {"Title": "T"}))
    await client.get("Status", "SystemUnit", "Uptime")
    assert len(device.bookings) == 1
    assert not any(future.done() for future in lost)
    assert [entry.answered for entry in device.requests] == [False, False, True]

    device.faults.when(command="Bookings.List").answer_late(3)
    late = await client.send("xCommand/Bookings/List")
    await client.get("Status", "SystemUnit", "Uptime")
    assert not late.done()
    clock.pass_by(seconds=3)
    await device.tick()
    assert "result" in await late

    device.faults.when(command="Bookings.List").reorder()
    first = await client.send("xCommand/Bookings/List", id_="first")
    await client.call("xCommand/Bookings/List", id_="second")
    await first
    assert client.order[-2:] == ["second", "first"]

    device.faults.when(command="Bookings.List").latency(0.05)
    slow = await client.send("xCommand/Bookings/List", id_="slow")
    await client.call("xCommand/Bookings/List", id_="quick")
    await slow
    assert client.order[-2:] == ["quick", "slow"]

    device.faults.when(command="Bookings.List").duplicate()
    await client.call("xCommand/Bookings/List", id_="twice")
    await client.get("Status", "SystemUnit", "Uptime")
    assert client.order.count("twice") == 2


async def test_a_half_open_connection_does_not_even_answer_pings(
    device: RoomosSimulator,
) -> None:
    """Nothing is read or written, and nothing is closed."""
    async with await client_of(device) as client:
        await (await client.socket.ping())
        await client.subscribe(*BOOKINGS)
        device.half_open()
        pong = await client.socket.ping()
        lost = await client.send("xCommand/Bookings/Book", {"Title": "Lost"})
        device.book_locally("Unheard")
        await asyncio.sleep(0.05)
        assert not pong.done()
        assert not lost.done()
        assert client.frames == []
        assert client.socket.close_code is None
        assert [b.title for b in device.bookings] == ["Unheard"]
        assert device.connections[0].half_open
    async with await client_of(device) as client:
        device.faults.when(command="Bookings.Delete").half_open(applied=True)
        await client.send("xCommand/Bookings/Delete", {"Id": "webex-1"})
        await device.wait_for_requests(command="Bookings.Delete")
        assert device.bookings == ()
        pong = await client.socket.ping()
        await asyncio.sleep(0.05)
        assert not pong.done()


async def test_the_socket_is_closed_with_a_code(device: RoomosSimulator) -> None:
    """By a request, or all at once."""
    device.faults.when(method="xGet").close(1011)
    async with await client_of(device) as client:
        await client.send("xGet", {"Path": ["Status"]})
        await client.socket.wait_closed()
        assert client.socket.close_code == 1011
    async with await client_of(device) as client:
        await device.close_connections(1001)
        await client.socket.wait_closed()
        assert client.socket.close_code == 1001
    async with await client_of(device) as client:
        device.faults.when(method="xGet").reboot()
        await client.send("xGet", {"Path": ["Status"]})
        await client.socket.wait_closed()
    assert await refusal(device) == 502


async def test_errors_and_odd_answers(device: RoomosSimulator, client: Client) -> None:
    """Instead of the real one, after the request was carried out or not."""
    book = "xCommand/Bookings/Book"
    device.faults.when(command="Bookings.Book").error(-32603, "Internal", {"a": 1})
    error = await client.refused(book, {"Title": "T"})
    assert (error.code, error.message, error.data) == (-32603, "Internal", {"a": 1})
    assert device.bookings == ()
    device.faults.when(command="Bookings.Book").error(-31997, applied=True)
    assert (await client.refused(book, {"Title": "T"})).code == -31997
    assert len(device.bookings) == 1
    device.faults.when(command="Bookings.List").answer([])
    assert await client.command("List") == []
    device.faults.when(command="Bookings.List").frame({"odd": 1})
    await client.send("xCommand/Bookings/List")
    device.faults.when(command="Bookings.List").frame(b"\x00")
    await client.send("xCommand/Bookings/List")
    await client.get("Status", "SystemUnit", "Uptime")
    assert client.frames == [{"odd": 1}, b"\x00"]
    device.result_filter = lambda name, result: {**result, "name": name}
    assert (await client.command("List"))["name"] == "Bookings.List"
    device.device.records = [{"Id": 5}]
    assert (await client.listed())[-1] == {"Id": 5}


async def test_commands_that_only_seem_to_work(
    device: RoomosSimulator, listener: Client, clock: Clock
) -> None:
    """The verbs that the Webex simulator has too."""
    device.faults.when(command="Bookings.Book").not_applied()
    assert await listener.command("Book", Title="T") == {"status": "OK"}
    assert device.bookings == ()
    device.faults.when(command="Bookings.Book").applied_late(5)
    await listener.command("Book", Title="T", Duration=15)
    assert device.bookings == ()
    clock.pass_by(seconds=5)
    await device.tick()
    assert len(device.bookings) == 1
    await listener.notifications()
    device.faults.when(command="Bookings.Book").booking_fails("KmsError")
    await listener.command(
        "Book", BookingRequestUUID="u", StartTime="2026-01-01T12:00:00Z"
    )
    assert await listener.events() == [
        (
            "BookingRequested",
            {
                "id": 1,
                "BookingRequestUUID": "u",
                "Duration": 30,
                "StartTime": "2026-01-01T12:00:00Z",
                "Title": "",
            },
        ),
        (
            "BookingFailed",
            {"id": 1, "BookingRequestUUID": "u", "FailureCause": "KmsError"},
        ),
    ]
    device.faults.when(command="Bookings.Book").rival()
    start = {"StartTime": "2026-01-01T15:00:00Z"}
    assert (await listener.refused("xCommand/Bookings/Book", start)).code == 1
    assert device.bookings[-1].title == "Somebody else"


async def test_notifications_go_astray(
    device: RoomosSimulator, listener: Client, clock: Clock
) -> None:
    """Lost, twice, late, out of order, or the end of the connection."""

    def book(title: str, hour: int) -> SimBooking:
        return device.book_locally(title, clock() + timedelta(hours=hour))

    created = "Bookings.BookingCreated"
    dropped = device.faults.events(created).drop()
    device.faults.events("Bookings.BookingRequested").always().drop()
    updated = device.faults.events("Bookings.Updated").always().drop()
    book("A", 1)
    assert await listener.events() == []
    assert dropped.hits == updated.hits == 1
    device.faults.events(created).duplicate(3)
    book("B", 2)
    assert await listener.event_names() == ["BookingCreated"] * 3
    device.faults.events(created).delay(10)
    book("C", 3)
    assert await listener.events() == []
    clock.pass_by(seconds=10)
    await device.tick()
    assert await listener.event_names() == ["BookingCreated"]
    device.faults.events(created).reorder()
    device.delete_locally(book("D", 4))
    assert await listener.event_names() == ["Deleted", "BookingCreated"]
    await listener.subscribe("Status", "Bookings", "Availability")
    device.faults.statuses("Bookings.Availability.Status").drop()
    device.faults.messages(lambda n: "Status" in n["params"]).drop()
    device.book_locally("Now", minutes=15)
    await listener.notifications()
    device.faults.events("Bookings.Deleted").disconnect()
    device.delete_locally(device.bookings[-1])
    await listener.socket.wait_closed()


@pytest.mark.parametrize("kind", sorted(GARBAGE))
async def test_garbage(device: RoomosSimulator, client: Client, kind: str) -> None:
    """Instead of an answer, and before a notification; the connection lives on."""
    device.faults.when(command="Bookings.List").garbage(kind)
    future = await client.send("xCommand/Bookings/List")
    await client.get("Status", "SystemUnit", "Uptime")
    assert len(client.frames) + future.done() == 1
    client.frames.clear()
    await client.subscribe(*BOOKINGS)
    device.faults.events("Bookings.BookingCreated").garbage(kind, then_real=True)
    device.book_locally("T", device.clock() + timedelta(hours=1))
    await client.get("Status", "SystemUnit", "Uptime")
    assert len(client.frames) == 4
    await client.command("List")


async def test_huge_frames_are_still_true(
    device: RoomosSimulator, listener: Client
) -> None:
    """5 MB more in an answer and in a notification."""
    device.faults.when(command="Bookings.List").huge()
    result = await listener.command("List")
    assert len(result.pop("Padding")) == 5_000_000
    assert result["ResultInfo"] == {"TotalRows": 0}
    device.faults.events("Bookings.BookingCreated").huge(6_000_000)
    device.book_locally("T")
    (created,) = [n for n in await listener.notifications() if "Padding" in n]
    assert created["Event"]["Bookings"]["BookingCreated"]["Title"] == "T"
    device.send("anything")
    device.send(b"bytes")
    await listener.get("Status", "SystemUnit", "Uptime")
    assert listener.frames == ["anything", b"bytes"]


async def test_faults_are_counted_and_disarmed(
    device: RoomosSimulator, client: Client
) -> None:
    """Once, so often, always; the first one armed happens."""
    fault = device.faults.when(method="xGet").times(2).error(1, "twice")
    second = device.faults.when(method="xGet").always().error(1, "always")
    path = {"Path": ["Status", "SystemUnit", "Uptime"]}
    words = [(await client.refused("xGet", path)).message for _ in range(4)]
    assert words == ["twice", "twice", "always", "always"]
    assert (fault.hits, second.hits) == (2, 2)
    await fault.triggered()
    assert len(device.faults.describe()) == 1
    second.remove()
    await client.call("xGet", path)
    device.faults.when(predicate=lambda r: r.params.get("Path") is None).always().drop()
    device.faults.clear()
    assert (await client.refused("xGet", {})).code == -32602


async def test_outages(device: RoomosSimulator) -> None:
    """Cut and accepted, or nothing listens; and back on the same port."""
    host = device.host
    for refuse in (False, True):
        async with await client_of(device) as client:
            await device.down(refuse=refuse)
            await client.socket.wait_closed()
            with pytest.raises((InvalidMessage, OSError)):
                await open_socket(device)
        await device.up()
        assert device.host == host
        async with open_socket(device):
            pass
    await device.down(0.05)
    await asyncio.sleep(0.1)
    async with open_socket(device):
        pass


async def test_it_stops_while_clients_hang(clock: Clock, socket_enabled: None) -> None:
    """Half-open ones, slow ones, and handshakes that were never answered."""
    sim = RoomosSimulator(clock=clock)
    await sim.start()
    client = await client_of(sim)
    sim.faults.handshakes().no_answer()
    knocking = asyncio.ensure_future(open_socket(sim).__aenter__())
    await sim.wait_until(lambda: len(sim.handshakes) == 2)
    sim.half_open()
    started = time.monotonic()
    await sim.stop()
    assert time.monotonic() - started < 1
    with pytest.raises((InvalidMessage, InvalidStatus, OSError)):
        await knocking
    await client.__aexit__()


async def test_time_passes_by_itself_if_wished(socket_enabled: None) -> None:
    """A booking ends on the real clock."""
    async with (
        RoomosSimulator(ticking=True) as sim,
        await client_of(sim) as client,
    ):
        await client.subscribe(*BOOKINGS, "End")
        now = sim.clock()
        sim.book_locally("T", now - timedelta(minutes=1, seconds=-1), 1)
        async with asyncio.timeout(5):
            while not client.frames:
                await asyncio.sleep(0.05)


async def test_waiting_for_a_client(device: RoomosSimulator) -> None:
    """Tests need no sleep to know that a client is there."""
    waiting = asyncio.ensure_future(device.wait_for_subscriptions(2))
    async with await client_of(device) as client:
        await device.wait_for_connections()
        await client.subscribe(*BOOKINGS)
        await asyncio.sleep(0)
        assert not waiting.done()
        await client.subscribe("Status", "Bookings")
        async with asyncio.timeout(1):
            await waiting
        await device.wait_for_requests(2, method="xFeedback/Subscribe")
