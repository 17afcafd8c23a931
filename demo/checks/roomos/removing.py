"""The end: nothing of the device is left, and no password anywhere."""

from demo.check import step
from demo.checks.entry import diagnostics_hide, remove
from demo.checks.part import Part
from demo.checks.scene import SOON
from demo.systems.roomos import RoomOS
from demo.waiting import until


class Removing(Part[RoomOS]):
    """A person removes the device."""

    @step("diagnostics and log hold no password")
    async def secrets(self) -> None:
        """At debug level and all."""
        # `secret` is also a word; the other password is none.
        self.scene.secrets.discard("secret")
        await diagnostics_hide(self.scene, set())
        self.scene.hides("the log", self.scene.home.log)

    @step("remove the entry: its device and entities go, and it hangs up")
    async def remove(self) -> None:
        """Nothing of it is left in Home Assistant."""
        await remove(self.scene)

        async def hung_up() -> bool:
            return not (await self.system.control("GET", ""))["connections"]

        await until("nobody is connected", hung_up, SOON)
