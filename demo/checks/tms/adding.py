"""Adding the server: its account, and what the flow refuses."""

from typing import Any

from demo.check import expect, expect_that, step
from demo.checks.scene import Scene, in_minutes
from demo.flows import Flow
from demo.homeassistant import DOMAIN
from demo.systems.tms import Tms, daily


class Adding:
    """A person adds the server, with mistakes."""

    def __init__(self, scene: Scene, tms: Tms) -> None:
        """Begin without a flow."""
        self.scene = scene
        self.tms = tms
        self.flow: Flow

    @step("the flow offers Cisco TMS and its form", needed=True)
    async def form(self) -> None:
        """The menu leads to the fields of the contract."""
        self.scene.secrets.add(self.tms.password)
        self.flow = await Flow.add(self.scene.home.client, DOMAIN)
        await self.flow.choose("tms")
        expect("the form", (self.flow.type, self.flow.step), ("form", "tms"))
        for name in ("url", "username", "password", "authentication", "verify_ssl"):
            self.flow.field(name)
        way = self.flow.filled_in("authentication")
        expect("how the account is proven", way, "auto")
        expect("certificates are verified", self.flow.filled_in("verify_ssl"), True)

    @step("a host where nobody answers is told")
    async def nobody(self) -> None:
        """The form stays filled in."""
        await self._refused("cannot_connect", url="http://127.0.0.1:1")
        expect("the address", self.flow.filled_in("url"), "http://127.0.0.1:1")

    @step("Basic over plain http is refused before the server hears a password")
    async def insecure_basic(self) -> None:
        """Whether somebody chose it or the server offers nothing else."""
        # The same server by an address that is not known to be this machine's.
        url = self.tms.url.replace("127.0.0.1", "0.0.0.0")
        await self.tms.forget_requests()
        await self._refused("insecure_basic", url=url, authentication="basic")
        await self.tms.control("POST", "/knobs", {"schemes": ["Basic"]})
        try:
            await self._refused("insecure_basic", url=url)
        finally:
            schemes = ["Negotiate", "NTLM", "Basic"]
            await self.tms.control("POST", "/knobs", {"schemes": schemes})
        expect("how a password was shown", await self.tms.proofs(), set())
        expect("requests that were let in", await self.tms.asked(), [])

    @step("a wrong password is refused, and costs exactly one failed logon")
    async def wrong_password(self) -> str:
        """Accounts are locked after a few of them."""
        await self._refused("invalid_auth", password="wrong")
        failed = await self.tms.failed_logons()
        expect("failed logons at the server", failed, 1)
        return f"{failed} failed logon"

    @step("a server that speaks too old a version is refused, and the version named")
    async def outdated(self) -> None:
        """Version 11 is the oldest that is understood."""
        await self.tms.control("POST", "/settings", {"api_version": 10})
        try:
            await self._refused("outdated")
        finally:
            await self.tms.control("POST", "/settings", {"api_version": 23})
        words = self.flow.shown["description_placeholders"]
        expect("its version", words["version"], "10")
        expect("the version needed", words["needed"], "11")

    @step("the config entry is created and loaded, by NTLM", needed=True)
    async def entry(self) -> str:
        """Both rooms are chosen at first; a meeting runs already, and nothing was booked."""
        harbour, lagoon = self.tms.rooms
        await self.tms.book(harbour, title="Under way", start=in_minutes(-5))
        await self.tms.book(
            lagoon, title="Rounds", start=in_minutes(600), pattern=daily(3)
        )
        before = await self.tms.conferences()
        await self.tms.forget_requests()
        await self.flow.submit(self.tms.credentials())
        expect("the form", (self.flow.type, self.flow.step), ("form", "rooms"))
        chosen = self.flow.filled_in("rooms")
        expect("the rooms chosen at first", chosen, list(self.tms.systems))
        await self.flow.submit({"rooms": chosen})
        self.scene.entry_id = self.flow.entry_id
        await self.scene.find_rooms()
        expect("the devices", sorted(self.scene.rooms), sorted(self.tms.rooms))
        await self.scene.ready()
        await self.scene.reaches(harbour, "sensor", "current_booking", "Under way")
        await self.scene.reaches(lagoon, "sensor", "next_booking", "Rounds")
        expect("what is booked at TMS", await self.tms.conferences(), before)
        expect("how the password was proven", await self.tms.proofs(), {"NTLM"})
        asked = await self.tms.asked()
        listings = asked.count("GetConferencesForSystems")
        expect("listings", listings, len(self.tms.rooms))
        return f"{len(asked)} requests, {listings} of them listings"

    @step("the series of the day is in the calendar, each occurrence under its own id")
    async def seeded_series(self) -> None:
        """Somebody made it at TMS."""
        lagoon = self.tms.rooms[1]
        answer = await self.scene.act(lagoon, "get_bookings", duration={"days": 4})
        shown = [(b["booking_id"], b["title"]) for b in answer["bookings"]]
        truth = [(c.id, c.title) for c in await self.tms.conferences("Rounds")]
        expect("the occurrences", shown, truth)
        expect("their number", len({number for number, _ in shown}), 3)

    @step("devices and entities carry the entry's id: servers count their rooms alike")
    async def entities(self) -> None:
        """And only the verbs of TMS have their buttons."""
        client = self.scene.home.client
        devices = await client.call("config/device_registry/list")
        entities = await client.call("config/entity_registry/list")
        for number, name in self.tms.systems.items():
            room = self.scene.rooms[name]
            public = f"{self.scene.entry_id}_{number}"
            (device,) = [d for d in devices if d["id"] == room.device_id]
            expect("the identifiers", device["identifiers"], [[DOMAIN, public]])
            ours = [e for e in entities if e["device_id"] == room.device_id]
            for entity in ours:
                unique_id = entity["unique_id"]
                expect_that(
                    "the unique id", unique_id.startswith(f"{public}_"), unique_id
                )
            for key in ("book_now", "end_meeting", "extend"):
                room.entity("button", key)
            expect("a button to check in", room.find("button", "check_in"), None)
            expect("the manufacturer", room.manufacturer, "Cisco")

    @step("the same account on the same server is refused")
    async def twice(self) -> None:
        """Another flow ends where the server is known."""
        flow = await Flow.add(self.scene.home.client, DOMAIN)
        await flow.choose("tms")
        await flow.submit(self.tms.credentials())
        expect("the flow", (flow.type, flow.reason), ("abort", "already_configured"))

    async def _refused(self, error: str, **changes: Any) -> None:
        await self.flow.submit(self.tms.credentials(**changes))
        expect("the form again", (self.flow.type, self.flow.step), ("form", "tms"))
        expect("the error", self.flow.errors, {"base": error})
