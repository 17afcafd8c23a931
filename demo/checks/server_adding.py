"""What the parts share in which a person adds a server by its address."""

from typing import Any, override

from demo.check import expect, step
from demo.systems.server import Server

from .adding import AddingSystem

NOBODY = "http://127.0.0.1:1"


class AddingServer[ServerT: Server](AddingSystem[ServerT]):
    """A person adds a server, with mistakes."""

    @override
    async def open_form(self, *fields: str) -> None:
        """Have the menu lead to the form, which wants an address and verifies certificates."""
        await super().open_form("url", "verify_ssl", *fields)
        expect("certificates are verified", self.flow.filled_in("verify_ssl"), True)

    @property
    def outward_url(self) -> str:
        """The same server by an address that is not known to be this machine's."""
        return self.system.url.replace("127.0.0.1", "0.0.0.0")

    async def refuses(self, error: str, **changes: Any) -> None:
        """Submit changed credentials. Raises Mismatch unless the form is shown with the error."""
        await self.flow.submit(self.system.credentials(**changes))
        self.complains(error)


@step("an address where nobody answers is told")
async def nobody_answers(part: AddingServer[Any]) -> None:
    """The form stays filled in."""
    await part.refuses("cannot_connect", url=NOBODY)
    expect("the address", part.flow.filled_in("url"), NOBODY)
