"""Where a booking can die, and what must come of it."""

from dataclasses import dataclass

from .watch import CREATED, Arm, both, lose_created, on_book, on_list


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
    Point("the request is lost", on_book(lambda f: f.drop()), "booked", 1, 2),
    Point(
        "the request is lost, and so is the next one",
        on_book(lambda f: f.times(2).drop()),
        "unconfirmed",
        0,
        2,
    ),
    Point(
        "the cloud fails before it handles the request",
        on_book(lambda f: f.status(502)),
        "booked",
        1,
        2,
    ),
    Point(
        "the cloud says it is unavailable",
        on_book(lambda f: f.status(503)),
        "booked",
        1,
        2,
    ),
    Point(
        "the cloud hangs, and handles the request after the client has gone",
        on_book(lambda f: f.latency(60)),
        "booked",
        1,
        2,
        within=40,
    ),
    # After it was handled.
    Point(
        "the answer is lost",
        on_book(lambda f: f.drop_answer()),
        "booked",
        1,
        1,
        within=1,
    ),
    Point(
        "the answer and the event are lost",
        both(on_book(lambda f: f.drop_answer()), lose_created),
        "booked",
        1,
        1,
        within=1,
    ),
    Point(
        "the cloud fails after it handled the request",
        on_book(lambda f: f.status(504, applied=True)),
        "booked",
        1,
        1,
        within=1,
    ),
    Point(
        "the cloud says it was refused, and it was not",
        on_book(lambda f: f.status(400, applied=True)),
        "booked",
        1,
        1,
        within=1,
    ),
    Point(
        "the answer is garbage",
        on_book(lambda f: f.garbage(applied=True)),
        "booked",
        1,
        1,
        within=1,
    ),
    Point(
        "a portal answers in the cloud's place",
        on_book(lambda f: f.html()),
        "booked",
        1,
        2,
    ),
    Point(
        "the answer is empty and nothing was done",
        on_book(lambda f: f.empty()),
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
        on_book(lambda f: f.applied_late(6)),
        "booked",
        1,
        1,
        within=7,
    ),
    Point(
        "the device is slow and the event is lost",
        both(on_book(lambda f: f.applied_late(6)), lose_created),
        "booked",
        1,
        1,
        within=12,
    ),
    Point(
        "the device does it when it was asked again",
        on_book(lambda f: f.applied_late(60)),
        "booked",
        1,
        2,
    ),
    Point(
        "the device does it after everybody gave up",
        on_book(lambda f: f.times(2).applied_late(60)),
        "unconfirmed",
        1,
        2,
    ),
    Point(
        "the answer is lost and the device does it after everybody gave up",
        both(
            on_book(lambda f: f.times(2).applied_late(60)),
            lambda sim: sim.faults.events(CREATED).delay(300),
        ),
        "unconfirmed",
        1,
        2,
    ),
    Point(
        "the device does nothing, once",
        on_book(lambda f: f.not_applied()),
        "booked",
        1,
        2,
    ),
    Point(
        "the device does nothing and is unsure of its list",
        on_book(lambda f: f.not_applied(sync_required=True)),
        "booked",
        1,
        2,
    ),
    Point(
        "the device never does it",
        on_book(lambda f: f.always().not_applied()),
        "unconfirmed",
        0,
        2,
    ),
    # Somebody else.
    Point(
        "somebody at the device was a moment faster",
        on_book(lambda f: f.rival()),
        "conflict",
        0,
        1,
        within=1,
    ),
    Point(
        "somebody has the second half",
        on_book(lambda f: f.rival(offset_minutes=15)),
        "conflict",
        0,
        1,
        within=1,
    ),
    Point(
        "somebody was faster and the device does not say that it is unsure",
        both(
            on_book(lambda f: f.rival()),
            lambda sim: sim.faults.events().always().drop(),
        ),
        "conflict",
        0,
        1,
        within=3,
    ),
    Point(
        "the request is lost, and somebody else comes meanwhile",
        both(on_book(lambda f: f.drop()), on_book(lambda f: f.rival())),
        "conflict",
        0,
        2,
    ),
    # Refusals.
    Point(
        "the device refuses",
        on_book(lambda f: f.status(400, "Not at this hour")),
        "rejected",
        0,
        1,
        within=1,
    ),
    Point(
        "the device refuses and its list does not come",
        both(
            on_book(lambda f: f.status(400, "Not at this hour")),
            on_list(lambda f: f.status(500)),
        ),
        "rejected",
        0,
        1,
        within=1,
    ),
    Point(
        "the request is lost and the next one refused",
        both(on_book(lambda f: f.drop()), on_book(lambda f: f.status(400, "No"))),
        "unconfirmed",
        0,
        2,
    ),
    Point(
        "the cloud is busy for a moment",
        on_book(lambda f: f.status(429, retry_after=10)),
        "booked",
        1,
        2,
        within=15,
    ),
    Point(
        "the cloud is busy and does not say for how long",
        on_book(lambda f: f.status(429)),
        "booked",
        1,
        2,
        within=3,
    ),
    Point(
        "the cloud stays busy",
        on_book(lambda f: f.times(2).status(429)),
        "busy_try_later",
        0,
        2,
    ),
    Point(
        "the cloud is busy for long",
        on_book(lambda f: f.status(429, retry_after=120)),
        "busy_try_later",
        0,
        1,
        within=1,
    ),
    Point(
        "the request is lost and the cloud gets busy",
        both(on_book(lambda f: f.drop()), on_book(lambda f: f.times(2).status(429))),
        "unconfirmed",
        0,
        3,
    ),
    # The list, too.
    Point(
        "the answer is lost and the list fails twice",
        both(
            on_book(lambda f: f.drop_answer()),
            lose_created,
            on_list(lambda f: f.times(2).status(500)),
        ),
        "booked",
        1,
        1,
    ),
    Point(
        "the request is lost and the list fails for long",
        both(on_book(lambda f: f.drop()), on_list(lambda f: f.times(6).status(500))),
        "unconfirmed",
        0,
        1,
    ),
    Point(
        "the answer is lost and the list fails for long",
        both(
            on_book(lambda f: f.drop_answer()),
            lose_created,
            on_list(lambda f: f.times(6).status(500)),
        ),
        "unconfirmed",
        1,
        1,
    ),
    Point(
        "the event is lost and the list is cut",
        both(lose_created, on_list(lambda f: f.times(2).drop())),
        "booked",
        1,
        1,
    ),
)
