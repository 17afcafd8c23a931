"""Where a booking can die, and what must come of it."""

from dataclasses import dataclass

from .watch import BOOK, CREATED, LIST, Arm, both, lose_created


@dataclass(frozen=True)
class Point:
    """Where something dies, and what must come of it."""

    name: str
    arm: Arm
    told: str
    ours: int
    sent: int
    within: float = 30.0

    def __str__(self) -> str:
        """Name the test."""
        return self.name


POINTS = (
    Point("nothing dies", lambda sim: None, "booked", 1, 1, within=1),
    # Before the request is handled.
    Point(
        "the request is lost",
        lambda sim: sim.faults.when(command=BOOK).drop(),
        "booked",
        1,
        2,
    ),
    Point(
        "the request is lost, and so is the next one",
        lambda sim: sim.faults.when(command=BOOK).times(2).drop(),
        "unconfirmed",
        0,
        2,
    ),
    Point(
        "the cloud fails before it handles the request",
        lambda sim: sim.faults.when(command=BOOK).status(502),
        "booked",
        1,
        2,
    ),
    Point(
        "the cloud says it is unavailable",
        lambda sim: sim.faults.when(command=BOOK).status(503),
        "booked",
        1,
        2,
    ),
    Point(
        "the cloud hangs, and handles the request after the client has gone",
        lambda sim: sim.faults.when(command=BOOK).latency(60),
        "booked",
        1,
        2,
        within=40,
    ),
    # After it was handled.
    Point(
        "the answer is lost",
        lambda sim: sim.faults.when(command=BOOK).drop_answer(),
        "booked",
        1,
        1,
        within=1,
    ),
    Point(
        "the answer and the event are lost",
        both(
            lambda sim: sim.faults.when(command=BOOK).drop_answer(),
            lose_created,
        ),
        "booked",
        1,
        1,
        within=1,
    ),
    Point(
        "the cloud fails after it handled the request",
        lambda sim: sim.faults.when(command=BOOK).status(504, applied=True),
        "booked",
        1,
        1,
        within=1,
    ),
    Point(
        "the cloud says it was refused, and it was not",
        lambda sim: sim.faults.when(command=BOOK).status(400, applied=True),
        "booked",
        1,
        1,
        within=1,
    ),
    Point(
        "the answer is garbage",
        lambda sim: sim.faults.when(command=BOOK).garbage(applied=True),
        "booked",
        1,
        1,
        within=1,
    ),
    Point(
        "a portal answers in the cloud's place",
        lambda sim: sim.faults.when(command=BOOK).html(),
        "booked",
        1,
        2,
    ),
    Point(
        "the answer is empty and nothing was done",
        lambda sim: sim.faults.when(command=BOOK).empty(),
        "booked",
        1,
        2,
    ),
    Point("the event is lost", lose_created, "booked", 1, 1, within=3),
    Point(
        "the event comes much later",
        lambda sim: sim.faults.events(CREATED).always().delay(45),
        "booked",
        1,
        1,
        within=3,
    ),
    # The device takes its time, or does nothing.
    Point(
        "the device is slow",
        lambda sim: sim.faults.when(command=BOOK).applied_late(6),
        "booked",
        1,
        1,
        within=7,
    ),
    Point(
        "the device is slow and the event is lost",
        both(
            lambda sim: sim.faults.when(command=BOOK).applied_late(6),
            lose_created,
        ),
        "booked",
        1,
        1,
        within=12,
    ),
    Point(
        "the device does it when it was asked again",
        lambda sim: sim.faults.when(command=BOOK).applied_late(60),
        "booked",
        1,
        2,
    ),
    Point(
        "the device does it after everybody gave up",
        lambda sim: sim.faults.when(command=BOOK).times(2).applied_late(60),
        "unconfirmed",
        1,
        2,
    ),
    Point(
        "the answer is lost and the device does it after everybody gave up",
        both(
            lambda sim: sim.faults.when(command=BOOK).times(2).applied_late(60),
            lambda sim: sim.faults.events(CREATED).delay(300),
        ),
        "unconfirmed",
        1,
        2,
    ),
    Point(
        "the device does nothing, once",
        lambda sim: sim.faults.when(command=BOOK).not_applied(),
        "booked",
        1,
        2,
    ),
    Point(
        "the device does nothing and is unsure of its list",
        lambda sim: sim.faults.when(command=BOOK).not_applied(sync_required=True),
        "booked",
        1,
        2,
    ),
    Point(
        "the device never does it",
        lambda sim: sim.faults.when(command=BOOK).always().not_applied(),
        "unconfirmed",
        0,
        2,
    ),
    # Somebody else.
    Point(
        "somebody at the device was a moment faster",
        lambda sim: sim.faults.when(command=BOOK).rival(),
        "conflict",
        0,
        1,
        within=1,
    ),
    Point(
        "somebody has the second half",
        lambda sim: sim.faults.when(command=BOOK).rival(offset_minutes=15),
        "conflict",
        0,
        1,
        within=1,
    ),
    Point(
        "somebody was faster and the device does not say that it is unsure",
        both(
            lambda sim: sim.faults.when(command=BOOK).rival(),
            lambda sim: sim.faults.events().always().drop(),
        ),
        "conflict",
        0,
        1,
        within=3,
    ),
    Point(
        "the request is lost, and somebody else comes meanwhile",
        both(
            lambda sim: sim.faults.when(command=BOOK).drop(),
            lambda sim: sim.faults.when(command=BOOK).rival(),
        ),
        "conflict",
        0,
        2,
    ),
    # Refusals.
    Point(
        "the device refuses",
        lambda sim: sim.faults.when(command=BOOK).status(400, "Not at this hour"),
        "rejected",
        0,
        1,
        within=1,
    ),
    Point(
        "the device refuses and its list does not come",
        both(
            lambda sim: sim.faults.when(command=BOOK).status(400, "Not at this hour"),
            lambda sim: sim.faults.when(command=LIST).status(500),
        ),
        "rejected",
        0,
        1,
        within=1,
    ),
    Point(
        "the request is lost and the next one refused",
        both(
            lambda sim: sim.faults.when(command=BOOK).drop(),
            lambda sim: sim.faults.when(command=BOOK).status(400, "No"),
        ),
        "unconfirmed",
        0,
        2,
    ),
    Point(
        "the cloud is busy for a moment",
        lambda sim: sim.faults.when(command=BOOK).status(429, retry_after=10),
        "booked",
        1,
        2,
        within=15,
    ),
    Point(
        "the cloud is busy and does not say for how long",
        lambda sim: sim.faults.when(command=BOOK).status(429),
        "booked",
        1,
        2,
        within=3,
    ),
    Point(
        "the cloud stays busy",
        lambda sim: sim.faults.when(command=BOOK).times(2).status(429),
        "busy_try_later",
        0,
        2,
    ),
    Point(
        "the cloud is busy for long",
        lambda sim: sim.faults.when(command=BOOK).status(429, retry_after=120),
        "busy_try_later",
        0,
        1,
        within=1,
    ),
    Point(
        "the request is lost and the cloud gets busy",
        both(
            lambda sim: sim.faults.when(command=BOOK).drop(),
            lambda sim: sim.faults.when(command=BOOK).times(2).status(429),
        ),
        "unconfirmed",
        0,
        3,
    ),
    # The list, too.
    Point(
        "the answer is lost and the list fails twice",
        both(
            lambda sim: sim.faults.when(command=BOOK).drop_answer(),
            lose_created,
            lambda sim: sim.faults.when(command=LIST).times(2).status(500),
        ),
        "booked",
        1,
        1,
    ),
    Point(
        "the request is lost and the list fails for long",
        both(
            lambda sim: sim.faults.when(command=BOOK).drop(),
            lambda sim: sim.faults.when(command=LIST).times(6).status(500),
        ),
        "unconfirmed",
        0,
        1,
    ),
    Point(
        "the answer is lost and the list fails for long",
        both(
            lambda sim: sim.faults.when(command=BOOK).drop_answer(),
            lose_created,
            lambda sim: sim.faults.when(command=LIST).times(6).status(500),
        ),
        "unconfirmed",
        1,
        1,
    ),
    Point(
        "the event is lost and the list is cut",
        both(
            lose_created,
            lambda sim: sim.faults.when(command=LIST).times(2).drop(),
        ),
        "booked",
        1,
        1,
    ),
)
