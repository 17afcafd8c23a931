"""Whatever happens on the way, it is known whether something may have been done."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC
import threading
import time

import pytest

from custom_components.room_bookings.backends.patience import retry_after
from custom_components.room_bookings.backends.tms import line
from custom_components.room_bookings.backends.tms.address import Authentication
from custom_components.room_bookings.backends.tms.client import TmsClient
from custom_components.room_bookings.backends.tms.transport import (
    Limits,
    SealedTransport,
)
from custom_components.room_bookings.rooms.errors import (
    AnswerLostError,
    BusyTryLaterError,
    PermissionDeniedError,
    RejectedError,
    RoomError,
    UnreachableError,
)
from tests.backends.raw_server import raw_server
from tests.simulators.tms import TmsSimulator, TmsSystem

from .conftest import LATER_ENOUGH, MakeClient, Script
from .documents import envelope, fault, listed

IMPATIENT = Limits(connect=5, read=0.3, deadline=20)
GOOD = envelope("DeleteConferenceById", None)


async def kind_of(call: Awaitable[object]) -> type[RoomError]:
    """The type of the error that a call ends with."""
    with pytest.raises(RoomError) as failed:
        await call
    return type(failed.value)


@pytest.mark.parametrize(
    ("status", "headers", "read", "change"),
    [
        (403, {}, PermissionDeniedError, PermissionDeniedError),
        (404, {}, UnreachableError, UnreachableError),
        (302, {"Location": "http://127.0.0.1:9/"}, UnreachableError, UnreachableError),
        (400, {}, UnreachableError, UnreachableError),
        (429, {}, BusyTryLaterError, BusyTryLaterError),
        (503, {"Retry-After": "5"}, BusyTryLaterError, BusyTryLaterError),
        (503, {}, UnreachableError, AnswerLostError),
        (502, {}, UnreachableError, AnswerLostError),
        (200, {}, UnreachableError, AnswerLostError),
    ],
)
async def test_statuses(
    scripted: TmsClient,
    script: Script,
    status: int,
    headers: dict[str, str],
    read: type[RoomError],
    change: type[RoomError],
) -> None:
    """With a page for people."""
    for _ in range(2):
        script.says(
            "<html><body>Well-formed</body></html>",
            status=status,
            content_type="text/html",
            headers=headers,
        )
    assert await kind_of(scripted.systems()) is read
    assert await kind_of(scripted.delete(1)) is change


@pytest.mark.parametrize(
    "spoilt",
    [
        {"content_type": "text/html"},
        {"content_type": None},
        {"content_type": "multipart/related; boundary=x"},
        {"headers": {"Content-Encoding": "br"}},
    ],
)
async def test_only_xml_is_read(
    scripted: TmsClient, script: Script, spoilt: dict[str, object]
) -> None:
    """Whatever the body looks like."""
    script.says(GOOD, **spoilt)
    script.says(listed(), **spoilt)
    assert await kind_of(scripted.delete(1)) is AnswerLostError
    assert await kind_of(scripted.conferences(1, *LATER_ENOUGH)) is UnreachableError
    script.says(GOOD, content_type="Application/XML")
    await scripted.delete(1)


@pytest.mark.parametrize("body", ["", "<a>", listed(), GOOD[:-3], "<!DOCTYPE a><a/>"])
async def test_an_answer_that_is_none(
    scripted: TmsClient, script: Script, body: str
) -> None:
    """May follow something that was done."""
    script.says(body, body)
    assert await kind_of(scripted.delete(1)) is AnswerLostError
    assert await kind_of(scripted.default_conference()) is UnreachableError


async def test_no_answer_is_too_large(
    scripted: TmsClient, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not read to its end; nor is that of a logon."""
    monkeypatch.setattr(line, "LARGEST", 100_000)
    for status in (200, 401, 500):
        script.says(
            "x" * 1_000_000, status=status, headers={"WWW-Authenticate": "NTLM"}
        )
        assert await kind_of(scripted.systems()) is UnreachableError
    script.says("x" * 1_000_000)
    assert await kind_of(scripted.delete(1)) is AnswerLostError


async def test_nobody_is_there(
    sim: TmsSimulator, client: TmsClient, make: MakeClient
) -> None:
    """Nothing was done."""
    await client.connect()
    await sim.down(refuse=True)
    assert await kind_of(client.delete(1)) is UnreachableError
    assert await kind_of(make(sim).delete(1)) is UnreachableError
    nowhere = make("http://127.0.0.1:1", authentication=Authentication.NTLM)
    assert await kind_of(nowhere.delete(1)) is UnreachableError


