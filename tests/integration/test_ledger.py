"""Nothing is lost or booked twice, whatever dies and whenever (DESIGN section 4).

The simulator knows the truth: whatever was told to whoever booked must agree with it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from tests.simulators.webex import WebexSimulator

from .house import House
from .virtual_time import VirtualTime

TITLE = "Ours"
BOOK = "Bookings.Book"
LIST = "Bookings.List"
CREATED = "Bookings.BookingCreated"
# The answers that say that nothing was sent on: such a request may be sent again.
_NOT_TAKEN = (401, 423, 429)

type Arm = Callable[[WebexSimulator], object]


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


@pytest.fixture
def watch(house: House) -> Iterator[Watch]:
    """A room in which each request is watched, and what must hold at the end."""
    watch = Watch(house)

    def remember_ledger(_: object) -> bool:
        watch.ledgers.append(house.ledger)
        return False

    house.sim.faults.when(command=BOOK, predicate=remember_ledger).always().drop()
    yield watch
    watch.check()


async def _outcome(house: House, **data: Any) -> str:
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


def _sync_required(house: House, room: str) -> None:
    house.phone(room).report("Bookings.SyncRequired", {}, house.clock.now)


def _stages(house: House) -> list[str]:
    return [entry["stage"] for entry in house.ledger]


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


def _lose_created(sim: WebexSimulator) -> None:
    sim.faults.events(CREATED).always().drop()


def _both(*arms: Arm) -> Arm:
    def arm(sim: WebexSimulator) -> None:
        for each in arms:
            each(sim)

    return arm


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
        _both(
            lambda sim: sim.faults.when(command=BOOK).drop_answer(),
            _lose_created,
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
    Point("the event is lost", _lose_created, "booked", 1, 1, within=3),
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
        _both(
            lambda sim: sim.faults.when(command=BOOK).applied_late(6),
            _lose_created,
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
        _both(
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
        _both(
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
        _both(
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
        _both(
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
        _both(
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
        _both(
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
        _both(
            lambda sim: sim.faults.when(command=BOOK).drop_answer(),
            _lose_created,
            lambda sim: sim.faults.when(command=LIST).times(2).status(500),
        ),
        "booked",
        1,
        1,
    ),
    Point(
        "the request is lost and the list fails for long",
        _both(
            lambda sim: sim.faults.when(command=BOOK).drop(),
            lambda sim: sim.faults.when(command=LIST).times(6).status(500),
        ),
        "unconfirmed",
        0,
        1,
    ),
    Point(
        "the answer is lost and the list fails for long",
        _both(
            lambda sim: sim.faults.when(command=BOOK).drop_answer(),
            _lose_created,
            lambda sim: sim.faults.when(command=LIST).times(6).status(500),
        ),
        "unconfirmed",
        1,
        1,
    ),
    Point(
        "the event is lost and the list is cut",
        _both(
            _lose_created,
            lambda sim: sim.faults.when(command=LIST).times(2).drop(),
        ),
        "booked",
        1,
        1,
    ),
)


@pytest.mark.parametrize("point", POINTS, ids=str)
async def test_what_is_told_is_true_wherever_something_dies(
    house: House, clock: VirtualTime, watch: Watch, point: Point
) -> None:
    """Booked means booked, refused means not there, unconfirmed means look."""
    point.arm(house.sim)
    began = clock.now
    with house.recording() as changes:
        assert await _outcome(house) == point.told
        assert clock.now - began <= timedelta(seconds=point.within)
        assert ("unconfirmed_booking" in house.issues) is (point.told == "unconfirmed")
        await clock.pass_by(minutes=10)
    assert watch.ours() == point.ours
    assert len(watch.sent()) == point.sent
    assert len(set(watch.sent())) == 1
    # What shows up later settles what nobody knew; what does not is left to people.
    unknown = point.told == "unconfirmed" and not point.ours
    assert ("unconfirmed_booking" in house.issues) is unknown
    settled = ["confirmed"] if point.ours else ["unconfirmed"] if unknown else []
    assert _stages(house) == settled
    told = [each for each in changes.told("Fjord") if each.title == TITLE]
    assert [each.kind for each in told] == ["created"] * point.ours
    assert all(each.ours for each in told)


async def test_the_cloud_cannot_be_reached(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """Nothing left, nothing is kept."""
    await house.sim.down(refuse=True)
    await clock.pass_by(seconds=20)  # until no open connection is left
    assert await _outcome(house) == "unreachable"
    await house.sim.up()
    await clock.pass_by(minutes=5)
    assert (watch.ours(), watch.sent(), house.ledger, house.issues) == (0, [], [], [])


@pytest.mark.parametrize("applied", [True, False])
async def test_the_connection_is_cut_with_the_request(
    house: House, clock: VirtualTime, watch: Watch, applied: bool
) -> None:
    """Nobody can look: it is sent once, and the list decides when it comes."""
    when = house.sim.faults.when(command=BOOK)
    fault = when.drop_answer() if applied else when.drop()
    call = house.calling(
        "book", "Fjord", title=TITLE, start=house.at(60), duration="00:30:00"
    )
    await fault.triggered()
    await house.sim.down()
    with pytest.raises(HomeAssistantError) as error:
        await call
    assert error.value.translation_key == "unconfirmed"
    assert house.issues == ["unconfirmed_booking"]
    await clock.pass_by(minutes=10)
    assert house.issues == ["unconfirmed_booking"]
    await house.sim.up()
    await clock.pass_by(minutes=2)
    assert watch.ours() == applied
    assert len(watch.sent()) == 1
    assert house.issues == ([] if applied else ["unconfirmed_booking"])


async def test_an_unconfirmed_wish_is_forgotten_when_its_time_is_over(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """Nobody needs to look after a meeting that would have ended an hour ago."""
    house.sim.faults.when(command=BOOK).times(2).not_applied()
    assert await _outcome(house, start=house.at(5)) == "unconfirmed"
    await clock.move_to(house.at(34))
    assert house.issues == ["unconfirmed_booking"]
    await clock.move_to(house.at(36 + 60 + 35))
    assert (house.issues, house.ledger) == ([], [])


async def test_somebody_says_that_he_looked(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """The wish is forgotten, and the next listing does not bring it back."""
    house.sim.faults.when(command=BOOK).times(2).not_applied()
    assert await _outcome(house) == "unconfirmed"
    house.hub.wishes.forget(watch.sent()[0])
    await house.sync("Fjord")
    await clock.pass_by(seconds=2)
    assert house.ledger == []


# The process dies


async def _book_and_crash(house: House, clock: VirtualTime, when: float) -> None:
    """Begin to book, die after so many seconds, and come back a little later."""
    house.calling("book", "Fjord", title=TITLE, start=house.at(60), duration="00:30:00")
    await clock.pass_by(seconds=when)
    await house.crash()
    await clock.pass_by(seconds=5)
    await house.start()
    await clock.pass_by(seconds=2)


async def test_killed_before_the_request_leaves(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """The wish is on disk, the request waited for its turn: it is not sent later."""
    when = house.sim.faults.when(command=LIST)
    when.status(429, retry_after=20)
    _sync_required(house, "Aurora")
    await clock.pass_by(seconds=1)
    await _book_and_crash(house, clock, 1)
    assert watch.sent() == []
    assert house.issues == ["unconfirmed_booking"]
    assert _stages(house) == ["unconfirmed"]


@pytest.mark.parametrize(
    ("arm", "ours"),
    [
        pytest.param(
            _both(
                lambda sim: sim.faults.when(command=BOOK).latency(3),
                lambda sim: sim.faults.when(command=BOOK).drop(),
            ),
            0,
            id="the request was lost",
        ),
        pytest.param(
            lambda sim: sim.faults.when(command=BOOK).latency(3),
            1,
            id="the request was handled after the kill",
        ),
        pytest.param(
            lambda sim: sim.faults.when(command=BOOK).applied_late(3),
            1,
            id="the device did it after the kill",
        ),
        pytest.param(
            lambda sim: sim.faults.when(command=BOOK).applied_late(60),
            1,
            id="the device did it after the restart",
        ),
        pytest.param(
            lambda sim: sim.faults.when(command=BOOK).not_applied(),
            0,
            id="the device did nothing",
        ),
        pytest.param(_lose_created, 1, id="the event was lost"),
        pytest.param(
            lambda sim: sim.faults.events(CREATED).delay(60),
            1,
            id="the event comes after the restart",
        ),
        pytest.param(
            _both(
                lambda sim: sim.faults.when(command=BOOK).drop_answer(),
                lambda sim: sim.faults.when(command=LIST).times(3).status(500),
                _lose_created,
            ),
            1,
            id="the answer was lost and nobody could look",
        ),
    ],
)
async def test_killed_between_request_and_confirmation(
    house: House, clock: VirtualTime, watch: Watch, arm: Arm, ours: int
) -> None:
    """Found is confirmed; not found is not sent again, but somebody is told."""
    arm(house.sim)
    await _book_and_crash(house, clock, 1)
    there = watch.ours()
    assert house.issues == ([] if there else ["unconfirmed_booking"])
    assert _stages(house) == ["confirmed" if there else "unconfirmed"]
    with house.recording() as changes:
        await clock.pass_by(minutes=5)
    assert watch.ours() == ours
    assert len(watch.sent()) == 1
    assert house.issues == ([] if ours else ["unconfirmed_booking"])
    assert _stages(house) == ["confirmed" if ours else "unconfirmed"]
    # What the first listing holds is no news; what comes later is, and it is ours.
    assert [(each.kind, each.ours) for each in changes.told("Fjord")] == [
        ("created", True)
    ] * (ours - there)


async def test_killed_between_confirmation_and_ledger(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """What was told as created a moment before the kill is found in the list."""
    house.calling("book", "Fjord", title=TITLE, start=house.at(60), duration="00:30:00")

    def on_told() -> None:
        assert _stages(house) == ["sent"]
        house.keep_disk_as_it_is()

    with house.when_told("Fjord", on_told):
        await clock.pass_by(seconds=1)
    assert _stages(house) == ["confirmed"]
    await house.crash()
    assert _stages(house) == ["sent"]
    with house.recording() as changes:
        await house.start()
        await clock.pass_by(seconds=2)
    assert _stages(house) == ["confirmed"]
    assert (watch.ours(), len(watch.sent()), house.issues) == (1, 1, [])
    assert changes.told("Fjord") == []


@pytest.mark.parametrize("ours", [0, 1])
async def test_old_wishes_are_settled_before_the_first_action(
    house: House, clock: VirtualTime, watch: Watch, ours: int
) -> None:
    """Even where the first listing takes its time."""
    fault = house.sim.faults.when(command=BOOK)
    if ours:
        _lose_created(house.sim)
    else:
        fault.not_applied()
    house.calling("book", "Fjord", title=TITLE, start=house.at(60), duration="00:30:00")
    await clock.pass_by(seconds=1)
    await house.crash()
    house.sim.faults.when(command=LIST, workspace=house.workspace("Fjord")).latency(15)
    await house.start()
    assert _stages(house) == ["sent"]
    await clock.until(lambda: house.state("Fjord", "availability") == "free", 30)
    await house.call("book", "Fjord", title="Next", start=house.at(120))
    (old, _), new = watch.ledgers[-1], watch.sent()[-1]
    assert old["stage"] == ("confirmed" if ours else "unconfirmed")
    assert old["request_id"] != new
    assert watch.sent().count(old["request_id"]) == 1


async def test_a_restart_keeps_what_people_have_to_look_at(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """Repair issues do not survive a restart by themselves; the ledger does."""
    house.sim.faults.when(command=BOOK).times(2).not_applied()
    assert await _outcome(house) == "unconfirmed"
    await house.crash()
    house.forget_issues()
    await house.start()
    assert house.issues == ["unconfirmed_booking"]


async def test_unloaded_while_somebody_books(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """Whoever waits hears that nobody knows; the next start settles it."""
    house.sim.faults.when(command=BOOK).applied_late(3)
    call = house.calling(
        "book", "Fjord", title=TITLE, start=house.at(60), duration="00:30:00"
    )
    await clock.pass_by(seconds=1)
    await house.stop()
    with pytest.raises(HomeAssistantError) as error:
        await call
    assert error.value.translation_key == "unconfirmed"
    await house.start()
    await clock.pass_by(seconds=2)
    assert (watch.ours(), _stages(house), house.issues) == (1, ["confirmed"], [])


async def test_a_call_that_is_cancelled_is_settled_by_the_list(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """A script that is stopped leaves no unknown wish behind."""
    _lose_created(house.sim)
    call = house.calling(
        "book", "Fjord", title=TITLE, start=house.at(60), duration="00:30:00"
    )
    await clock.pass_by(seconds=1)
    call.cancel()
    await clock.pass_by(seconds=5)
    assert (watch.ours(), _stages(house), house.issues) == (1, ["confirmed"], [])


# Two at a time


async def test_two_who_race_for_one_slot(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """One books, the other hears of the conflict and its times."""
    calls = [
        house.calling(
            "book", "Fjord", title=TITLE, start=house.at(60), duration="00:30:00"
        )
        for _ in range(2)
    ]
    await clock.pass_by(seconds=5)
    won, lost = calls
    assert won.result()["title"] == TITLE
    error = lost.exception()
    assert isinstance(error, ServiceValidationError)
    assert error.translation_key == "conflict"
    assert error.translation_placeholders == {
        "room": "Fjord",
        "start": "2026-03-03 02:00",
        "end": "2026-03-03 02:30",
    }
    assert len(watch.sent()) == 1


async def test_rooms_do_not_wait_for_each_other(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """Actions on one room run one at a time, on different rooms side by side."""
    house.sim.faults.when(command=BOOK, workspace=house.workspace("Aurora")).latency(10)
    slow = house.calling("book", "Aurora", start=house.at(60))
    waits = house.calling("book", "Aurora", start=house.at(120))
    quick = house.calling("book", "Fjord", start=house.at(60))
    await clock.pass_by(seconds=2)
    assert (slow.done(), waits.done(), quick.done()) == (False, False, True)
    await clock.pass_by(seconds=10)
    assert slow.done()
    assert waits.done()


# Further ahead than rooms are held


@pytest.mark.parametrize(
    ("arm", "told", "ours"),
    [
        pytest.param(lambda sim: None, "booked", 1, id="nothing dies"),
        pytest.param(_lose_created, "booked", 1, id="the event is lost"),
        pytest.param(
            lambda sim: sim.faults.when(command=BOOK).rival(), "conflict", 0, id="rival"
        ),
        pytest.param(
            lambda sim: sim.faults.when(command=BOOK).times(2).not_applied(),
            "unconfirmed",
            0,
            id="nothing is done",
        ),
    ],
)
@pytest.mark.parametrize("titles", ["show", "hide_private"])
async def test_a_booking_in_two_months_is_as_sure_as_any(
    house: House,
    clock: VirtualTime,
    watch: Watch,
    titles: str,
    arm: Arm,
    told: str,
    ours: int,
) -> None:
    """The list is asked for as far as the wish reaches."""
    await house.set_options(titles=titles)
    arm(house.sim)
    with house.recording() as changes:
        assert await _outcome(house, start=house.at(60 * 24 * 60)) == told
        await clock.pass_by(minutes=40)
    assert watch.ours() == ours
    assert [each.kind for each in changes.told("Fjord") if each.ours] == (
        ["created"] * ours
    )
    assert ("cancelled", TITLE) not in changes.kinds("Fjord")


async def test_killed_while_booking_in_two_months(
    house: House, clock: VirtualTime, watch: Watch
) -> None:
    """The first listing after the restart reaches as far."""
    _lose_created(house.sim)
    house.calling("book", "Fjord", title=TITLE, start=house.at(60 * 24 * 60))
    await clock.pass_by(seconds=1)
    await house.crash()
    await house.start()
    await clock.pass_by(seconds=2)
    assert (_stages(house), house.issues) == (["confirmed"], [])
