"""Adding the integration: what the flow refuses, and how it goes on afterwards."""

from demo.check import expect, step
from demo.checks.adding import AddingSystem
from demo.systems.webex import Webex


class Adding(AddingSystem[Webex]):
    """A person adds the Webex organisation, with mistakes."""

    @step("the flow offers Webex and its form", needed=True)
    async def form(self) -> None:
        """The menu leads to the fields of the contract."""
        await self.open_form("client_id", "client_secret", "activation_code", "api_url")

    @step("a forged activation code is refused")
    async def forged(self) -> None:
        """A code whose signature does not fit."""
        answers = await self.system.credentials()
        head, _, signature = answers["activation_code"].rpartition(".")
        forged = f"{head}.{signature[::-1]}"
        await self.flow.submit({**answers, "activation_code": forged})
        self.complains("invalid_activation_code")

    @step("an expired activation code is refused")
    async def expired(self) -> None:
        """A code of yesterday."""
        answers = await self.system.credentials()
        code = await self.system.control("GET", "/activation_code?lifetime=-60")
        await self.flow.submit({**answers, **code})
        self.complains("invalid_activation_code")

    @step("a wrong client secret is refused, and does not use the code up")
    async def wrong_secret(self) -> None:
        """The right code goes through afterwards."""
        self.answers = await self.system.credentials()
        self.scene.secrets |= self.system.secrets(self.answers)
        await self.flow.submit({**self.answers, "client_secret": "wrong"})
        self.complains("invalid_auth")

    @step("a cloud that is away is told, and recovered from")
    async def away(self) -> None:
        """Nothing answers for a moment."""
        await self.system.control("POST", "/down")
        try:
            await self.flow.submit(self.answers)
            self.complains("cannot_connect")
        finally:
            await self.system.control("POST", "/up")

    @step("the same flow goes on to the rooms, all chosen", needed=True)
    async def rooms(self) -> str:
        """The second form lists the organisation's rooms."""
        await self.flow.submit(self.answers)
        self.shows("rooms")
        field = self.flow.field("rooms")
        options = field["selector"]["select"]["options"]
        expect(
            "the rooms",
            sorted(option["label"] for option in options),
            sorted(self.system.rooms),
        )
        expect(
            "the chosen ones",
            sorted(self.flow.filled_in("rooms")),
            sorted(await self.system.room_ids()),
        )
        return ", ".join(self.system.rooms)

    @step("the config entry is created and loaded", needed=True)
    async def entry(self) -> None:
        """The rooms exist in Home Assistant."""
        await self.system.book(self.system.rooms[2], "Under way", start=-5)
        await self.flow.submit({"rooms": await self.system.room_ids()})
        await self.created()

    @step("the same organisation twice is refused")
    async def twice(self) -> None:
        """Another flow ends where the organisation is known."""
        answers = await self.system.credentials()
        self.scene.secrets |= self.system.secrets(answers)
        await self.is_known(answers)
