"""What displays send."""

from datetime import datetime
import json
from typing import Any

from tests.integration.house import House
from tests.simulators.roomz.strict_client import StrictClient

from .conftest import AUTHORIZATION

STUDIO, FJORD = "Studio", "Fjord"
BOOK = "Bookings.Book"


def written(when: datetime) -> str:
    """A time as the contract has it."""
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


async def send(
    display: StrictClient, method: str, path: str, body: Any
) -> tuple[int, Any]:
    """Send a body, or bytes that are none; the status and the content of the answer."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with display.session.request(
        method, f"{display.url}/rooms/{path}", data=data, headers=AUTHORIZATION
    ) as answer:
        return answer.status, await answer.json()


async def put(
    house: House, display: StrictClient, room: str, meeting_id: str, **body: Any
) -> tuple[int, Any]:
    """Change a meeting."""
    path = f"{house.workspace(room).id}/meetings/{meeting_id}"
    return await send(display, "PUT", path, body)


async def post(
    house: House, display: StrictClient, room: str, body: Any
) -> tuple[int, Any]:
    """Book a room."""
    path = f"{house.workspace(room).id}/meetings"
    return await send(display, "POST", path, body)


def slot(house: House, start: float, end: float) -> dict[str, str]:
    """The times of a body."""
    return {
        "startDateUTC": written(house.at(start)),
        "endDateUTC": written(house.at(end)),
    }
