"""A room with the simulated Bookings driver alone."""

from datetime import UTC, datetime
from random import Random
from typing import Any

from tests.simulators.placeos import (
    RELEASES,
    BookingsDriver,
    Mailbox,
    Release,
    Room,
    Settings,
    System,
    room_state,
)
from tests.simulators.xapi import Timers
from tests.simulators_tests.conftest import Clock

NINE = int(datetime(2026, 1, 1, 9, tzinfo=UTC).timestamp())
MINUTE = 60
D2, D2B, D3, D4 = (RELEASES[name] for name in ("D2", "D2b", "D3", "D4"))
BASIC = Settings(disable_end_meeting=True, pending_period=0)


class World:
    """A room with its timers."""

    def __init__(
        self,
        clock: Clock,
        settings: Settings | None = None,
        release: Release = D3,
        *,
        push: bool = False,
        **more: Any,
    ) -> None:
        """Load the driver at nine."""
        self.clock = clock
        self.timers = Timers()
        mailbox = Mailbox("fjord@example.com", clock, Random(1))
        self.driver = BookingsDriver(
            "mod-1",
            mailbox,
            settings or Settings(),
            release,
            clock=clock,
            timers=self.timers,
            random=Random(2),
            push=push,
            room_name="Fjord",
            users=("ada@example.com",),
            **more,
        )
        system = System("sys-1", "Fjord", NINE, modules=[self.driver])
        self.room = Room(system, mailbox, self.driver, clock)

    @property
    def status(self) -> dict[str, Any]:
        """The variables."""
        return self.driver.status

    def call(self, name: str, *args: Any) -> Any:
        """Exec a function as a plain user."""
        return self.driver.execute(name, list(args), support=False)

    def wait(self, **interval: float) -> None:
        """Let time pass."""
        self.clock.pass_by(**interval)
        self.timers.run_due(self.clock())


def event(start: int, minutes: int | None = 30, **more: Any) -> dict[str, Any]:
    """An event that starts so many minutes after nine."""
    begin = NINE + start * MINUTE
    body = {"event_start": begin, "id": f"e{start}", "host": "ada@example.com"}
    if minutes is not None:
        body["event_end"] = begin + minutes * MINUTE
    return body | more


def state(
    *events: dict[str, Any],
    last: int | None = None,
    settings: Settings | None = None,
    release: Release = D3,
    now: float = 0,
) -> dict[str, Any]:
    """The state so many minutes after nine, after a check-in to `last`."""
    return room_state(
        events,
        NINE + int(now * MINUTE),
        0 if last is None else NINE + last * MINUTE,
        settings or Settings(),
        release,
    )
