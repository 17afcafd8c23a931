"""What tests ask of the cloud."""

from datetime import UTC, datetime
from typing import Any

from custom_components.room_bookings.backends.xapi.cloud import client as module
from custom_components.room_bookings.backends.xapi.cloud.client import CloudClient
from tests.backends.xapi.conftest import Rig
from tests.simulators.xapi import Device


async def list_bookings(client: CloudClient, device: Device | str) -> Any:
    """What Bookings List of a device answers."""
    device_id = device if isinstance(device, str) else device.id
    return await client.command(device_id, "Bookings.List", {}, urgent=True)


async def book(client: CloudClient, device: Device | str) -> Any:
    """Book now, for half an hour."""
    device_id = device if isinstance(device, str) else device.id
    return await client.command(
        device_id, "Bookings.Book", {"Title": "Secret meeting"}, urgent=True
    )


def with_token(rig: Rig, url: str) -> CloudClient:
    """A client of another server, with a token already."""
    client = rig.client(api_url=f"{url}/v1", oauth_url=f"{url}/v1/token")
    client._token = module._Token(
        value="secret-token",
        renew_at=datetime.max.replace(tzinfo=UTC),
        good_until=datetime.max.replace(tzinfo=UTC),
    )
    return client
