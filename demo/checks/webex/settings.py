"""What can be changed about an entry after it was added."""

from demo.check import expect, present, step
from demo.checks.entry import reauth_flow, reload
from demo.checks.part import Part
from demo.checks.scene import Scene
from demo.flows import Flow
from demo.homeassistant import DOMAIN
from demo.systems.webex import Webex


class Settings(Part[Webex]):
    """An administrator changes options and credentials."""

    def __init__(self, scene: Scene, system: Webex) -> None:
        """Use the third room, where a meeting is under way."""
        super().__init__(scene, system)
        self.room = system.rooms[2]

    async def _set(self, **options: object) -> None:
        mark = await self.scene.mark()
        flow = await Flow.options(self.scene.home.client, self.scene.entry_id)
        expect("the options", flow.type, "form")
        await flow.submit(options)
        expect("the options afterwards", flow.type, "create_entry")
        await self.scene.reloaded(mark)

    @step("hide all titles, and show them again")
    async def titles(self) -> None:
        """The option counts at once for what runs."""
        await self._set(titles="hide_all")
        await self.scene.reaches(
            self.room, "sensor", "current_booking", "Booked", seconds=30
        )
        await self._set(titles="hide_private")
        await self.scene.reaches(
            self.room, "sensor", "current_booking", "Under way", seconds=30
        )

    @step("the default duration is what book_now takes")
    async def default_duration(self) -> None:
        """Fifteen minutes instead of thirty."""
        first = self.system.rooms[0]
        await self.system.clear(first)
        await self._set(titles="hide_private", default_duration=15)
        await self.scene.press(first, "book_now")
        booking = present("at the device", await self.system.current(first))
        minutes = round((booking.end - booking.start).total_seconds() / 60)
        expect("minutes at the device", minutes, 15)
        await self.scene.press(first, "end_meeting")

    @step("reconfigure with a new activation code")
    async def reconfigure(self) -> None:
        """The entry stays the same one."""
        flow = await Flow.reconfigure(
            self.scene.home.client, DOMAIN, self.scene.entry_id
        )
        expect("the form", flow.type, "form")
        answers = await self.system.credentials()
        self.scene.secrets |= self.system.secrets(answers)
        mark = await self.scene.mark()
        await flow.submit(answers)
        expect("the end", (flow.type, flow.reason), ("abort", "reconfigure_successful"))
        await self.scene.reloaded(mark)
        await self.scene.reaches(
            self.room, "sensor", "current_booking", "Under way", seconds=30
        )

    @step("credentials that were revoked are asked for again")
    async def reauth(self) -> None:
        """The reauth flow takes a new activation code, and all goes on."""
        await self.system.control("POST", "/revoke")
        await reload(self.scene)
        await self._reauthenticate()

    @step("a refresh token that the cloud replaces is kept")
    async def replaced(self) -> None:
        """It is what the next access token is asked with."""
        token = "the-cloud-said-so-" * 3
        self.scene.secrets.add(token)
        await self.system.control("POST", "/update", {"refresh_token": token})
        await self.system.control("GET", "/poll?timeout=10")
        await self.system.control("POST", "/expire_tokens")
        await self.scene.sync(self.room)

    @step("an integration removed in Control Hub is told, and taken back")
    async def deprovisioned(self) -> None:
        """A repair issue until a new activation code comes."""
        before = await self.scene.issues()
        await self.system.control("POST", "/deprovision")
        issue_id = await self.scene.new_issue(before)
        await self._reauthenticate()
        await self.scene.issue_gone(issue_id)

    async def _reauthenticate(self) -> None:
        flow = await reauth_flow(self.scene)
        answers = await self.system.credentials()
        self.scene.secrets |= self.system.secrets(answers)
        await flow.submit(
            {key: answers[key] for key in ("client_secret", "activation_code")}
        )
        expect("the end", (flow.type, flow.reason), ("abort", "reauth_successful"))
        await self.scene.ready()
        await self.scene.reaches(
            self.room, "sensor", "current_booking", "Under way", seconds=30
        )

    @step("disable and enable the entry")
    async def disable(self) -> None:
        """It unloads and loads."""
        client, entry_id = self.scene.home.client, self.scene.entry_id
        await client.call(
            "config_entries/disable", entry_id=entry_id, disabled_by="user"
        )
        calendar = self.scene.rooms[self.room].calendar
        states = self.scene.home.states
        await states.until(
            f"{calendar} is gone", lambda: states.get(calendar) is None, 10
        )
        await client.call("config_entries/disable", entry_id=entry_id, disabled_by=None)
        await self.scene.ready()
