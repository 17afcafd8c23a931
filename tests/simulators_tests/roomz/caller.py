"""A caller of the simulated system that knows only HTTP."""

from datetime import timedelta
from typing import Any

import aiohttp
from aiohttp import encode_basic_auth

from tests.simulators.roomz import RoomzSimulator
from tests.simulators_tests.answer import Answer

DAY = {"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}
MINUTE = timedelta(minutes=1)
WISH = {
    "subject": "My Subject",
    "startDateUTC": "2026-01-01T12:00:00Z",
    "endDateUTC": "2026-01-01T12:30:00Z",
}


class Caller:
    """Knows HTTP and the credentials."""

    def __init__(self, sim: RoomzSimulator, session: aiohttp.ClientSession) -> None:
        """Speak to a simulator."""
        self.sim = sim
        self.session = session

    @property
    def headers(self) -> dict[str, str]:
        """The credentials."""
        token = encode_basic_auth(self.sim.username, self.sim.password)
        return {"Authorization": token}

    async def __call__(
        self, method: str, path: str, body: Any = None, **options: Any
    ) -> Answer:
        """Ask for a path below the contract's, or of the control API."""
        base = self.sim.base_url if path.startswith("/_control") else self.sim.url
        options.setdefault("headers", self.headers)
        if body is not None:
            options["json"] = body
        async with self.session.request(method, f"{base}{path}", **options) as answer:
            value: Any = await answer.read()
            if value and answer.content_type == "application/json":
                value = await answer.json()
            return Answer(answer.status, dict(answer.headers), value)
