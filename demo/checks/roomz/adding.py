"""Adding the system: its user, and what the flow refuses."""

from demo.check import expect, step
from demo.checks.server_adding import AddingServer, nobody_answers
from demo.systems.roomz import Roomz


class Adding(AddingServer[Roomz]):
    """A person adds the system, with mistakes."""

    @step("the flow offers ROOMZ and its form", needed=True)
    async def form(self) -> None:
        """The menu leads to the fields of the contract."""
        self.scene.secrets.add(self.system.password)
        await self.open_form("username", "password")

    nobody = nobody_answers

    @step("an address that serves no rooms is told")
    async def elsewhere(self) -> None:
        """The path before /rooms counts."""
        await self.refuses("cannot_connect", url=f"{self.system.url}/else")

    @step("plain http is refused before the server hears a password")
    async def insecure_basic(self) -> None:
        """Basic would travel in the clear."""
        await self.system.forget_requests()
        await self.refuses("insecure_basic", url=self.outward_url)
        expect("requests", await self.system.asked(), [])

    @step("a wrong password is refused")
    async def wrong_password(self) -> None:
        """It is tried once."""
        await self.system.forget_requests()
        await self.refuses("invalid_auth", password="wrong")
        expect("requests", [r["status"] for r in await self.system.asked()], [401])

    @step("the config entry is created and loaded", needed=True)
    async def entry(self) -> str:
        """A meeting runs already, and nothing was booked; the only room is not asked about."""
        await self.system.book("Under way", start=-5, organizer="Ada Lovelace")
        before = await self.system.meetings()
        await self.system.forget_requests()
        await self.flow.submit(self.system.credentials())
        await self.created()
        shown = await self.scene.reaches(
            self.system.room, "sensor", "current_booking", "Under way"
        )
        expect("the organiser", shown.attributes["organizer"], "Ada Lovelace")
        expect("what the system holds", await self.system.meetings(), before)
        asked = [request["call"] for request in await self.system.asked()]
        expect("what was asked", set(asked), {"rooms", "meetings"})
        expect("listings", asked.count("meetings"), 1)
        return f"{len(asked)} requests"

    @step("device and entities carry the entry's id: servers count their rooms alike")
    async def entities(self) -> None:
        """And only what the contract can do has buttons: no check-in."""
        room = self.scene.rooms[self.system.room]
        await self.entities_carry(room, f"{self.scene.entry_id}_1_")
        for key in ("book_now", "end_meeting", "extend"):
            room.entity("button", key)
        expect("a button to check in", room.find("button", "check_in"), None)

    @step("the same address twice is refused")
    async def twice(self) -> None:
        """Whoever the user is."""
        url = f"{self.system.url}/"
        await self.is_known(self.system.credentials(url=url, username="somebody"))
