"""Series as the calendar's dialog makes and changes them: native ones at TMS."""

from datetime import datetime, timedelta
from typing import Any

from demo.check import expect, expect_refusal, expect_that, step
from demo.checks.part import Part
from demo.checks.scene import Scene, in_minutes
from demo.systems.tms import ZONE, Conference, Tms

# The calendar's own commands tell in words only why they failed.
FAILED = "failed"
SERIES = "Weekly report"
DAY = timedelta(days=1)


class Series(Part[Tms]):
    """A person keeps a series in the second room."""

    def __init__(self, scene: Scene, system: Tms) -> None:
        """Choose a time at which nothing else is booked there."""
        super().__init__(scene, system)
        self.room = system.rooms[1]
        self.start = in_minutes(60)

    async def _at_tms(self, title: str = SERIES) -> list[Conference]:
        return await self.system.conferences(title)

    async def _shown(self, title: str = SERIES) -> list[str]:
        answer = await self.scene.act(self.room, "get_bookings", duration={"days": 20})
        return [b["booking_id"] for b in answer["bookings"] if b["title"] == title]

    def _event(self, title: str, start: datetime, **more: str) -> dict[str, str]:
        end = start + timedelta(minutes=30)
        times = {"dtstart": start.isoformat(), "dtend": end.isoformat()}
        return {"summary": title, **times, **more}

    async def _calendar(self, what: str, **fields: Any) -> None:
        await self.scene.home.client.call(
            f"calendar/event/{what}",
            entity_id=self.scene.rooms[self.room].calendar,
            **fields,
        )

    @step("create a series in the calendar: one native series at TMS", needed=True)
    async def create(self) -> str:
        """At the wall time of the room's zone, each occurrence under its own id."""
        mark = await self.scene.mark()
        await self.system.forget_requests()
        rule = "FREQ=DAILY;COUNT=6"
        await self._calendar(
            "create", event=self._event(SERIES, self.start, rrule=rule)
        )
        asked = await self.system.asked()
        saves = [name for name in asked if name.startswith("Save")]
        expect("what was saved", saves, ["SaveConferenceWithMode"])
        truth = await self._at_tms()
        wall = self.start.astimezone(ZONE).replace(tzinfo=None)
        walls = [c.start.astimezone(ZONE).replace(tzinfo=None) for c in truth]
        expect("wall times at TMS", walls, [wall + n * DAY for n in range(6)])
        expect("series at TMS", len({c.series for c in truth} - {None}), 1)
        expect("keys at TMS", len({c.key for c in truth}), 1)
        expect("ids in the calendar", await self._shown(), [c.id for c in truth])
        event = await self.scene.event(self.room, mark, "created")
        expect("the event's origin", event["origin"], "home_assistant")
        return f"{len(truth)} occurrences by one {saves[0]}"

    @step("what TMS cannot repeat is refused by name, and not sent")
    async def impossible(self) -> str:
        """Yearly ones, more than a hundred, and those without an end."""
        await self.system.forget_requests()
        told: list[str] = []
        for rule in ("FREQ=YEARLY;COUNT=2", "FREQ=DAILY;COUNT=101", "FREQ=DAILY"):
            event = self._event("No", in_minutes(120), rrule=rule)
            refused = await expect_refusal(
                rule, self._calendar("create", event=event), code=FAILED
            )
            expect_that(rule, "cannot do this" in refused.message, refused.message)
            told.append(refused.message.rsplit(": ", 1)[-1])
        asked = await self.system.asked()
        saves = [name for name in asked if name.startswith("Save")]
        expect("what was saved", saves, [])
        return "; ".join(told)

    @step("a series into which something else is booked: all or none")
    async def conflict(self) -> str:
        """Another meeting is on the second day."""
        begin = in_minutes(180)
        second = begin.astimezone(ZONE) + DAY
        other = await self.system.book(self.room, title="Other", start=second)
        event = self._event("No", begin, rrule="FREQ=DAILY;COUNT=3")
        refused = await expect_refusal(
            "the series", self._calendar("create", event=event), code=FAILED
        )
        expect_that("a conflict", "is taken" in refused.message, refused.message)
        expect("what is booked of it", await self._at_tms("No"), [])
        await self.system.change(other, "delete")
        return refused.message

    @step("move one occurrence: the others stay")
    async def change_one(self) -> None:
        """By half an hour."""
        before = await self._at_tms()
        second = before[1]
        moved = second.start + timedelta(minutes=30)
        await self._calendar(
            "update",
            uid=second.id,
            recurrence_id=second.id,
            event=self._event(SERIES, moved),
        )
        starts = [c.start for c in await self._at_tms()]
        wanted = [moved if c == second else c.start for c in before]
        expect("starts at TMS", starts, wanted)

    @step("delete one occurrence: the others stay")
    async def delete_one(self) -> None:
        """TMS keeps the series with an exception."""
        third = (await self._at_tms())[2]
        await self._calendar("delete", uid=third.id, recurrence_id=third.id)
        left = [c.id for c in await self._at_tms()]
        expect_that("it is gone at TMS", third.id not in left, left)
        expect("occurrences left at TMS", len(left), 5)
        expect("the calendar", await self._shown(), left)

    @step("rename this and the following: the earlier ones stay")
    async def change_future(self) -> None:
        """From the fourth day on."""
        before = await self._at_tms()
        chosen = before[2]
        await self._calendar(
            "update",
            uid=chosen.id,
            recurrence_id=chosen.id,
            recurrence_range="THISANDFUTURE",
            event=self._event("Report", chosen.start),
        )
        kept = [c.start for c in await self._at_tms()]
        expect("starts of the earlier ones", kept, [c.start for c in before[:2]])
        renamed = await self._at_tms("Report")
        starts = [c.start for c in renamed]
        expect("starts of the others", starts, [c.start for c in before[2:]])
        shown = await self._shown("Report")
        expect("the calendar", shown, [c.id for c in renamed])

    @step("delete this and the following: the earlier ones stay")
    async def delete_future(self) -> None:
        """All but the first of those that were renamed."""
        first, second, *_ = await self._at_tms("Report")
        await self._calendar(
            "delete",
            uid=second.id,
            recurrence_id=second.id,
            recurrence_range="THISANDFUTURE",
        )
        left = await self._at_tms("Report")
        expect("starts at TMS", [c.start for c in left], [first.start])
        expect("the calendar", await self._shown("Report"), [c.id for c in left])

    @step("delete a whole series")
    async def delete_all(self) -> None:
        """And what was left of the other one."""
        mark = await self.scene.mark()
        for title in (SERIES, "Report"):
            await self._calendar("delete", uid=(await self._at_tms(title))[0].id)
            expect(f"{title} at TMS", await self._at_tms(title), [])
            expect(f"{title} in the calendar", await self._shown(title), [])
        await self.scene.event(self.room, mark, "cancelled")
