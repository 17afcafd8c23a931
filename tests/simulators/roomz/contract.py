"""The four calls of the contract (facts C2), and how they refuse."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from tests.simulators.common.faults import NotApplied, Rival

from .request_log import LoggedRequest
from .room import OccupiedError, SimMeeting, SimRoom
from .times import parse_wire_time, wire_time

if TYPE_CHECKING:
    from .simulator import RoomzSimulator


class ApiError(Exception):
    """A refusal: success is judged by the HTTP status code alone (facts C1)."""

    def __init__(
        self, status: int, words: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        """Refuse with a status; the words are for people, the contract knows none."""
        super().__init__(words)
        self.status = status
        self.words = words
        self.headers = dict(headers or {})


@dataclass(slots=True)
class Rules:
    """What the contract leaves open, or a public connector does otherwise; all to turn."""

    post_status: int = 201
    """200 or 201."""
    post_body: bool = True
    """Whether a POST answers the Meeting; a public connector answers nothing."""
    put_status: int = 200
    """200; a public connector answers 204."""
    put_body: bool = True
    """Whether a PUT answers the Meeting."""
    put_needs_both: bool = False
    """Whether a PUT without start or end is refused, as a public connector does."""
    put_takes_subject: bool = True
    """Whether a PUT changes more than the times; else it drops that silently."""
    needs_window: bool = False
    """Whether a GET without from or to is refused."""
    lists_cancelled: bool = True
    """Whether cancelled meetings are listed, with isCancelled."""
    by_start: bool = False
    """Whether from and to are about the start alone, not about any shared time."""


def check_credentials(sim: RoomzSimulator, header: str | None) -> None:
    """Let the one user in; 401 for anybody else (facts C1)."""
    scheme, _, token = (header or "").partition(" ")
    try:
        given = b64decode(token.strip(), validate=True)
    except Base64Error, ValueError:
        given = b""
    known = f"{sim.username}:{sim.password}".encode()
    if scheme.lower() != "basic" or not compare_digest(given, known):
        raise ApiError(
            401, "Unauthorized", {"WWW-Authenticate": 'Basic realm="ROOMZ connector"'}
        )


def serve(
    sim: RoomzSimulator, entry: LoggedRequest, effect: Any
) -> tuple[int, Any | None]:
    """The status and the JSON body (None for none) of one request; raises `ApiError`."""
    match entry.call:
        case "rooms":
            return 200, [{"roomId": r.id, "name": r.name} for r in sim.rooms]
        case "meetings":
            return 200, _meetings(sim, entry)
        case "book":
            return _book(sim, entry, effect)
        case "change":
            return _change(sim, entry, effect)
    known = entry.path == "/rooms" or entry.room
    raise ApiError(405 if known else 404, "No such call")


def _room(sim: RoomzSimulator, entry: LoggedRequest) -> SimRoom:
    for room in sim.rooms:
        if room.id == entry.room:
            return room
    raise ApiError(404, "Unknown room")


def _meetings(sim: RoomzSimulator, entry: LoggedRequest) -> list[dict[str, Any]]:
    room = _room(sim, entry)
    start, end = (_instant(entry.query.get(name)) for name in ("from", "to"))
    if sim.rules.needs_window and (start is None or end is None):
        raise ApiError(400, "from and to are needed")
    organizer = entry.query.get("organizerId")
    if organizer is not None and organizer not in sim.organizers:
        raise ApiError(404, "Unknown organizer")
    return [
        meeting.as_json()
        for meeting in room.sorted()
        if (sim.rules.lists_cancelled or not meeting.cancelled)
        and (organizer is None or meeting.organizer_id == organizer)
        and _within(sim.rules, meeting, start, end)
    ]


def _within(
    rules: Rules, meeting: SimMeeting, start: datetime | None, end: datetime | None
) -> bool:
    since = meeting.start >= start if start and rules.by_start else True
    return (
        since
        and (start is None or meeting.end > start)
        and (end is None or meeting.start < end)
    )


def _instant(text: Any) -> datetime | None:
    if text is None:
        return None
    try:
        return parse_wire_time(text)
    except ValueError, TypeError:
        raise ApiError(400, "Malformed date") from None


def _fields(entry: LoggedRequest) -> dict[str, Any]:
    """The body: an object of texts and truth values, without nulls (facts C1)."""
    if not isinstance(entry.body, dict):
        raise ApiError(400, "The body is not a JSON object")
    for name, value in entry.body.items():
        kind = bool if name in ("isPrivate", "isCancelled") else str
        if not isinstance(value, kind):
            raise ApiError(400, f"Malformed {name}")
    return entry.body


def _book(
    sim: RoomzSimulator, entry: LoggedRequest, effect: Any
) -> tuple[int, Any | None]:
    room = _room(sim, entry)
    fields = _fields(entry)
    start, end = (_instant(fields.get(n)) for n in ("startDateUTC", "endDateUTC"))
    if start is None or end is None:
        raise ApiError(400, "startDateUTC and endDateUTC are needed")
    _check_order(start, end)
    organizer = fields.get("organizerId", sim.organizer)
    if organizer not in sim.organizers:
        raise ApiError(404, "Unknown organizer")
    _rival(room, start, effect)
    made = SimMeeting(
        meeting_id="m0",
        subject=fields.get("subject", ""),
        start=start,
        end=end,
        created=sim.clock(),
        organizer_id=organizer,
        organizer_name=sim.organizers[organizer],
        api=True,
    )
    if not isinstance(effect, NotApplied):
        try:
            made = room.book(
                made.subject,
                start,
                end,
                organizer_id=organizer,
                organizer_name=made.organizer_name,
                api=True,
            )
        except OccupiedError as error:
            raise ApiError(409, str(error)) from None
    return sim.rules.post_status, made.as_json() if sim.rules.post_body else None


def _change(
    sim: RoomzSimulator, entry: LoggedRequest, effect: Any
) -> tuple[int, Any | None]:
    room = _room(sim, entry)
    meeting = room.meetings.get(entry.meeting)
    if meeting is None or meeting.cancelled:
        raise ApiError(404, "Unknown meeting")
    fields = _fields(entry)
    start, end = (_instant(fields.get(n)) for n in ("startDateUTC", "endDateUTC"))
    if sim.rules.put_needs_both and (start is None or end is None):
        raise ApiError(400, "startDateUTC and endDateUTC are needed")
    changes: dict[str, Any] = {
        "start": start or meeting.start,
        "end": end or meeting.end,
    }
    _check_order(changes["start"], changes["end"])
    if sim.rules.put_takes_subject:
        changes |= _other_changes(sim, fields)
    _rival(room, changes["start"], effect)
    if isinstance(effect, NotApplied):
        meeting = replace(meeting, **changes)
    else:
        try:
            meeting = room.change(meeting, api=True, **changes)
        except OccupiedError as error:
            raise ApiError(409, str(error)) from None
    return sim.rules.put_status, meeting.as_json() if sim.rules.put_body else None


def _other_changes(sim: RoomzSimulator, fields: Mapping[str, Any]) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if "subject" in fields:
        changes["subject"] = fields["subject"]
    if "isCancelled" in fields:
        changes["cancelled"] = fields["isCancelled"]
    if "organizerId" in fields:
        if (organizer := fields["organizerId"]) not in sim.organizers:
            raise ApiError(404, "Unknown organizer")
        changes["organizer_id"] = organizer
        changes["organizer_name"] = sim.organizers[organizer]
    return changes


def _check_order(start: datetime, end: datetime) -> None:
    if end <= start:
        raise ApiError(400, "A meeting ends after its start")


def _rival(room: SimRoom, start: datetime, effect: Any) -> None:
    if isinstance(effect, Rival):
        begin = start + timedelta(minutes=effect.offset_minutes)
        end = begin + timedelta(minutes=effect.minutes)
        if room.holding(begin, end) is None:
            room.book(effect.title, begin, end)


def described(room: SimRoom, meeting: SimMeeting) -> dict[str, Any]:
    """A meeting as the control API shows it."""
    now = room.clock()
    state = "past" if meeting.end <= now else "future"
    if meeting.start <= now < meeting.end:
        state = "running"
    return {
        **meeting.as_json(),
        "state": state,
        "api": meeting.api,
        "created": wire_time(meeting.created),
    }
