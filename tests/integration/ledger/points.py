"""Where a booking can die, and what must come of it."""

from dataclasses import dataclass

from .watch import CREATED, Arm, both, lose_created, on_book, on_list


@dataclass(frozen=True)
class Outcome:
    """What whoever books is told, and how many bookings were made of how many requests."""

    told: str
    ours: int
    sent: int


@dataclass(frozen=True)
class Point:
    """Where something dies, and what must come of it."""

    name: str
    arm: Arm
    outcome: Outcome
    within: float = 30.0

    def __str__(self) -> str:
        """Name the test."""
        return self.name


BOOKED = Outcome("booked", ours=1, sent=1)
BOOKED_AT_LAST = Outcome("booked", ours=1, sent=2)
NOT_KNOWN = Outcome("unconfirmed", ours=0, sent=2)
TAKEN = Outcome("conflict", ours=0, sent=1)
REFUSED = Outcome("rejected", ours=0, sent=1)

POINTS = (
    Point("nothing dies", lambda sim: None, BOOKED, within=1),
    # Before the request is handled.
    Point("the request is lost", on_book(lambda f: f.drop()), BOOKED_AT_LAST),
    Point(
        "the request is lost, and so is the next one",
        on_book(lambda f: f.times(2).drop()),
        NOT_KNOWN,
    ),
    Point(
        "the cloud fails before it handles the request",
        on_book(lambda f: f.status(502)),
        BOOKED_AT_LAST,
    ),
    Point(
        "the cloud says it is unavailable",
        on_book(lambda f: f.status(503)),
        BOOKED_AT_LAST,
    ),
    Point(
        "the cloud hangs, and handles the request after the client has gone",
        on_book(lambda f: f.latency(60)),
        BOOKED_AT_LAST,
        within=40,
    ),
    # After it was handled.
    Point("the answer is lost", on_book(lambda f: f.drop_answer()), BOOKED, within=1),
    Point(
        "the answer and the event are lost",
        both(on_book(lambda f: f.drop_answer()), lose_created),
        BOOKED,
        within=1,
    ),
    Point(
        "the cloud fails after it handled the request",
        on_book(lambda f: f.status(504, applied=True)),
        BOOKED,
        within=1,
    ),
    Point(
        "the cloud says it was refused, and it was not",
        on_book(lambda f: f.status(400, applied=True)),
        BOOKED,
        within=1,
    ),
    Point(
        "the answer is garbage",
        on_book(lambda f: f.garbage(applied=True)),
        BOOKED,
        within=1,
    ),
    Point(
        "a portal answers in the cloud's place",
        on_book(lambda f: f.html()),
        BOOKED_AT_LAST,
    ),
    Point(
        "the answer is empty and nothing was done",
        on_book(lambda f: f.empty()),
        BOOKED_AT_LAST,
    ),
    Point("the event is lost", lose_created, BOOKED, within=3),
    Point(
        "the event comes much later",
        lambda sim: sim.faults.events(CREATED).always().delay(45),
        BOOKED,
        within=3,
    ),
    # The device takes its time, or does nothing.
    Point("the device is slow", on_book(lambda f: f.applied_late(6)), BOOKED, within=7),
    Point(
        "the device is slow and the event is lost",
        both(on_book(lambda f: f.applied_late(6)), lose_created),
        BOOKED,
        within=12,
    ),
    Point(
        "the device does it when it was asked again",
        on_book(lambda f: f.applied_late(60)),
        BOOKED_AT_LAST,
    ),
    Point(
        "the device does it after everybody gave up",
        on_book(lambda f: f.times(2).applied_late(60)),
        Outcome("unconfirmed", ours=1, sent=2),
    ),
    Point(
        "the answer is lost and the device does it after everybody gave up",
        both(
            on_book(lambda f: f.times(2).applied_late(60)),
            lambda sim: sim.faults.events(CREATED).delay(300),
        ),
        Outcome("unconfirmed", ours=1, sent=2),
    ),
    Point(
        "the device does nothing, once",
        on_book(lambda f: f.not_applied()),
        BOOKED_AT_LAST,
    ),
    Point(
        "the device does nothing and is unsure of its list",
        on_book(lambda f: f.not_applied(sync_required=True)),
        BOOKED_AT_LAST,
    ),
    Point(
        "the device never does it",
        on_book(lambda f: f.always().not_applied()),
        NOT_KNOWN,
    ),
    # Somebody else.
    Point(
        "somebody at the device was a moment faster",
        on_book(lambda f: f.rival()),
        TAKEN,
        within=1,
    ),
    Point(
        "somebody has the second half",
        on_book(lambda f: f.rival(offset_minutes=15)),
        TAKEN,
        within=1,
    ),
    Point(
        "somebody was faster and the device does not say that it is unsure",
        both(
            on_book(lambda f: f.rival()),
            lambda sim: sim.faults.events().always().drop(),
        ),
        TAKEN,
        within=3,
    ),
    Point(
        "the request is lost, and somebody else comes meanwhile",
        both(on_book(lambda f: f.drop()), on_book(lambda f: f.rival())),
        Outcome("conflict", ours=0, sent=2),
    ),
    # Refusals.
    Point(
        "the device refuses",
        on_book(lambda f: f.status(400, "Not at this hour")),
        REFUSED,
        within=1,
    ),
    Point(
        "the device refuses and its list does not come",
        both(
            on_book(lambda f: f.status(400, "Not at this hour")),
            on_list(lambda f: f.status(500)),
        ),
        REFUSED,
        within=1,
    ),
    Point(
        "the request is lost and the next one refused",
        both(on_book(lambda f: f.drop()), on_book(lambda f: f.status(400, "No"))),
        NOT_KNOWN,
    ),
    Point(
        "the cloud is busy for a moment",
        on_book(lambda f: f.status(429, retry_after=10)),
        BOOKED_AT_LAST,
        within=15,
    ),
    Point(
        "the cloud is busy and does not say for how long",
        on_book(lambda f: f.status(429)),
        BOOKED_AT_LAST,
        within=3,
    ),
    Point(
        "the cloud stays busy",
        on_book(lambda f: f.times(2).status(429)),
        Outcome("busy_try_later", ours=0, sent=2),
    ),
    Point(
        "the cloud is busy for long",
        on_book(lambda f: f.status(429, retry_after=120)),
        Outcome("busy_try_later", ours=0, sent=1),
        within=1,
    ),
    Point(
        "the request is lost and the cloud gets busy",
        both(on_book(lambda f: f.drop()), on_book(lambda f: f.times(2).status(429))),
        Outcome("unconfirmed", ours=0, sent=3),
    ),
    # The list, too.
    Point(
        "the answer is lost and the list fails twice",
        both(
            on_book(lambda f: f.drop_answer()),
            lose_created,
            on_list(lambda f: f.times(2).status(500)),
        ),
        BOOKED,
    ),
    Point(
        "the request is lost and the list fails for long",
        both(on_book(lambda f: f.drop()), on_list(lambda f: f.times(6).status(500))),
        Outcome("unconfirmed", ours=0, sent=1),
    ),
    Point(
        "the answer is lost and the list fails for long",
        both(
            on_book(lambda f: f.drop_answer()),
            lose_created,
            on_list(lambda f: f.times(6).status(500)),
        ),
        Outcome("unconfirmed", ours=1, sent=1),
    ),
    Point(
        "the event is lost and the list is cut",
        both(lose_created, on_list(lambda f: f.times(2).drop())),
        BOOKED,
    ),
)
