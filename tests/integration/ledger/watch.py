"""A room in which every request is watched, and what goes wrong there."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from homeassistant.exceptions import HomeAssistantError
from tests.integration.house import House
from tests.simulators.webex import WebexSimulator
from tests.simulators.webex.faults import RequestFaults

TITLE = "Ours"
BOOK = "Bookings.Book"
LIST = "Bookings.List"
CREATED = "Bookings.BookingCreated"
# The answers that say that nothing was sent on: such a request may be sent again.
_NOT_TAKEN = (401, 423, 429)

type Arm = Callable[[WebexSimulator], object]
type Harm = Callable[[RequestFaults], object]


@dataclass
class Watch:
    """What happened to the requests of one test."""

    house: House
    ledgers: list[list[dict[str, Any]]] = field(default_factory=list)

    def ours(self) -> int:
        """How many bookings of ours there are."""
        return self.house.truth("Fjord").count(TITLE)

    def sent(self) -> list[str]:
        """The ids of the bookings that were asked for, in order."""
        return [
            (request.arguments or {})["BookingRequestUUID"]
            for request in self.house.sim.requests.of(command=BOOK)
        ]

    def check(self) -> None:
        """What must be true at any time."""
        assert self.ours() <= 1
        self._check_ledger_came_first()
        self._check_looked_between()

    def _check_ledger_came_first(self) -> None:
        for request_id, ledger in zip(self.sent(), self.ledgers, strict=True):
            assert request_id in [entry["request_id"] for entry in ledger]

    def _check_looked_between(self) -> None:
        unsettled: set[str] = set()
        for request in self.house.sim.requests:
            if request.command == LIST and request.status == 200:
                unsettled.clear()
            if request.command == BOOK:
                request_id = (request.arguments or {})["BookingRequestUUID"]
                assert request_id not in unsettled, "sent twice without a look"
                if request.status not in _NOT_TAKEN:
                    unsettled.add(request_id)


async def outcome(house: House, **data: Any) -> str:
    """What whoever books is told: `booked`, or the key of the error."""
    data = {"title": TITLE, "start": house.at(60), "duration": {"minutes": 30}} | data
    try:
        answer = await house.call("book", "Fjord", **data)
    except HomeAssistantError as error:
        return str(error.translation_key)
    booking = house.workspace("Fjord").by_uuid(answer["booking_id"])
    assert booking is not None
    assert booking.title == TITLE
    return "booked"


def begin_to_book(house: House) -> asyncio.Task[Any]:
    """Somebody books Ours, in an hour, for half an hour."""
    return house.calling(
        "book", "Fjord", title=TITLE, start=house.at(60), duration="00:30:00"
    )


def stages(house: House) -> list[str]:
    """How far each wish has come, as the ledger says."""
    return [entry["stage"] for entry in house.ledger]


def on_book(harm: Harm) -> Arm:
    """What happens to the next request to book."""
    return lambda sim: harm(sim.faults.when(command=BOOK))


def on_list(harm: Harm) -> Arm:
    """What happens to the next request for a list."""
    return lambda sim: harm(sim.faults.when(command=LIST))


def lose_created(sim: WebexSimulator) -> None:
    """Tell nobody that the device has made a booking."""
    sim.faults.events(CREATED).always().drop()


def both(*arms: Arm) -> Arm:
    """All of these go wrong."""

    def arm(sim: WebexSimulator) -> None:
        for each in arms:
            each(sim)

    return arm
