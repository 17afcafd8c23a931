"""What other people do at TMS, and how Home Assistant hears of it.

It asks every five minutes, which is too long to wait for here: the action `sync` asks the
same, at once.
"""

from demo.check import expect, expect_that, step
from demo.checks.part import Part
from demo.checks.scene import SOON, Scene, in_minutes
from demo.systems.tms import Tms, daily
from demo.waiting import until

TRANSACTIONS = "GetTransactionsSince"
CONFERENCE = "GetConferenceById"


class Others(Part[Tms]):
    """Somebody works with TMS's own pages."""

    def __init__(self, scene: Scene, system: Tms) -> None:
        """Work with both rooms."""
        super().__init__(scene, system)
        self.room, self.other = system.rooms
        self.meeting = ""

    async def _synced(self) -> list[str]:
        """Ask what changed; what TMS was asked for that."""
        await self.system.forget_requests()

        async def asked() -> list[str] | None:
            await self.scene.sync(self.room)
            return await self.system.asked() or None

        # What a verb has just told about its room is not asked at once again.
        return await until("TMS is asked", asked, SOON)

    @step("somebody books both rooms at TMS: after a sync of one, both show it")
    async def booked(self) -> str:
        """The log of changes is read, and what changed; no room is listed."""
        await self.system.clear()
        await self._synced()
        mark = await self.scene.mark()
        self.meeting = await self.system.book(
            self.room, self.other, title="Elsewhere", start=in_minutes(60)
        )
        asked = await self._synced()
        for room in self.system.rooms:
            await self.scene.reaches(room, "sensor", "next_booking", "Elsewhere")
            event = await self.scene.event(room, mark, "created")
            expect("the event's origin", event["origin"], "elsewhere")
        expect("what was asked", set(asked), {TRANSACTIONS, CONFERENCE})
        return f"asked: {', '.join(asked)}"

    @step("a sync without news costs one request")
    async def quiet(self) -> None:
        """However many rooms there are."""
        expect("what was asked", await self._synced(), [TRANSACTIONS])

    @step("somebody moves and renames it")
    async def moved(self) -> None:
        """One event, with the new time."""
        start, mark = in_minutes(90), await self.scene.mark()
        await self.system.change(self.meeting, "move", start=start.isoformat())
        await self.system.change(self.meeting, "rename", title="Moved")
        await self._synced()
        await self.scene.reaches(self.other, "sensor", "next_booking", "Moved")
        event = await self.scene.event(self.room, mark, "changed")
        expect("the event's start", event["start"], start.isoformat())
        expect("the event's origin", event["origin"], "elsewhere")

    @step("somebody takes one of the rooms out of it")
    async def left(self) -> None:
        """It is cancelled there, and goes on in the other room."""
        mark = await self.scene.mark()
        await self.system.change(self.meeting, "participants", systems=[self.room])
        await self._synced()
        await self.scene.event(self.other, mark, "cancelled")
        await self.scene.reaches(self.other, "sensor", "next_booking", "unknown")
        await self.scene.reaches(self.room, "sensor", "next_booking", "Moved")

    @step("a defective booking is listed, does not count, and is a repair issue")
    async def defective(self) -> str:
        """Until it is deleted; the issue quotes TMS."""
        before, mark = await self.scene.issues(), await self.scene.mark()
        await self.system.change(self.meeting, "defective", kind="conflict")
        await self._synced()
        issue_id = await self.scene.new_issue(before)
        expect_that("the issue", issue_id.startswith("defective_booking"), issue_id)
        await self.scene.reaches(self.room, "sensor", "next_booking", "unknown")
        answer = await self.scene.act(self.room, "get_bookings")
        listed = [(b["title"], b["status"]) for b in answer["bookings"]]
        expect_that("the listing", ("Moved", "tentative") in listed, listed)
        issues = (await self.scene.home.client.call("repairs/list_issues"))["issues"]
        (issue,) = [each for each in issues if each["issue_id"] == issue_id]
        words: str = issue["translation_placeholders"]["words"]
        expect_that("TMS's words", words, words)
        expect("events of it", self.scene.events(self.other, mark), [])
        await self.system.change(self.meeting, "delete")
        await self._synced()
        await self.scene.issue_gone(issue_id)
        return words

    @step("a meeting that somebody asked for counts once it is approved")
    async def request(self) -> None:
        """Until then it holds no room."""
        wanted = await self.system.book(
            self.room, title="Asked for", start=in_minutes(60), request=True
        )
        await self._synced()
        await self.scene.home.states.quiet()
        shown = self.scene.state(self.room, "sensor", "next_booking").state
        expect("the next booking", shown, "unknown")
        await self.system.change(wanted, "approve")
        await self._synced()
        await self.scene.reaches(self.room, "sensor", "next_booking", "Asked for")
        await self.system.change(wanted, "delete")
        await self._synced()
        await self.scene.reaches(self.room, "sensor", "next_booking", "unknown")

    @step("somebody makes a series, and deletes one of its occurrences")
    async def series(self) -> None:
        """Then all of it."""
        first = await self.system.book(
            self.room, title="Theirs", start=in_minutes(60), pattern=daily(4)
        )
        await self._synced()
        await self._lists("Theirs")
        second = (await self.system.conferences("Theirs"))[1]
        await self.system.change(second.id, "delete", occurrence=True)
        await self._synced()
        await self._lists("Theirs")
        await self.system.change(first, "delete")
        await self._synced()
        await self._lists("Theirs")

    async def _lists(self, title: str) -> None:
        answer = await self.scene.act(self.room, "get_bookings", duration={"days": 10})
        shown = [b["booking_id"] for b in answer["bookings"] if b["title"] == title]
        truth = [c.id for c in await self.system.conferences(title)]
        expect(f"{title} in the calendar", shown, truth)
