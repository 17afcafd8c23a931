"""Adding the server: its account, and what the flow refuses."""

from demo.check import expect, step
from demo.checks.scene import in_minutes
from demo.checks.server_adding import AddingServer, nobody_answers
from demo.homeassistant import DOMAIN
from demo.systems.tms import Tms, daily


class Adding(AddingServer[Tms]):
    """A person adds the server, with mistakes."""

    @step("the flow offers Cisco TMS and its form", needed=True)
    async def form(self) -> None:
        """The menu leads to the fields of the contract."""
        self.scene.secrets.add(self.system.password)
        await self.open_form("username", "password", "authentication")
        way = self.flow.filled_in("authentication")
        expect("how the account is proven", way, "auto")

    nobody = nobody_answers

    @step("Basic over plain http is refused before the server hears a password")
    async def insecure_basic(self) -> None:
        """Whether somebody chose it or the server offers nothing else."""
        await self.system.forget_requests()
        await self.refuses(
            "insecure_basic", url=self.outward_url, authentication="basic"
        )
        await self.system.control("POST", "/knobs", {"schemes": ["Basic"]})
        try:
            await self.refuses("insecure_basic", url=self.outward_url)
        finally:
            schemes = ["Negotiate", "NTLM", "Basic"]
            await self.system.control("POST", "/knobs", {"schemes": schemes})
        expect("how a password was shown", await self.system.proofs(), set())
        expect("requests that were let in", await self.system.asked(), [])

    @step("a wrong password is refused, and costs exactly one failed logon")
    async def wrong_password(self) -> str:
        """Accounts are locked after a few of them."""
        await self.refuses("invalid_auth", password="wrong")
        failed = await self.system.failed_logons()
        expect("failed logons at the server", failed, 1)
        return f"{failed} failed logon"

    @step("a server that speaks too old a version is refused, and the version named")
    async def outdated(self) -> None:
        """Version 11 is the oldest that is understood."""
        await self.system.control("POST", "/settings", {"api_version": 10})
        try:
            await self.refuses("outdated")
        finally:
            await self.system.control("POST", "/settings", {"api_version": 23})
        words = self.flow.shown["description_placeholders"]
        expect("its version", words["version"], "10")
        expect("the version needed", words["needed"], "11")

    @step("the config entry is created and loaded, by NTLM", needed=True)
    async def entry(self) -> str:
        """Both rooms are chosen at first; a meeting runs already, and nothing was booked."""
        harbour, lagoon = self.system.rooms
        await self.system.book(harbour, title="Under way", start=in_minutes(-5))
        await self.system.book(
            lagoon, title="Rounds", start=in_minutes(600), pattern=daily(3)
        )
        before = await self.system.conferences()
        await self.system.forget_requests()
        await self.flow.submit(self.system.credentials())
        self.shows("rooms")
        chosen = self.flow.filled_in("rooms")
        expect("the rooms chosen at first", chosen, list(self.system.systems))
        await self.flow.submit({"rooms": chosen})
        await self.created()
        await self.scene.reaches(harbour, "sensor", "current_booking", "Under way")
        await self.scene.reaches(lagoon, "sensor", "next_booking", "Rounds")
        expect("what is booked at TMS", await self.system.conferences(), before)
        expect("how the password was proven", await self.system.proofs(), {"NTLM"})
        asked = await self.system.asked()
        listings = asked.count("GetConferencesForSystems")
        expect("listings", listings, len(self.system.rooms))
        return f"{len(asked)} requests, {listings} of them listings"

    @step("the series of the day is in the calendar, each occurrence under its own id")
    async def seeded_series(self) -> None:
        """Somebody made it at TMS."""
        lagoon = self.system.rooms[1]
        answer = await self.scene.act(lagoon, "get_bookings", duration={"days": 4})
        shown = [(b["booking_id"], b["title"]) for b in answer["bookings"]]
        truth = [(c.id, c.title) for c in await self.system.conferences("Rounds")]
        expect("the occurrences", shown, truth)
        expect("their number", len({number for number, _ in shown}), 3)

    @step("devices and entities carry the entry's id: servers count their rooms alike")
    async def entities(self) -> None:
        """And only the verbs of TMS have their buttons."""
        client = self.scene.home.client
        devices = await client.call("config/device_registry/list")
        for number, name in self.system.systems.items():
            room = self.scene.rooms[name]
            public = f"{self.scene.entry_id}_{number}"
            (device,) = [d for d in devices if d["id"] == room.device_id]
            expect("the identifiers", device["identifiers"], [[DOMAIN, public]])
            await self.entities_carry(room, f"{public}_")
            for key in ("book_now", "end_meeting", "extend"):
                room.entity("button", key)
            expect("a button to check in", room.find("button", "check_in"), None)
            expect("the manufacturer", room.manufacturer, "Cisco")

    @step("the same account on the same server is refused")
    async def twice(self) -> None:
        """Another flow ends where the server is known."""
        await self.is_known(self.system.credentials())
