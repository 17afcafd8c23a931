"""A simulator as a child process, seen through its control API."""

from abc import ABC, abstractmethod
from datetime import datetime
from pathlib import Path
import sys
from typing import Any

import aiohttp

from demo.client import Client
from demo.process import Process, free_port
from demo.waiting import until

START_SECONDS = 60


class Simulated(ABC):
    """One system, seen through its simulator's control API."""

    name: str
    # Of the simulator's command line; `{port}` becomes the control API's port.
    arguments: tuple[str, ...]
    # What the control API's faults know a call by.
    matched: str

    def __init__(self, session: aiohttp.ClientSession, folder: Path) -> None:
        """Choose a port for the control API; nothing is started yet."""
        self._session = session
        port = free_port()
        self._control = f"http://127.0.0.1:{port}/_control"
        self._process = Process(
            sys.executable,
            *("-m", f"tests.simulators.{self.name}"),
            *(argument.format(port=port) for argument in self.arguments),
            output=folder / f"{self.name}.log",
        )
        self._about: dict[str, Any] = {}

    async def start(self) -> None:
        """Start the simulator and wait until it answers."""
        await self._process.start()
        self._about = await until(
            f"the {self.name} simulator", self._ask, START_SECONDS
        )

    async def stop(self) -> None:
        """End the simulator."""
        await self._process.stop()

    async def _ask(self) -> dict[str, Any] | None:
        if not self._process.runs:
            raise RuntimeError(
                f"the {self.name} simulator ended:\n{self._process.tail(20)}"
            )
        try:
            return await self.control("GET", "")
        except aiohttp.ClientError:
            return None

    async def control(
        self, method: str, path: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the control API's answer."""
        async with self._session.request(
            method, f"{self._control}{path}", json=body
        ) as response:
            answer: dict[str, Any] = await response.json()
            if response.status >= 400:
                raise RuntimeError(f"{method} {path}: {answer}")
            return answer

    async def now(self) -> datetime:
        """Return the time of the simulator's clock."""
        return datetime.fromisoformat((await self.control("GET", ""))["time"])

    def _match(self, what: str) -> dict[str, Any]:
        """Return how the control API is told to which calls a fault happens."""
        return {self.matched: what}

    async def fault(
        self, what: str, effect: str, times: int | None = 1, **parameters: Any
    ) -> None:
        """Let something go wrong with the next calls."""
        await self.control(
            "POST",
            "/faults",
            {
                "match": self._match(what),
                "times": times,
                "effect": effect,
                "with": parameters,
            },
        )

    def _told(self, key: str) -> str:
        """Return what the simulator told of itself at its start."""
        told: str = self._about[key]
        return told

    @property
    @abstractmethod
    def rooms(self) -> list[str]:
        """The names of its rooms."""

    @property
    def room(self) -> str:
        """The name of its first room, or of its only one."""
        return self.rooms[0]

    @abstractmethod
    async def add_to(self, client: Client) -> str:
        """Add it to Home Assistant through the integration's config flow; the entry's id."""

    @abstractmethod
    async def seed(self) -> None:
        """Book an ordinary day."""

    @abstractmethod
    async def live(self) -> None:
        """Let people come and go until cancelled."""


class Account(Simulated):
    """A system that a user with a password works with."""

    @property
    def username(self) -> str:
        """The name of the user."""
        return self._told("username")

    @property
    def password(self) -> str:
        """The password of that user, before anybody changed it."""
        return self._told("password")


def minutes_into_quarter() -> float:
    """Return how many minutes of the quarter of an hour are over."""
    now = local_now()
    return now.minute % 15 + now.second / 60 + now.microsecond / 60e6


def local_now() -> datetime:
    """Return the time of this machine's clock on the wall."""
    return datetime.now().astimezone()
