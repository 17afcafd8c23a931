"""The socket dies at every point of a `book`: one booking at most, and the truth is told."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.simulators.roomos import RoomosSimulator

from .room import NAME, Room, kinds

TITLE = "Ours"
BOOK = "Bookings.Book"
LIST = "Bookings.List"

type Arm = Callable[[RoomosSimulator], object]


@dataclass(frozen=True)
class Point:
    """Where it dies, and what must come of it."""

    name: str
    arm: Arm
    told: str = "done"
    ours: int = 1

    def __str__(self) -> str:
        """Name the test."""
        return self.name


def _book(verb: str, **how: Any) -> Arm:
    return lambda sim: getattr(sim.faults.when(command=BOOK), verb)(**how)


def _listed(verb: str, **how: Any) -> Arm:
    """The answer to Book is lost, and then the list dies too."""

    def arm(sim: RoomosSimulator) -> None:
        sim.faults.when(command=BOOK).drop_answer()
        getattr(sim.faults.when(command=LIST), verb)(**how)

    return arm


def _event(verb: str, **how: Any) -> Arm:
    return lambda sim: getattr(sim.faults.events("Bookings.BookingCreated"), verb)(
        **how
    )


def _both(*arms: Arm) -> Arm:
    def arm(sim: RoomosSimulator) -> None:
        for each in arms:
            each(sim)

    return arm


def _down_after(seconds: float, verb: str) -> Arm:
    """The device hangs up at the Book, and takes no calls for so long."""

    def arm(sim: RoomosSimulator) -> None:
        def hang_up(request: object) -> bool:
            sim.faults.handshakes(lambda h: sim.clock() < back).always().status(502)
            return True

        from datetime import timedelta  # noqa: PLC0415

        back = sim.clock() + timedelta(seconds=seconds)
        getattr(sim.faults.when(command=BOOK, predicate=hang_up), verb)()

    return arm


POINTS = [
    Point("before it arrives", _book("drop")),
    Point(
        "before it arrives, twice",
        lambda sim: sim.faults.when(command=BOOK).times(2).drop(),
        "unconfirmed",
        0,
    ),
    Point("after it is done", _book("drop_answer")),
    Point("in the middle of the answer", _book("cut_mid_frame")),
    Point("with a goodbye, not done", _book("close", applied=False)),
    Point("with a goodbye, done", _book("close", applied=True)),
    Point("silence, not done", _book("no_answer", applied=False)),
    Point("silence, done", _book("no_answer", applied=True)),
    Point("half open, not done", _book("half_open", applied=False)),
    Point("half open, done", _book("half_open", applied=True)),
    Point("restart, not done", _book("reboot", applied=False)),
    Point("restart, done", _book("reboot", applied=True)),
    Point("garbage instead of the answer", _book("garbage", kind="not_json")),
    Point("an answer to another question", _book("garbage", kind="unknown_id")),
    Point("late answer", _book("answer_late", seconds=20)),
    Point("answered twice", _book("duplicate")),
    Point("huge answer", _book("huge")),
    Point("accepted and forgotten, once", _book("not_applied")),
    Point("accepted, done later", _book("applied_late", seconds=4)),
    Point(
        "accepted and forgotten, always",
        lambda sim: sim.faults.when(command=BOOK).always().not_applied(),
        "unconfirmed",
        0,
    ),
    Point("the event cuts it", _event("disconnect")),
    Point("the event in half", _event("cut_mid_frame")),
    Point("the event and then silence", _event("half_open")),
    Point("the event is lost", _event("drop")),
    Point("the event is late", _event("delay", seconds=30)),
    Point("the event comes twice", _event("duplicate")),
    Point("answer and event are lost", _both(_book("drop_answer"), _event("drop"))),
    Point("the list that decides dies", _listed("drop")),
    Point("the list that decides dies in half", _listed("cut_mid_frame")),
    Point("the list that decides hangs", _listed("half_open")),
    Point("the list that decides is garbage", _listed("garbage", kind="not_json")),
    Point("done, and away for five seconds", _down_after(5, "drop_answer")),
    Point("not done, and away for five seconds", _down_after(5, "drop")),
    Point(
        "done, and away for five minutes",
        _down_after(300, "drop_answer"),
        "unconfirmed",
    ),
    Point(
        "not done, and away for five minutes",
        _down_after(300, "drop"),
        "unconfirmed",
        0,
    ),
    Point("refused", _book("error", message="No"), "rejected", 0),
    Point("done and refused", _book("error", applied=True), "done"),
    Point(
        "somebody else was quicker, and the answer is lost",
        _both(_book("rival"), _event("drop")),
        "conflict",
        0,
    ),
]


@pytest.mark.parametrize("point", POINTS, ids=str)
@pytest.mark.parametrize("software", ["roomos-26.4", "roomos-11.14"])
async def test_book_whatever_dies(room: Room, point: Point) -> None:
    """Whoever books is told the truth, or that nobody knows it and where to look."""
    point.arm(room.device)
    with room.recording() as changes:
        outcome = await room.told_to(
            "book",
            title=TITLE,
            start=room.at(60),
            duration={"minutes": 30},
        )
        titles = [title for title, *_ in room.held]
        assert titles.count(TITLE) == point.ours
        assert outcome == point.told
        assert room.issues == (
            ["unconfirmed_booking"] if outcome == "unconfirmed" else []
        )
        room.device.faults.clear()
        await room.clock.pass_by(minutes=10)
    # Nothing is sent again behind anybody's back, and what became of it is shown.
    assert [title for title, *_ in room.held].count(TITLE) == point.ours
    shown = room.now("next_booking")
    assert shown == (titles[0] if titles else "unknown")
    assert kinds(changes) == ["created"] * len(titles)
    if point.ours:
        assert room.issues == []
        assert [entry["stage"] for entry in room.ledger] == ["confirmed"]


@pytest.mark.parametrize("done", [True, False], ids=["done", "not done"])
async def test_home_assistant_dies(room: Room, done: bool) -> None:
    """The ledger is settled by the list before the first action runs."""
    fault = room.device.faults.when(command=BOOK).no_answer(applied=done)
    call = room.calling("book", NAME, title=TITLE, start=room.at(60))
    await fault.triggered()
    room.keep_disk_as_it_is()
    await room.crash()
    await room.start()
    await room.clock.pass_by(seconds=10)
    assert call.done()
    assert [title for title, *_ in room.held] == [TITLE] * done
    assert room.issues == ([] if done else ["unconfirmed_booking"])
