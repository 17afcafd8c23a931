"""Home Assistant's own REST and WebSocket API, as a frontend or a script uses them."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Any

import aiohttp

ANSWER_SECONDS = 60


class Refused(Exception):
    """Home Assistant answered with an error."""

    def __init__(self, code: str, message: str, translation_key: str | None) -> None:
        """Keep what Home Assistant said."""
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.translation_key = translation_key


class Client:
    """One person's access to Home Assistant."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        """Start without a token; nothing is sent yet."""
        self._session = session
        self._url = url
        self._ids = count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._subscribers: dict[int, Callable[[dict[str, Any]], None]] = {}
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self._reader: asyncio.Task[None] | None = None
        self.token: str | None = None

    async def request(
        self, method: str, path: str, *, json: Any = None, form: Any = None
    ) -> Any:
        """Return the decoded answer to a REST request. Raises Refused with the HTTP status."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self._session.request(
            method,
            f"{self._url}{path}",
            json=json,
            data=form,
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
        ) as response:
            is_json = response.content_type == "application/json"
            answer = await (response.json() if is_json else response.text())
            if response.status >= 400:
                message = answer.get("message") if isinstance(answer, dict) else answer
                raise Refused(str(response.status), str(message), None)
            return answer

    async def connect(self) -> None:
        """Open the WebSocket with the token."""
        self._socket = await self._session.ws_connect(
            f"{self._url}/api/websocket", max_msg_size=0
        )
        await self._socket.receive_json()
        await self._socket.send_json({"type": "auth", "access_token": self.token})
        answer = await self._socket.receive_json()
        if answer["type"] != "auth_ok":
            raise Refused(answer["type"], answer.get("message", ""), None)
        self._reader = asyncio.create_task(self._read(self._socket))

    async def close(self) -> None:
        """Close the WebSocket, if it is open."""
        if self._reader:
            self._reader.cancel()
            with suppress(asyncio.CancelledError):
                await self._reader
        if self._socket:
            await self._socket.close()
        self._reader = self._socket = None
        self._subscribers.clear()
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(Refused("closed", "the connection closed", None))

    async def call(self, type_: str, **fields: Any) -> Any:
        """Return the result of a WebSocket command. Raises Refused."""
        return await self._send(next(self._ids), type_, fields)

    async def subscribe(
        self, type_: str, on_event: Callable[[dict[str, Any]], None], **fields: Any
    ) -> None:
        """Call back with every event of a subscription, until the WebSocket closes."""
        number = next(self._ids)
        self._subscribers[number] = on_event
        await self._send(number, type_, fields)

    async def action(
        self,
        name: str,
        data: dict[str, Any] | None = None,
        *,
        entity_id: str | None = None,
        respond: bool = False,
    ) -> Any:
        """Perform an action and return its response, where one is asked for. Raises Refused."""
        domain, service = name.split(".")
        result = await self.call(
            "call_service",
            domain=domain,
            service=service,
            service_data=data or {},
            return_response=respond,
            **({"target": {"entity_id": entity_id}} if entity_id else {}),
        )
        return result.get("response")

    async def _send(self, number: int, type_: str, fields: dict[str, Any]) -> Any:
        if self._socket is None:
            raise RuntimeError("the WebSocket is not open")
        answer = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        try:
            await self._socket.send_json({"id": number, "type": type_, **fields})
            async with asyncio.timeout(ANSWER_SECONDS):
                return await answer
        finally:
            del self._answers[number]

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            message = frame.json()
            if message["type"] == "event":
                if subscriber := self._subscribers.get(message["id"]):
                    subscriber(message["event"])
            elif answer := self._answers.get(message["id"]):
                _settle(answer, message)


def _settle(answer: asyncio.Future[Any], message: dict[str, Any]) -> None:
    if answer.done():
        return
    if message["success"]:
        answer.set_result(message["result"])
        return
    error = message["error"]
    answer.set_exception(
        Refused(error["code"], error["message"], error.get("translation_key"))
    )