@pytest.mark.parametrize("schemes", [("NTLM",), ("Basic",)])
async def test_a_connection_that_is_cut(
    sim: TmsSimulator, client: TmsClient, room: TmsSystem, schemes: tuple[str, ...]
) -> None:
    """After the request that counts nobody knows; before, nothing was done."""
    sim.schemes = schemes
    await client.connect()
    for arm in (
        lambda: sim.faults.when("Delete*").drop(),
        lambda: sim.faults.when("Delete*").drop_answer(),
        lambda: sim.faults.when("Delete*").cut(),
        lambda: sim.faults.when("Delete*").truncated(),
        lambda: sim.faults.when("Delete*").garbage(),
        lambda: sim.faults.when("Delete*").entity_bomb(),
        lambda: sim.faults.when("Delete*").html(),
    ):
        # A client session, and a logon, are there: the next request is the one that counts.
        sim.faults.clear()
        with pytest.raises(RejectedError):
            await client.delete(1)
        arm()
        assert await kind_of(client.delete(1)) is AnswerLostError
    sim.faults.clear()
    sim.faults.when("Get*").times(1).drop()
    assert await kind_of(client.systems()) is UnreachableError
    assert len(await client.systems()) == 1


@pytest.mark.parametrize("fate", ["drop", "no_answer"])
async def test_a_logon_that_is_cut(
    sim: TmsSimulator, make: MakeClient, fate: str
) -> None:
    """Has done nothing, however often the request was sent with it."""
    for step in range(3):
        client = make(sim, limits=IMPATIENT)
        seen = len(sim.challenges)

        def in_step(_: object, seen: int = seen, step: int = step) -> bool:
            return len(sim.challenges) - seen >= step

        builder = sim.faults.logons(in_step)
        getattr(builder, fate)()
        assert await kind_of(client.delete(1)) is UnreachableError
        sim.faults.clear()
    assert not sim.requests


async def test_silence(sim: TmsSimulator, make: MakeClient) -> None:
    """Is not waited for forever."""
    client = make(sim, limits=IMPATIENT)
    await client.connect()
    sim.faults.when("GetSystemsForUser").no_answer()
    assert await kind_of(client.systems()) is UnreachableError
    sim.faults.when("Delete*").no_answer()
    assert await kind_of(client.delete(1)) is AnswerLostError


@asynccontextmanager
async def dripping(*pieces: bytes) -> AsyncGenerator[str]:
    """A server that goes on answering a little at a time; its address."""
    over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            for piece in pieces:
                writer.write(piece)
            while not over.is_set():
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.05)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        over.set()
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize(
    "pieces",
    [
        (b"HTTP/1.1 200 OK\r\nX-Never-Ends: ",),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n",),
        (b"HTTP/1.1 401 No\r\nWWW-Authenticate: NTLM\r\n\r\n",),
    ],
)
async def test_an_answer_without_end(
    socket_enabled: None, make: MakeClient, pieces: tuple[bytes, ...]
) -> None:
    """Is cut off when its time is over, however busy it is."""
    async with dripping(*pieces) as url:
        client = make(
            url,
            limits=Limits(connect=5, read=5, deadline=0.5),
            authentication=Authentication.NTLM,
        )
        began = time.monotonic()
        assert issubclass(await kind_of(client.systems()), UnreachableError)
        assert time.monotonic() - began < 4


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x00\xff\r\n\r\n",
        b"HTTP/1.1 200\r\n\r\n",
        b"HTTP/1.1 999 X\r\nContent-Type: text/xml\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\nContent-Type: text/xml\r\n\r\n<a/>",
        b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\nContent-Type: text/xml\r\n\r\n<a/>",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/xml\r\n\r\nz",
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500 + b"\r\n",
    ],
)
async def test_what_is_no_http(
    socket_enabled: None, make: MakeClient, answer: bytes
) -> None:
    """An error like any other."""
    async with raw_server(answer) as server:
        client = make(server.url, limits=IMPATIENT, authentication=Authentication.NTLM)
        assert await kind_of(client.systems()) is UnreachableError


async def test_one_call_at_a_time(sim: TmsSimulator, make: MakeClient) -> None:
    """On one server, of however many clients."""
    clients = [make(sim) for _ in range(3)]
    sim.faults.when("GetSystemsForUser").always().latency(0.01)
    await asyncio.gather(*[client.systems() for client in clients * 3])
    assert sim.most_at_once == 1
    assert sim.logons.total() == 3


