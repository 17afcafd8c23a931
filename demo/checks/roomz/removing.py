"""The end: nothing of the system is left, and no password and no private title anywhere."""

from demo.check import expect, expect_that, step
from demo.checks.entry import (
    log_and_diagnostics_hide,
    no_issue_is_left,
    remove_and_hear_nothing,
)
from demo.checks.part import Part
from demo.systems.roomz import Roomz


class Removing(Part[Roomz]):
    """A person looks for traces, and removes the system."""

    @step("nothing overlaps, nothing was booked twice, and few were asked at once")
    async def correct(self) -> str:
        """As the system itself counts."""
        violations = (await self.system.control("GET", "/check"))["violations"]
        expect("violations", violations, [])
        counters = await self.system.control("GET", "/counters")
        expect_that("requests at once", counters["most_at_once"] <= 4)
        return f"{sum(counters['calls'].values())} requests"

    repairs = no_issue_is_left

    @step("diagnostics and log hold no password and no title")
    async def secrets(self) -> None:
        """At debug level and all."""
        titles = {m.subject for m in await self.system.meetings()}
        await log_and_diagnostics_hide(self.scene, titles)

    remove = remove_and_hear_nothing
