"""A Webex organisation on loopback, and the real client before it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

import aiohttp
import pytest

from custom_components.room_bookings.backends.xapi.backend import XapiBackend
from custom_components.room_bookings.backends.xapi.cloud.activation import checked_code
from custom_components.room_bookings.backends.xapi.cloud.client import (
    CloudClient,
    Credentials,
)
from custom_components.room_bookings.backends.xapi.cloud.limiter import RateLimiter
from custom_components.room_bookings.backends.xapi.cloud.transport import CloudTransport
from tests.backends.conftest import Clock
from tests.simulators.webex import WebexSimulator
from tests.simulators.xapi import Workspace

# Fast enough not to be noticed; test_limiter is about the real one.
QUICK = 5_000.0


@dataclass
class Rig:
    """The simulated cloud, and clients of it that are closed in the end."""

    sim: WebexSimulator
    session: aiohttp.ClientSession
    clock: Clock
    replaced: list[Credentials] = field(default_factory=list)
    opened: list[CloudClient] = field(default_factory=list)

    def credentials(self, **changes: str) -> Credentials:
        """Credentials of the simulated integration; nothing is asked for them."""
        known = {
            "client_id": self.sim.client_id,
            "client_secret": self.sim.client_secret,
            "app_id": self.sim.app.app_id,
            "refresh_token": self.sim.tokens.refresh_token,
            "oauth_url": f"{self.sim.api_url}/access_token",
            "app_url": self.sim.app_url,
            "api_url": self.sim.api_url,
        }
        return Credentials.of(known | changes)

    def client(self, **changes: str) -> CloudClient:
        """A client that has sent nothing yet."""
        client = CloudClient(
            self.session,
            self.credentials(**changes),
            self.replaced.append,
            RateLimiter(QUICK),
        )
        self.opened.append(client)
        return client

    async def activated(self) -> Credentials:
        """Credentials by an activation code, as a person brings it."""
        code = self.sim.activation_code()
        activation = await checked_code(self.client(), code, self.clock())
        return self.credentials(
            app_id=activation.app_id,
            refresh_token=activation.refresh_token,
            oauth_url=activation.oauth_url,
            app_url=activation.app_url,
        )

    def transport(self) -> CloudTransport:
        """A transport that is not connected yet."""
        return CloudTransport(self.client())

    def backend(self) -> XapiBackend:
        """A backend that is not connected yet, living at the simulator's time."""
        return XapiBackend(self.transport(), self.clock)

    def asked(self, path: str = "", **match: str) -> int:
        """How often the cloud was asked."""
        return self.sim.requests.number_of(path=path, **match)


@pytest.fixture
async def sim(clock: Clock, socket_enabled: None) -> AsyncGenerator[WebexSimulator]:
    """An empty organisation."""
    async with WebexSimulator(clock=clock, hold=0.2) as simulator:
        yield simulator


@pytest.fixture
async def rig(sim: WebexSimulator, clock: Clock) -> AsyncGenerator[Rig]:
    """A rig before an empty organisation."""
    async with aiohttp.ClientSession() as session:
        rig = Rig(sim, session, clock)
        yield rig
        for client in rig.opened:
            client.close()


@pytest.fixture
async def client(rig: Rig) -> CloudClient:
    """A client that has sent nothing yet."""
    return rig.client()


@pytest.fixture
def fjord(rig: Rig) -> Workspace:
    """A room with one phone."""
    workspace = rig.sim.add_workspace("Fjord", capacity=4)
    rig.sim.add_device(workspace)
    return workspace


@pytest.fixture
def birch(rig: Rig) -> Workspace:
    """A room with two phones."""
    workspace = rig.sim.add_workspace("Birch")
    rig.sim.add_device(workspace)
    rig.sim.add_device(workspace, name="Birch wall")
    return workspace