async def test_a_call_that_is_given_up(
    sim: TmsSimulator, make: MakeClient, room: TmsSystem
) -> None:
    """Is not sent if it was not yet, and is followed by the next only when it is over."""
    first, second = make(sim), make(sim)
    await first.connect()
    await second.connect()
    slow = sim.faults.when("GetUsers").latency(0.3)
    running = asyncio.create_task(first.users())
    await slow.triggered()
    waiting = asyncio.create_task(second.delete(1))
    queued = asyncio.create_task(first.delete(2))
    await asyncio.sleep(0)
    for task in (running, waiting, queued):
        task.cancel()
    results = await asyncio.gather(running, waiting, queued, return_exceptions=True)
    assert all(isinstance(result, asyncio.CancelledError) for result in results)
    await second.systems()
    await first.systems()
    assert sim.most_at_once == 1
    assert sim.requests.number_of("DeleteConferenceById") == 0


async def test_closing(sim: TmsSimulator, make: MakeClient) -> None:
    """Ends the thread at once, whatever it waits for; nothing is sent afterwards."""
    before = threading.active_count()
    client, other = make(sim), make(sim)
    assert threading.active_count() == before
    await client.connect()
    silent = sim.faults.when("GetUsers").no_answer()
    running = asyncio.create_task(client.users())
    await silent.triggered()
    queued = asyncio.create_task(client.systems())
    elsewhere = asyncio.create_task(other.delete(1))
    await asyncio.sleep(0)
    began = time.monotonic()
    await other.close()
    await client.close()
    await client.close()
    assert time.monotonic() - began < 5
    for task in (running, queued, elsewhere):
        with pytest.raises(UnreachableError):
            await task
    assert not [t for t in threading.enumerate() if t.name.startswith("tms")]
    assert await kind_of(client.systems()) is UnreachableError
    assert sim.requests.number_of("GetSystemsForUser") == 0


async def test_nothing_happens_on_the_event_loop(
    sim: TmsSimulator, client: TmsClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither files nor connections nor XML."""
    threads = set()
    for target in (
        "custom_components.room_bookings.backends.tms.soap.Document",
        "custom_components.room_bookings.backends.tms.transport.Session",
        "custom_components.room_bookings.backends.tms.listings.each",
        "custom_components.room_bookings.backends.tms.soap.parse",
    ):
        module, _, name = target.rpartition(".")
        original: Callable[..., object] = getattr(
            __import__(module, fromlist=[name]), name
        )

        def spy(
            *args: object, original: Callable[..., object] = original, **kwargs: object
        ) -> object:
            threads.add(threading.current_thread())
            return original(*args, **kwargs)

        monkeypatch.setattr(target, spy)
    await client.connect()
    await client.systems()
    assert threads
    assert threading.main_thread() not in threads


def test_nothing_is_loaded_from_elsewhere() -> None:
    """Not even if a document asked for it."""
    with pytest.raises(UnreachableError):
        SealedTransport().load("http://tms.example.com/?wsdl")
    with pytest.raises(UnreachableError):
        SealedTransport().get("http://tms.example.com/?wsdl", {}, {})


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("soon", None),
        ("-1", None),
        ("9" * 50, None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 2015 07:28:00", 0.0),
        ("Wed, 99 Oct 2015 07:28:00 GMT", None),
    ],
)
def test_patience(value: str | None, seconds: float | None) -> None:
    """In seconds, or until a date."""
    assert retry_after(value, zone=UTC) == seconds


async def test_a_fault_with_status_200(scripted: TmsClient, script: Script) -> None:
    """Is a fault."""
    script.says(fault(-2147218302, "Gone."), fault(-2147218302, "Gone."))
    for call in (scripted.delete(1), scripted.users()):
        with pytest.raises(RejectedError, match="Gone"):
            await call


async def test_requests_have_a_length(
    sim: TmsSimulator, script: Script, make: MakeClient
) -> None:
    """And say what they are about; they go to the configured address and nowhere else."""
    async with raw_server(b"") as server:
        client = make(f"{server.url}/", authentication=Authentication.NTLM)
        assert await kind_of(client.systems()) is UnreachableError
        request = server.requests[0].decode()
    assert request.startswith(
        "POST /tms/external/booking/remotesetup/remotesetupservice.asmx HTTP/1.1\r\n"
    )
    head = request.partition("\r\n\r\n")[0].lower()
    assert "content-length: " in head
    assert "chunked" not in head
    assert "accept-encoding: identity" in head
    assert (
        'soapaction: "http://tandberg.net/2004/02/tms/external/booking/remotesetup/getsystemsforuser"'
        in head
    )
    assert "booking/remotesetup/" in request.partition("ExternalAPIVersion")[2]
