"""xAPI devices through the Webex cloud: commands by REST, their words by a long-poll queue."""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from ....rooms.errors import (
    AuthFailedError,
    BusyTryLaterError,
    NotFoundError,
    RejectedError,
    RoomError,
    UnreachableError,
)
from ...backoff import Backoff
from ...signals import AuthLost, Connected, Disconnected, Removed
from ..transport import DeviceId, EmitTransport, EquippedRoom
from ..wire import Json, JsonObject, as_items, as_object, as_text
from .activation import action_claims
from .addresses import UntrustedAddressError
from .client import CloudClient
from .discovery import Discovery
from .messages import action_token, device_signals, next_address

# A server that answers at once without news is asked no more often than this, in seconds.
_IDLE_POLL_EVERY: Final = 1.0
# A queue that only asks for patience for longer than this is as good as lost, in seconds.
_PATIENCE: Final = 60.0
# An order whose sender cannot be checked now is looked at again after so many seconds;
# so many wait at most.
_CHECK_AGAIN: Final = 30.0
_MAX_ORDERS: Final = 20
# The cloud said so often in a row that it does not know this integration.
_GONE_AFTER: Final = 2


class CloudTransport:
    """A `Transport` as a Workspace Integration (facts 7)."""

    def __init__(self, client: CloudClient) -> None:
        """Use a client that has sent nothing yet."""
        self._client = client
        self._discovery = Discovery(client)
        self._provisioned = False
        self._poll_address = ""
        # What the cloud says about the integration itself, and nobody has checked yet.
        self._orders: deque[str] = deque(maxlen=_MAX_ORDERS)
        self._check_at = 0.0

    async def connect(self) -> None:
        """Complete the provisioning; the cloud queues what devices say from here on."""
        app = await self._client.enable_queue()
        # Assumption `poll_url`: the queue is below the app where the answer does not say.
        address = next_address(app) or f"{self._client.credentials.app_url}/queue"
        self._poll_address = str(self._client.cloud.trusted(address))
        self._provisioned = True

    async def rooms(self) -> Sequence[EquippedRoom]:
        """All rooms of the organisation that this integration may see."""
        return await self._discovery.rooms()

    async def command(
        self,
        device_id: DeviceId,
        name: str,
        arguments: Mapping[str, Json],
        *,
        urgent: bool,
    ) -> Json:
        """Run a command on a device."""
        return await self._client.command(device_id, name, arguments, urgent=urgent)

    async def status(self, device_id: DeviceId, *names: str) -> Mapping[str, Json]:
        """Read statuses of a device."""
        return await self._client.status(device_id, *names)

    async def obstacle(self, device_id: DeviceId, command: str) -> str | None:
        """None: a workspace integration does not see the settings (facts 7.1)."""
        return None

    async def close(self) -> None:
        """Let go of whoever waits for a turn."""
        self._client.close()

    async def listen(self, emit: EmitTransport) -> None:
        """Poll for ever; return only when nothing but a person can make a poll succeed."""
        loop = asyncio.get_running_loop()
        backoff = Backoff(most=30)
        connected = polled = True
        heard_at = loop.time()
        unknown = 0
        while True:
            try:
                if not self._provisioned:
                    await self.connect()
                    unknown = 0
                    # A poll may hang for long before it proves anything; this answers at
                    # once. But it proves nothing where the polls after it fail.
                    if polled:
                        connected, polled = True, False
                        emit(Connected())
                began = loop.time()
                answer = await self._client.poll(self._poll_address)
                if not connected:
                    connected = True
                    emit(Connected())
                polled, heard_at, unknown = True, loop.time(), 0
                backoff.reset()
                news = self._hand_over(answer, emit)
                if await self._obey():
                    emit(Removed())
                    return
                if not news:
                    await asyncio.sleep(began + _IDLE_POLL_EVERY - loop.time())
            except AuthFailedError:
                emit(AuthLost())
                return
            except RoomError as error:
                unknown = unknown + 1 if isinstance(error, NotFoundError) else 0
                if unknown >= _GONE_AFTER:
                    emit(Removed())
                    return
                wait = backoff.wait(error)
                if (
                    not isinstance(error, BusyTryLaterError)
                    or loop.time() + wait - heard_at > _PATIENCE
                ):
                    self._provisioned = False
                    if connected:
                        connected = False
                        emit(Disconnected(type(error).__name__))
                await asyncio.sleep(wait)

    def _hand_over(self, answer: JsonObject, emit: EmitTransport) -> bool:
        """Hand over one poll's messages; whether there was any news among them."""
        news = False
        for message in map(as_object, as_items(answer.get("messages"))):
            for signal in device_signals(message):
                news = True
                emit(signal)
            if token := action_token(message):
                self._orders.append(token)
        with suppress(UntrustedAddressError):
            if address := next_address(answer):
                self._poll_address = str(self._client.cloud.trusted(address))
        return news

    async def _obey(self) -> bool:
        """Do what the cloud says about the integration itself; whether that was to go.

        An order that is not the cloud's, or names addresses outside it, changes nothing;
        one that cannot be checked now waits, for nobody says it again.
        """
        loop = asyncio.get_running_loop()
        while self._orders and loop.time() >= self._check_at:
            now = datetime.now(UTC)
            try:
                claims = await action_claims(self._client, self._orders[0], now)
                action = as_text(claims.get("action"))
                if action in ("update", "updateApproved"):
                    self._update(claims)
            except RejectedError:
                action = ""
            except UnreachableError, BusyTryLaterError:
                self._check_at = loop.time() + _CHECK_AGAIN
                break
            self._orders.popleft()
            if action == "deprovision":
                return True
        return False

    def _update(self, claims: JsonObject) -> None:
        changes: dict[str, str] = {}
        if token := as_text(claims.get("refreshToken")):
            changes["refresh_token"] = token
        for claim, name in (("appUrl", "app_url"), ("oauthUrl", "oauth_url")):
            if claims.get(claim):
                changes[name] = str(self._client.cloud.trusted(claims.get(claim)))
        if not changes:
            return
        moved = changes.get("app_url", self._client.credentials.app_url)
        if moved != self._client.credentials.app_url:
            # What the devices say goes into another queue from here on.
            self._provisioned = False
        self._client.replace_credentials(**changes)
