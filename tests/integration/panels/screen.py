"""A screen on a wall: one connection to Home Assistant that hears what it is told."""

import asyncio
from collections.abc import Sequence
from typing import Any, Self

from aiohttp import WSMsgType
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from tests.integration.house import House
from tests.integration.virtual_time import VirtualTime

type Facts = dict[str, Any]


class Screen:
    """One connection; `settle` the house's clock to have read all that was sent."""

    def __init__(self, client: Any, clock: VirtualTime) -> None:
        """Hear nothing yet."""
        self._client = client
        self._clock = clock
        self._next_id = 0
        self._answers: dict[int, asyncio.Future[Facts]] = {}
        self._reading = asyncio.get_running_loop().create_task(self._read())
        self.events: dict[int, list[Facts]] = {}
        """What each subscription was told, by its id."""

    @classmethod
    async def of(
        cls, house: House, connect: WebSocketGenerator, token: str | None = None
    ) -> Self:
        """A screen in the house, of the user of this token, else an administrator."""
        who = {} if token is None else {"access_token": token}
        return cls(await connect(house.hass, **who), house.clock)

    async def _read(self) -> None:
        async for message in self._client:
            assert message.type is WSMsgType.TEXT
            answer = message.json()
            if answer["type"] == "event":
                self.events.setdefault(answer["id"], []).append(answer["event"])
            else:
                self._answers.pop(answer["id"]).set_result(answer)

    async def ask(self, kind: str, **data: Any) -> Facts:
        """Send a command; its answer."""
        self._next_id += 1
        answer = asyncio.get_running_loop().create_future()
        self._answers[self._next_id] = answer
        await self._client.send_json({"id": self._next_id, "type": kind, **data})
        return await answer

    async def subscribe(self, entity_ids: Sequence[Any]) -> Facts:
        """Ask to be told of rooms; the answer."""
        return await self.ask("room_bookings/subscribe", entity_ids=entity_ids)

    async def follow(self, *entity_ids: str) -> list[Facts]:
        """Be told of rooms for the first time: what is said of them."""
        answer = await self.subscribe(entity_ids)
        assert answer["success"]
        await self._clock.settle()
        return self.told()

    async def unsubscribe(self, subscription: int) -> None:
        """Want to hear no more."""
        answer = await self.ask("unsubscribe_events", subscription=subscription)
        assert answer["success"]

    def told(self, subscription: int = 1) -> list[Facts]:
        """What the events said of rooms since somebody asked last."""
        events, self.events[subscription] = self.events.get(subscription, []), []
        return [event["rooms"] for event in events]

    async def close(self) -> None:
        """Hang up."""
        await self._client.close()
        await self._reading
