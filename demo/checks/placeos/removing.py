"""The end: nothing of the server is left, and no key and no private title anywhere."""

from demo.check import expect, step
from demo.checks.entry import log_and_diagnostics_hide, no_issue_is_left, remove
from demo.checks.part import Part
from demo.systems.placeos import PlaceOS


class Removing(Part[PlaceOS]):
    """A person looks for traces, and removes the server."""

    @step("nothing overlaps: nothing was booked twice")
    async def correct(self) -> None:
        """Although the driver would do that."""
        invariants = await self.system.control("GET", "/invariants")
        expect("overlaps", invariants["overlaps"], [])

    repairs = no_issue_is_left

    @step("diagnostics and log hold no key and no title")
    async def secrets(self) -> None:
        """At debug level and all."""
        titles = {event.title for event in await self.system.events()}
        await log_and_diagnostics_hide(self.scene, titles)

    @step("remove the entry: its devices, entities and repair issues go")
    async def remove(self) -> None:
        """Nothing of it is left in Home Assistant, and nobody is on the line any more."""
        await remove(self.scene)
        lines = (await self.system.control("GET", ""))["connections"]
        expect("lines", [line for line in lines if not line["half_open"]], [])
