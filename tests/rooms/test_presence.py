"""What sensors say of the people in a room."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import given, strategies as st

from custom_components.room_bookings.rooms.presence import (
    SILENT_AFTER,
    Presence,
    Reading,
)

from .builders import MOMENT, at, minutes

SOMEBODY, NOBODY, UNKNOWN = Reading
DOOR, DESK = "door", "desk"


@dataclass(frozen=True)
class Word:
    """What a sensor said, and when."""

    sensor: str
    reading: Reading
    at: datetime


def words(of_a_kind: st.SearchStrategy[Reading]) -> st.SearchStrategy[list[Word]]:
    """What three sensors say within an hour, in order; often again and again."""
    word = st.builds(
        Word,
        st.sampled_from([DOOR, DESK, "ceiling"]),
        of_a_kind,
        st.integers(0, 60).map(lambda count: at("9:00") + minutes(count)),
    )
    return st.lists(word, max_size=30).map(lambda all_: sorted(all_, key=_when))


histories = words(st.sampled_from(Reading)) | words(
    st.sampled_from([NOBODY] * 9 + [SOMEBODY])
)


def _when(word: Word) -> datetime:
    return word.at


def heard(history: list[Word]) -> Presence:
    """What is known after all of this."""
    presence = Presence()
    for word in history:
        presence = presence.told(word.sensor, word.reading, word.at)
    return presence


def said(history: list[Word], sensor: str, when: datetime) -> Word | None:
    """The last word of a sensor by then."""
    by_then = [w for w in history if w.sensor == sensor and w.at <= when]
    return by_then[-1] if by_then else None


def by_the_minute(
    history: list[Word],
    start: datetime,
    now: datetime,
    true: Callable[[list[Word | None]], bool],
) -> list[bool]:
    """Whether something is true of the last words of all sensors, for each half minute."""
    sensors = {word.sensor for word in history}
    count = (now - start) // minutes(0.5)
    moments = [start + minutes(0.5) * i for i in range(count + 1)]
    return [
        true([said(history, sensor, when) for sensor in sensors]) for when in moments
    ]


def somebody(last: list[Word | None]) -> bool:
    """Whether any sensor sees somebody."""
    return any(word is not None and word.reading is SOMEBODY for word in last)


def test_nothing_is_known_without_sensors() -> None:
    """Nobody was seen, and nothing speaks against an empty room."""
    presence = Presence()
    assert presence.seen_since is None
    assert not presence.seen_after(at("8:00"))
    assert presence.empty(at("8:00"), at("9:00"))


def test_somebody_comes_and_goes() -> None:
    """Seen from the first word to the last."""
    presence = Presence().told(DOOR, NOBODY, at("9:00"))
    presence = presence.told(DOOR, SOMEBODY, at("9:05"))
    assert presence.seen_since == at("9:05")
    presence = presence.told(DOOR, SOMEBODY, at("9:06"))
    assert presence.seen_since == at("9:05")
    presence = presence.told(DOOR, NOBODY, at("9:10"))
    assert presence.seen_since is None
    assert presence.seen_after(at("9:10"))
    assert not presence.seen_after(at("9:10") + MOMENT)
    assert not presence.empty(at("9:09"), at("9:12"))
    assert presence.empty(at("9:10"), at("9:12"))


def test_one_sensor_goes_on_where_another_stops() -> None:
    """Somebody walks from the door to the desk without leaving the room."""
    presence = Presence().told(DOOR, SOMEBODY, at("9:00"))
    presence = presence.told(DESK, SOMEBODY, at("9:01"))
    presence = presence.told(DOOR, NOBODY, at("9:02"))
    assert presence.seen_since == at("9:00")
    presence = presence.told(DESK, UNKNOWN, at("9:03"))
    assert presence.seen_since is None
    assert presence.seen_until == at("9:03")


def test_a_sensor_that_is_silent() -> None:
    """For eight minutes a word counts; after a gap it counts from the next one on."""
    presence = Presence().told(DOOR, NOBODY, at("9:00"))
    assert presence.empty(at("9:00"), at("9:00") + SILENT_AFTER - MOMENT)
    assert not presence.empty(at("9:00"), at("9:00") + SILENT_AFTER)
    again = presence.told(DOOR, NOBODY, at("9:07")).told(DOOR, NOBODY, at("9:14"))
    assert again.empty(at("9:00"), at("9:15"))
    late = presence.told(DOOR, NOBODY, at("9:08"))
    assert not late.empty(at("9:07"), at("9:09"))
    assert late.empty(at("9:08"), at("9:09"))


def test_a_sensor_that_only_says_what_changes() -> None:
    """Silence means that nothing did."""
    presence = Presence().told(DOOR, NOBODY, at("9:00"), speaks_up=False)
    assert presence.empty(at("9:00"), at("12:00"))


def test_a_sensor_whose_past_is_known() -> None:
    """Home Assistant knows since when it sees somebody."""
    presence = Presence().told(DOOR, SOMEBODY, at("9:00"), since=at("8:40"))
    assert presence.seen_since == at("8:40")


def test_all_sensors_have_to_agree_that_nobody_is_there() -> None:
    """One that cannot tell is enough."""
    presence = Presence().told(DOOR, NOBODY, at("9:00"))
    assert presence.empty(at("9:00"), at("9:05"))
    presence = presence.told(DESK, UNKNOWN, at("9:00"))
    assert not presence.empty(at("9:00"), at("9:05"))
    presence = presence.told(DESK, NOBODY, at("9:02"))
    assert not presence.empty(at("9:00"), at("9:05"))
    assert presence.empty(at("9:02"), at("9:05"))


@given(histories, st.integers(0, 60), st.integers(0, 10))
def test_never_empty_while_anything_is_seen_or_unknown(
    history: list[Word], start: int, more: int
) -> None:
    """Empty: at every moment every sensor has said so within eight minutes."""
    begin = at("9:00") + minutes(start)
    now = max((w.at for w in history), default=begin) + minutes(more)
    begin = min(begin, now)

    def vouched(when: datetime) -> bool:
        last = [said(history, sensor, when) for sensor in {w.sensor for w in history}]
        return all(
            word is not None
            and word.reading is NOBODY
            and when - word.at < SILENT_AFTER
            for word in last
        )

    moments = [begin + MOMENT * 0, now, *(w.at for w in history if w.at >= begin)]
    # A moment before each word, the last one is the oldest that it gets.
    moments += [w.at - MOMENT for w in history if w.at > begin]
    assert heard(history).empty(begin, now) <= all(vouched(when) for when in moments)


@given(histories, st.integers(0, 60))
def test_whatever_is_seen_is_remembered(history: list[Word], start: int) -> None:
    """Anything that was seen in a time was seen after its beginning."""
    begin = at("9:00") + minutes(start)
    now = max((w.at for w in history), default=begin)
    seen = any(by_the_minute(history, begin, now, somebody))
    assert seen <= heard(history).seen_after(begin)


@given(histories)
def test_seen_without_a_break(history: list[Word]) -> None:
    """Since `seen_since` at least one sensor has seen somebody at every moment."""
    presence = heard(history)
    now = max((w.at for w in history), default=at("9:00")) + minutes(1)
    seeing = by_the_minute(history, now, now, somebody)
    assert (presence.seen_since is not None) == any(seeing)
    since = presence.seen_since or now + timedelta(1)
    assert all(by_the_minute(history, since, now, somebody))
