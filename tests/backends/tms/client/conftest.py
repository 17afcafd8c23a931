"""A simulated TMS, a server that says whatever it is told, and clients of both."""

from collections import deque
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aiohttp import web
import pytest

from custom_components.room_bookings.backends.tms.address import (
    Authentication,
    TmsAddress,
)
from custom_components.room_bookings.backends.tms.client import TmsClient
from custom_components.room_bookings.backends.tms.transport import Limits
from tests.simulators.tms import TmsSimulator, TmsSystem

from .documents import in_soap_11

NOW = datetime(2026, 1, 7, 9, 0, tzinfo=UTC)
# Long enough for a slow machine; tests about waiting have shorter ones.
LATER_ENOUGH = NOW, NOW + timedelta(days=1)
LIMITS = Limits(connect=5, read=10, deadline=20)


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        """The time it shows."""
        return self.now

    def pass_by(self, **interval: float) -> None:
        """Move it on."""
        self.now += timedelta(**interval)


@dataclass
class Said:
    """What the server says next."""

    body: bytes
    status: int = 200
    content_type: str | None = "text/xml; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Script:
    """A server that asks for no account, and what it was asked."""

    url: str = ""
    answers: deque[Said] = field(default_factory=deque)
    asked: list[str] = field(default_factory=list)

    def says(self, *documents: str, status: int = 200, **other: object) -> None:
        """Answer so, one after the other."""
        for document in documents:
            self.answers.append(Said(in_soap_11(document).encode(), status, **other))  # type: ignore[arg-type]


type MakeClient = Callable[..., TmsClient]


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
async def sim(clock: Clock, socket_enabled: None) -> AsyncGenerator[TmsSimulator]:
    """A TMS that never had to complain in the end."""
    async with TmsSimulator(clock=clock) as simulator:
        yield simulator
        assert simulator.violations == []


@pytest.fixture
def room(sim: TmsSimulator) -> TmsSystem:
    """A room there."""
    return sim.add_system("Fjord")


@pytest.fixture
async def make() -> AsyncGenerator[MakeClient]:
    """Makes clients, which are closed in the end."""
    made: list[TmsClient] = []

    def make_client(
        of: TmsSimulator | Script | str, limits: Limits = LIMITS, **changes: object
    ) -> TmsClient:
        known: dict[str, object] = {
            "verify_ssl": False,
            "username": "u",
            "password": "p",
        }
        if isinstance(of, TmsSimulator):
            known |= {"username": of.username, "password": of.password}
        if isinstance(of, Script):
            known["authentication"] = Authentication.NTLM
        known["url"] = of if isinstance(of, str) else of.url
        client = TmsClient(TmsAddress(**(known | changes)), limits)  # type: ignore[arg-type]
        made.append(client)
        return client

    yield make_client
    for client in made:
        await client.close()


@pytest.fixture
def client(sim: TmsSimulator, make: MakeClient) -> TmsClient:
    """A client of the simulated TMS that has said nothing yet."""
    return make(sim)


@pytest.fixture
async def script(socket_enabled: None) -> AsyncGenerator[Script]:
    """A server that says whatever it is told."""
    script = Script()

    async def handle(request: web.Request) -> web.Response:
        script.asked.append(await request.text())
        said = script.answers.popleft()
        headers = dict(said.headers)
        if said.content_type is not None:
            headers["Content-Type"] = said.content_type
        return web.Response(body=said.body, status=said.status, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    script.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield script
    await runner.cleanup()
    assert not script.answers


@pytest.fixture
def scripted(script: Script, make: MakeClient) -> TmsClient:
    """A client of the server that says whatever it is told."""
    return make(script)
