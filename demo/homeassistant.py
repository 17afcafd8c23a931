"""A real Home Assistant in a folder of its own, with this checkout's integration."""

import json
from pathlib import Path
import sys
from typing import Any

import aiohttp

from .client import Client, Refused
from .process import Process, free_port
from .states import State, States
from .waiting import until

INTEGRATION = Path(__file__).parent.parent / "custom_components/room_bookings"
DOMAIN = INTEGRATION.name
START_SECONDS = 120
STOPPED = (aiohttp.ClientError, Refused)

# Quoted where YAML would read something else: a bare NO is a boolean.
CONFIGURATION = """\
homeassistant:
  name: Room Bookings demo
  time_zone: {time_zone}
  country: "NO"
automation: !include {automations}
frontend:
api:
config:
conversation:
diagnostics:
history:
logbook:
recorder:
  commit_interval: 1
system_health:
logger:
  default: warning
  logs:
    custom_components.{domain}: debug
    # A machine without cameras and their programs is fine.
    haffmpeg: fatal
    homeassistant.components.camera: fatal
"""
AUTOMATIONS = "automations.yaml"
# Read once: Home Assistant takes it over into its own storage.
HTTP = """\
http:
  server_host: 127.0.0.1
  server_port: {port}
"""
# These onboarding steps set up cloud services that a demo does not want.
ONBOARDING = {
    "version": 4,
    "minor_version": 1,
    "key": "onboarding",
    "data": {"done": ["core_config", "analytics", "integration"]},
}


class HomeAssistant:
    """Home Assistant as a child process, and one logged-in person's access to it.

    `states` mirrors its state machine, `events` keeps everything on its event bus as JSON.
    """

    def __init__(
        self, folder: Path, session: aiohttp.ClientSession, port: int | None = None
    ) -> None:
        """Choose the place; nothing is written or started yet."""
        self.folder = folder
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.client = Client(session, self.url)
        self.states = States()
        self.events: list[str] = []
        self.tokens: dict[str, Any] = {}
        self._client_id = f"{self.url}/"
        self._process = Process(
            sys.executable,
            *("-m", "homeassistant", "--config", str(folder)),
            output=folder / "console.log",
        )

    @property
    def log(self) -> str:
        """Everything Home Assistant has said."""
        return self._process.output.read_text(errors="replace")

    def log_tail(self, lines: int = 40) -> str:
        """Return the last lines that Home Assistant said."""
        return self._process.tail(lines)

    async def install(self, user: str, password: str) -> None:
        """Start a new Home Assistant and go through its onboarding as its first person."""
        self._write_configuration(HTTP.format(port=self.port))
        (self.folder / AUTOMATIONS).write_text("[]\n")
        storage = self.folder / ".storage"
        storage.mkdir()
        (storage / "onboarding").write_text(json.dumps(ONBOARDING))
        components = self.folder / "custom_components"
        components.mkdir()
        (components / DOMAIN).symlink_to(INTEGRATION)

        await self._start()
        await self._make_owner(user, password)
        await self._connect()
        await self.client.call("http/config/promote")
        # Told about the YAML above, which is taken out again in the next line.
        await self.client.call(
            "repairs/ignore_issue",
            domain="http",
            issue_id="deprecated_yaml",
            ignore=True,
        )
        self._write_configuration("")

    async def log_in(self, username: str, password: str) -> dict[str, Any]:
        """Return the tokens that a browser gets at Home Assistant's login page. Raises Refused."""
        flow = await self.client.request(
            "POST",
            "/auth/login_flow",
            json={
                "client_id": self._client_id,
                "handler": ["homeassistant", None],
                "redirect_uri": self._client_id,
            },
        )
        answer = await self.client.request(
            "POST",
            f"/auth/login_flow/{flow['flow_id']}",
            json={
                "client_id": self._client_id,
                "username": username,
                "password": password,
            },
        )
        return await self._tokens(answer["result"])

    async def stop(self) -> None:
        """Stop Home Assistant as an operator would."""
        await self.client.close()
        await self._process.stop()

    async def restart(self) -> None:
        """Stop Home Assistant, start it again and be connected again."""
        await self.stop()
        self.states.clear()
        await self._start()
        await self._connect()

    async def kill(self) -> None:
        """End Home Assistant as a power cut would."""
        await self.client.close()
        await self._process.kill()

    def _write_configuration(self, http: str) -> None:
        text = CONFIGURATION.format(
            automations=AUTOMATIONS, domain=DOMAIN, time_zone=_time_zone()
        )
        (self.folder / "configuration.yaml").write_text(text + http)

    async def _start(self) -> None:
        await self._process.start()
        await until("Home Assistant answers", self._answers, START_SECONDS)

    async def _answers(self) -> bool:
        if not self._process.runs:
            raise RuntimeError(f"Home Assistant ended:\n{self.log_tail()}")
        try:
            await self.client.request("GET", "/manifest.json")
            if self.client.token:
                config = await self.client.request("GET", "/api/config")
                return bool(config["state"] == "RUNNING")
        except STOPPED:
            return False
        return True

    async def _make_owner(self, user: str, password: str) -> None:
        step = {
            "client_id": self._client_id,
            "name": user.capitalize(),
            "username": user,
            "password": password,
            "language": "en",
        }
        code = await until("onboarding", lambda: self._onboard(step), START_SECONDS)
        self.tokens = await self._tokens(code)
        self.client.token = self.tokens["access_token"]
        await until("Home Assistant runs", self._answers, START_SECONDS)

    async def _onboard(self, step: dict[str, str]) -> str | None:
        try:
            answer = await self.client.request(
                "POST", "/api/onboarding/users", json=step
            )
        except STOPPED:
            return None
        code: str = answer["auth_code"]
        return code

    async def _tokens(self, code: str) -> dict[str, Any]:
        grant = {
            "client_id": self._client_id,
            "grant_type": "authorization_code",
            "code": code,
        }
        tokens = await self.client.request("POST", "/auth/token", form=grant)
        return {**tokens, "hassUrl": self.url, "clientId": self._client_id}

    async def _connect(self) -> None:
        await self.client.connect()
        await self.client.subscribe("subscribe_events", self._take_over)
        for state in await self.client.call("get_states"):
            self.states.set(State.from_wire(state))

    def _take_over(self, event: dict[str, Any]) -> None:
        self.events.append(json.dumps(event))
        data = event["data"]
        if event["event_type"] != "state_changed":
            return
        if data["new_state"]:
            self.states.set(State.from_wire(data["new_state"]))
        else:
            self.states.forget(data["entity_id"])


def _time_zone() -> str:
    """Return this machine's zone, so that the dashboard shows its wall clock."""
    zones = "/zoneinfo/"
    local = str(Path("/etc/localtime").resolve())
    return local.split(zones, 1)[1] if zones in local else "UTC"
