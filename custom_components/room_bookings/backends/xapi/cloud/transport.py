"""xAPI devices through the Webex cloud: commands by REST, their words by a long-poll queue."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from ....rooms.errors import (
    AuthFailedError,
    BusyTryLaterError,
    NotFoundError,
    RejectedError,
    RoomError,
)
from ...backoff import Backoff
from ...signals import AuthLost, Connected, Disconnected, Removed
from ..transport import DeviceId, EmitTransport, EquippedRoom
from ..wire import Json, JsonObject, as_items, as_object, as_text
from .activation import action_claims
from .client import CloudClient
from .discovery import Discovery
from .messages import action_token, device_signals, next_address

# A server that answers empty polls at once is asked no more often than this, in seconds.
_EMPTY_POLL_EVERY: Final = 1.0
# A queue that only asks for patience for longer than this is as good as lost, in seconds.
_PATIENCE: Final = 60.0


class CloudTransport:
    """A `Transport` as a Workspace Integration (facts 7)."""

    def __init__(self, client: CloudClient) -> None:
        """Use a client that has sent nothing yet."""
        self._client = client
        self._discovery = Discovery(client)
        self._poll_address = ""

    async def connect(self) -> None:
        """Complete the provisioning; the cloud queues what devices say from here on."""
        app = await self._client.enable_queue()
        # Assumption `poll_url`: the queue is below the app where the answer does not say.
        address = next_address(app) or f"{self._client.credentials.app_url}/queue"
        self._poll_address = str(self._client.cloud.trusted(address))

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

    async def close(self) -> None:
        """Let go of whoever waits for a turn."""
        self._client.close()

    async def listen(self, emit: EmitTransport) -> None:
        """Poll for ever; return only when nothing but a person can make a poll succeed."""
        backoff = Backoff(most=30)
        loop = asyncio.get_running_loop()
        connected, heard_at = True, loop.time()
        while True:
            try:
                if not connected:
                    # A poll may hang for long before it proves anything; this answers at once.
                    await self.connect()
                    connected = True
                    emit(Connected())
                if await self._poll(emit):
                    emit(Removed())
                    return
                backoff.reset()
                heard_at = loop.time()
            except AuthFailedError:
                emit(AuthLost())
                return
            except RoomError as error:
                if isinstance(error, NotFoundError) and not connected:
                    emit(Removed())
                    return
                patient = isinstance(error, BusyTryLaterError)
                if connected and not (patient and loop.time() - heard_at < _PATIENCE):
                    connected = False
                    emit(Disconnected(type(error).__name__))
                await asyncio.sleep(backoff.wait(error))

    async def _poll(self, emit: EmitTransport) -> bool:
        """Hand over one poll's messages; whether the integration was removed."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        answer = await self._client.poll(self._poll_address)
        if address := next_address(answer):
            self._poll_address = str(self._client.cloud.trusted(address))
        messages = [as_object(message) for message in as_items(answer.get("messages"))]
        for message in messages:
            for signal in device_signals(message):
                emit(signal)
            if (token := action_token(message)) and await self._obey(token):
                return True
        if not messages:
            await asyncio.sleep(max(0.0, _EMPTY_POLL_EVERY - (loop.time() - began)))
        return False

    async def _obey(self, token: str) -> bool:
        """Do what the cloud says about the integration itself; whether that was to go.

        A word that is not the cloud's, or names addresses outside it, changes nothing.
        """
        try:
            claims = await action_claims(self._client, token, datetime.now(UTC))
            match as_text(claims.get("action")):
                case "deprovision":
                    return True
                case "update" | "updateApproved":
                    self._update(claims)
        except RejectedError:
            pass
        return False

    def _update(self, claims: JsonObject) -> None:
        changes: dict[str, str] = {}
        if token := as_text(claims.get("refreshToken")):
            changes["refresh_token"] = token
        for claim, name in (("appUrl", "app_url"), ("oauthUrl", "oauth_url")):
            if claims.get(claim):
                changes[name] = str(self._client.cloud.trusted(claims.get(claim)))
        if changes:
            self._client.replace_credentials(**changes)
