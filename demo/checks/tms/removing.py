"""The end: nothing of the server is left, and no password anywhere."""

from demo.check import expect, step
from demo.checks.entry import (
    log_and_diagnostics_hide,
    no_issue_is_left,
    remove_and_hear_nothing,
)
from demo.checks.part import Part
from demo.systems.tms import Tms


class Removing(Part[Tms]):
    """A person looks for traces, and removes the server."""

    @step("TMS's schemas had nothing to object to, and calls came one at a time")
    async def correct(self) -> str:
        """The real server ignores what it does not know; the simulator counts it."""
        violations = (await self.system.control("GET", "/violations"))["violations"]
        expect("violations", violations, [])
        about = await self.system.control("GET", "")
        expect("calls at once", about["most_at_once"], 1)
        return f"{sum(about['counts'].values())} requests"

    repairs = no_issue_is_left

    @step("diagnostics and log hold no password and no title")
    async def secrets(self) -> None:
        """At debug level and all."""
        titles = {c.title for c in await self.system.conferences()}
        await log_and_diagnostics_hide(self.scene, titles)

    remove = remove_and_hear_nothing
