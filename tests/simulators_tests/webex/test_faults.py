"""Requests of the simulated cloud, and what can go wrong with them."""

import asyncio
from datetime import UTC, datetime

import aiohttp
from freezegun import freeze_time
import pytest

from tests.simulators.webex import WebexSimulator
from tests.simulators.xapi import Device
from tests.simulators_tests.conftest import Clock

from .client import Client


async def test_the_log_counts_requests(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """Time, method, path, command, device, arguments and status."""
    await integration.command(phone, "Bookings.List", {"Days": 7})
    await integration.command(phone, "Bookings.Edit")
    first, second = sim.requests.of(device=phone.id)
    assert (first.method, first.path) == ("POST", "/v1/xapi/command/Bookings.List")
    assert (first.command, first.arguments, first.status) == (
        "Bookings.List",
        {"Days": 7},
        200,
    )
    assert first.time == sim.clock()
    assert second.status == 404
    assert sim.requests.number_of(path="/v1/access_token") == 1


async def test_status_faults_hit_what_they_match_so_often_as_told(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """429 and 423 carry Retry-After (6.4)."""
    fault = sim.faults.when(command="bookings.book").times(2).status(429, retry_after=7)
    assert (await integration.command(phone, "Bookings.List")).status == 200
    for _ in range(2):
        answer = await integration.command(phone, "Bookings.Book", {"Title": "T"})
        assert answer.status == 429
        assert answer.headers["Retry-After"] == "7"
        assert set(answer.body) == {"message", "errors", "trackingId"}
    assert fault.hits == 2
    await fault.triggered()
    assert phone.workspace.bookings == []
    answer = await integration.command(phone, "Bookings.Book", {"Title": "T"})
    assert answer.status == 200


async def test_faults_can_be_removed(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """`always` needs an end."""
    fault = sim.faults.when(path="/v1/devices").always().status(502)
    assert (await integration.get("/v1/devices")).status == 502
    assert (await integration.get("/v1/devices?max=1")).status == 502
    fault.remove()
    assert (await integration.get("/v1/devices")).status == 200
    sim.faults.when(workspace=phone.workspace).always().status(500)
    sim.faults.events().drop()
    assert len(sim.faults.describe()) == 2
    sim.faults.clear()
    assert (await integration.command(phone, "Bookings.List")).status == 200


async def test_a_dropped_connection_before_and_after(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """Lost before handling leaves no trace; a lost answer does."""
    sim.faults.when(command="Bookings.Book").drop()
    with pytest.raises(aiohttp.ClientConnectionError):
        await integration.command(phone, "Bookings.Book", {"Title": "Lost"})
    assert phone.workspace.bookings == []
    sim.faults.when(command="Bookings.Book").drop_answer()
    with pytest.raises(aiohttp.ClientConnectionError):
        await integration.command(phone, "Bookings.Book", {"Title": "Made"})
    assert [booking.title for booking in phone.workspace.bookings] == ["Made"]
    assert [entry.status for entry in sim.requests.of(command="Bookings.Book")] == [
        0,
        0,
    ]


@pytest.mark.parametrize("applied", [False, True])
async def test_answers_that_are_not_json(
    sim: WebexSimulator, integration: Client, phone: Device, applied: bool
) -> None:
    """Empty, garbage, HTML and huge bodies, instead of the deed or after it."""
    url = f"{sim.api_url}/xapi/command/Bookings.Book"
    body = {"deviceId": phone.id, "arguments": {"Title": "T"}}
    match = sim.faults.when(command="Bookings.Book")
    seen = []
    for arm in (match.empty, match.garbage, match.html, match.huge):
        arm(applied=applied)
        async with integration.session.post(
            url, json=body, headers=integration.headers
        ) as response:
            assert response.status == 200
            seen.append(await response.read())
    assert seen[0] == b""
    with pytest.raises(UnicodeDecodeError):
        seen[1].decode()
    assert seen[2].startswith(b"<!doctype")
    assert len(seen[3]) > 20_000_000
    assert len(phone.workspace.bookings) == int(applied)


async def test_latency(sim: WebexSimulator, integration: Client) -> None:
    """The answer comes, later."""
    loop = asyncio.get_running_loop()
    sim.faults.when(path="/v1/devices").latency(0.05)
    before = loop.time()
    assert (await integration.get("/v1/devices")).status == 200
    assert loop.time() - before >= 0.05


async def test_a_predicate_sees_the_request(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """Any condition on the logged request."""
    sim.faults.when(
        predicate=lambda request: (request.arguments or {}).get("Days") == 3
    ).always().status(504)
    assert (
        await integration.command(phone, "Bookings.List", {"Days": 2})
    ).status == 200
    assert (
        await integration.command(phone, "Bookings.List", {"Days": 3})
    ).status == 504


async def test_a_book_that_is_accepted_and_never_applied(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """Success of the call is no booking (0.5)."""
    sim.faults.when(command="Bookings.Book").not_applied()
    answer = await integration.command(phone, "Bookings.Book", {"Title": "T"})
    assert (answer.status, answer.body["result"]) == (200, {})
    assert phone.workspace.bookings == []
    assert await integration.messages() == []
    sim.faults.when(command="Bookings.Book").not_applied(sync_required=True)
    await integration.command(phone, "Bookings.Book", {"Title": "T"})
    assert await integration.event_names() == ["SyncRequired"]


async def test_a_book_that_is_applied_late(
    sim: WebexSimulator, integration: Client, phone: Device, clock: Clock
) -> None:
    """It happens on the simulator's clock."""
    sim.faults.when(command="Bookings.Book").applied_late(10)
    arguments = {"Title": "T", "StartTime": "2026-01-01T10:00:00Z"}
    assert (await integration.command(phone, "Bookings.Book", arguments)).status == 200
    clock.pass_by(seconds=9)
    await sim.tick()
    assert phone.workspace.bookings == []
    clock.pass_by(seconds=1)
    await sim.tick()
    assert await integration.event_names() == ["BookingCreated"]


async def test_a_rival_is_an_instant_faster(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """The rival's booking exists, ours does not, and nothing says so but SyncRequired."""
    sim.faults.when(command="Bookings.Book").rival("Rival", 15)
    arguments = {"Title": "Mine", "StartTime": "2026-01-01T10:00:00Z"}
    assert (await integration.command(phone, "Bookings.Book", arguments)).status == 200
    assert [booking.title for booking in phone.workspace.bookings] == ["Rival"]
    assert await integration.event_names() == ["BookingCreated", "SyncRequired"]


async def test_message_faults(
    sim: WebexSimulator, integration: Client, phone: Device, clock: Clock
) -> None:
    """Events are dropped, doubled, delayed and reordered by name."""
    room = phone.workspace
    sim.silent = {
        "Bookings.Availability.Status",
        "Bookings.Availability.TimeStamp",
        "Bookings.Current.Id",
    }
    created = "Bookings.BookingCreated"

    def book() -> None:
        room.delete_locally(room.book_locally("T", sim.clock(), 5))

    sim.faults.events(created).drop()
    book()
    assert await integration.event_names() == ["Start", "Deleted"]
    sim.faults.events("Bookings.Start", device=phone).duplicate(3)
    book()
    assert (await integration.event_names()).count("Start") == 3
    sim.faults.events(created, workspace=room).reorder()
    book()
    assert await integration.event_names() == ["Start", "BookingCreated", "Deleted"]
    sim.faults.events(created).delay(5)
    book()
    assert await integration.event_names() == ["Start", "Deleted"]
    clock.pass_by(seconds=5)
    await sim.tick()
    assert await integration.event_names() == ["BookingCreated"]
    sim.faults.messages("status").drop()
    sim.silent = set()
    book()
    assert [message["type"] for message in await integration.messages()] == [
        "events",
        "events",
        "events",
        "status",
    ]


async def test_poll_faults(sim: WebexSimulator, integration: Client) -> None:
    """Polls fail like any request; with the answer lost, the messages are lost."""
    for status in (401, 404, 500):
        sim.faults.poll().status(status)
        assert (await integration.get(integration.poll_url)).status == status
    sim.faults.poll().no_messages()
    sim.push_message({"type": "one"})
    assert (await integration.get(integration.poll_url)).body == {"messages": []}
    assert await integration.messages() == [{"type": "one"}]
    sim.push_message({"type": "two"})
    sim.faults.poll().empty(applied=True)
    async with integration.session.get(
        integration.poll_url, headers=integration.headers
    ) as response:
        assert await response.read() == b""
    assert len(sim.queue) == 0


async def test_a_poll_can_be_cut(sim: WebexSimulator, integration: Client) -> None:
    """The client comes back (aiohttp repeats a GET by itself) and finds its messages."""
    sim.hold = 20
    poll = asyncio.create_task(integration.get(integration.poll_url))
    await sim.wait_for_poll()
    sim.cut_poll()
    sim.push_message({"type": "kept"})
    assert (await poll).body["messages"] == [{"type": "kept"}]
    polls = sim.requests.of(path=sim.app.poll_path)
    assert [entry.status for entry in polls] == [0, 200]
    poll = asyncio.create_task(integration.get(integration.poll_url))
    await sim.wait_for_poll()
    sim.faults.poll().drop()
    sim.cut_poll()
    with pytest.raises(aiohttp.ClientConnectionError):
        await poll
    sim.push_message({"type": "lost"})
    sim.cut_poll(lose=True)
    assert await integration.messages() == []


@pytest.mark.parametrize("refuse", [False, True])
async def test_the_whole_cloud_goes_down_and_comes_back(
    sim: WebexSimulator, integration: Client, refuse: bool
) -> None:
    """Held polls are cut, new connections fail, then all is as before."""
    sim.hold = 20
    async with aiohttp.ClientSession() as session:
        poll = asyncio.create_task(
            session.get(integration.poll_url, headers=integration.headers)
        )
        await sim.wait_for_poll()
        await sim.down(refuse=refuse)
        with pytest.raises(aiohttp.ClientConnectionError):
            await poll
    with pytest.raises(aiohttp.ClientConnectionError):
        await integration.get("/v1/devices")
    await sim.up()
    assert (await integration.get("/v1/devices")).status == 200


async def test_the_cloud_comes_back_by_itself(
    sim: WebexSimulator, integration: Client
) -> None:
    """An outage of some seconds."""
    await sim.down(0.02, refuse=True)
    while sim.closed:
        with pytest.raises(aiohttp.ClientConnectionError):
            await integration.get("/v1/devices")
        await asyncio.sleep(0.03)
    assert (await integration.get("/v1/devices")).status == 200


async def test_bad_records_and_bad_results(
    sim: WebexSimulator, integration: Client, phone: Device
) -> None:
    """List can show anything."""
    phone.records = [{"Id": 7}, "nonsense", None]
    assert await integration.bookings(phone) == phone.records
    sim.result_filter = lambda device, name, result: [name, result["ResultInfo"]]
    answer = await integration.command(phone, "Bookings.List")
    assert answer.body["result"] == ["Bookings.List", {"TotalRows": 3}]


async def test_stopping_with_a_held_poll_leaves_nothing_behind(
    clock: Clock, socket_enabled: None
) -> None:
    """Also under frozen time, where no timeout would ever end it."""
    with freeze_time("2026-01-01T09:00:00+00:00"):
        async with aiohttp.ClientSession() as session:
            async with WebexSimulator() as sim:
                client = Client(sim, session)
                await client.provision()
                poll = asyncio.create_task(client.get(client.poll_url))
                await sim.wait_for_poll()
            assert (await poll).body == {"messages": []}


async def test_ticking_by_itself(socket_enabled: None) -> None:
    """With `ticking`, timers fire without `tick`."""
    async with WebexSimulator(ticking=True) as sim, aiohttp.ClientSession() as session:
        client = Client(sim, session)
        await client.provision()
        sim.add_device(sim.add_workspace("Fjord"))
        sim.faults.messages("status").delay(0.01)
        sim.workspaces[0].book_locally("T", datetime.now(UTC), 30)
        first = await client.messages()
        second = (await client.get(client.poll_url)).body["messages"]
        assert [m["type"] for m in first + second] == ["events", "events", "status"]
