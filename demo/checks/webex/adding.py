"""Adding the integration: what the flow refuses, and how it goes on afterwards."""

from demo.check import expect, expect_that, step
from demo.checks.scene import Scene
from demo.flows import Flow
from demo.homeassistant import DOMAIN
from demo.systems.webex import Webex


class Adding:
    """A person adds the Webex organisation, with mistakes."""

    def __init__(self, scene: Scene, webex: Webex) -> None:
        """Begin without a flow."""
        self.scene = scene
        self.webex = webex
        self.flow: Flow

    @step("the flow offers Webex and its form", needed=True)
    async def form(self) -> None:
        """The menu leads to the fields of the contract."""
        self.flow = await Flow.add(self.scene.home.client, DOMAIN)
        expect("the first step", (self.flow.type, self.flow.step), ("menu", "user"))
        expect_that("webex is offered", "webex" in self.flow.shown["menu_options"])
        await self.flow.choose("webex")
        expect("the form", (self.flow.type, self.flow.step), ("form", "webex"))
        for name in ("client_id", "client_secret", "activation_code", "api_url"):
            self.flow.field(name)

    @step("a forged activation code is refused")
    async def forged(self) -> None:
        """A code whose signature does not fit."""
        answers = await self.webex.credentials()
        head, _, signature = answers["activation_code"].rpartition(".")
        forged = f"{head}.{signature[::-1]}"
        await self.flow.submit({**answers, "activation_code": forged})
        self._refused("invalid_activation_code")

    @step("an expired activation code is refused")
    async def expired(self) -> None:
        """A code of yesterday."""
        answers = await self.webex.credentials()
        code = await self.webex.control("GET", "/activation_code?lifetime=-60")
        await self.flow.submit({**answers, **code})
        self._refused("invalid_activation_code")

    @step("a wrong client secret is refused, and does not use the code up")
    async def wrong_secret(self) -> None:
        """The right code goes through afterwards."""
        self.answers = await self.webex.credentials()
        self.scene.secrets |= self.webex.secrets(self.answers)
        await self.flow.submit({**self.answers, "client_secret": "wrong"})
        self._refused("invalid_auth")

    @step("a cloud that is away is told, and recovered from")
    async def away(self) -> None:
        """Nothing answers for a moment."""
        await self.webex.control("POST", "/down")
        try:
            await self.flow.submit(self.answers)
            self._refused("cannot_connect")
        finally:
            await self.webex.control("POST", "/up")

    @step("the same flow goes on to the rooms, all chosen", needed=True)
    async def rooms(self) -> str:
        """The second form lists the organisation's rooms."""
        await self.flow.submit(self.answers)
        expect("the form", (self.flow.type, self.flow.step), ("form", "rooms"))
        field = self.flow.field("rooms")
        options = field["selector"]["select"]["options"]
        expect(
            "the rooms",
            sorted(option["label"] for option in options),
            sorted(self.webex.rooms),
        )
        expect(
            "the chosen ones",
            sorted(self.flow.filled_in("rooms")),
            sorted(await self.webex.room_ids()),
        )
        return ", ".join(self.webex.rooms)

    @step("the config entry is created and loaded", needed=True)
    async def entry(self) -> None:
        """The rooms exist in Home Assistant."""
        await self.webex.book(self.webex.rooms[2], "Under way", start=-5)
        await self.flow.submit({"rooms": await self.webex.room_ids()})
        self.scene.entry_id = self.flow.entry_id
        await self.scene.find_rooms()
        expect("the devices", sorted(self.scene.rooms), sorted(self.webex.rooms))
        await self.scene.ready()

    @step("the same organisation twice is refused")
    async def twice(self) -> None:
        """Another flow ends where the organisation is known."""
        flow = await Flow.add(self.scene.home.client, DOMAIN)
        await flow.choose("webex")
        answers = await self.webex.credentials()
        self.scene.secrets |= self.webex.secrets(answers)
        await flow.submit(answers)
        expect("the flow", (flow.type, flow.reason), ("abort", "already_configured"))

    def _refused(self, error: str) -> None:
        expect("the form again", (self.flow.type, self.flow.step), ("form", "webex"))
        expect_that(
            f"the form says {error}",
            error in self.flow.errors.values(),
            self.flow.errors,
        )
