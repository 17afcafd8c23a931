"""A ROOMZ display's side of the connector contract, which complains about everything.

Written from the contract alone (seeds/roomz-connector-api-v1.0.txt; facts/roomz.md C1
and C2): it judges whoever serves it. Nothing is forgiven, nothing is fatal: what can be
read is returned, and what is not as the contract has it is in `complaints`.
"""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
import json
import re
from typing import Any, Final, NoReturn
from urllib.parse import quote

from aiohttp import ClientSession, ClientTimeout

_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_ROOM: Final = {"roomId": str, "name": str}
_MEETING: Final = {
    "meetingId": str,
    "subject": str,
    "organizerId": str,
    "organizerName": str,
    "startDateUTC": str,
    "endDateUTC": str,
    "creationDateUTC": str,
    "isPrivate": bool,
    "isCancelled": bool,
}
_OPTIONAL: Final = {"imageUrl": str}
_STATUSES: Final = {
    "rooms": {200, 401},
    "meetings": {200, 400, 401, 404},
    # The contract's list has no 400 here; what else could malformed be (facts C2)?
    "book": {200, 201, 400, 401, 404, 409},
    "change": {200, 400, 401, 404, 409},
}
_GOOD: Final = (200, 201)


class ContractError(AssertionError):
    """The server is not as the contract has it; says all that is wrong."""


@dataclass(frozen=True, slots=True)
class Room:
    """A room of the list."""

    room_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A meeting of a list; times in UTC."""

    meeting_id: str
    subject: str
    organizer_id: str
    organizer_name: str
    start: datetime
    end: datetime
    created: datetime
    private: bool
    cancelled: bool
    image_url: str = ""


@dataclass(frozen=True, slots=True)
class Answer[Value]:
    """A status, and what came with a success."""

    status: int
    value: Value


@dataclass(frozen=True, slots=True)
class _Raw:
    status: int
    headers: Mapping[str, str]
    content_type: str
    charset: str | None
    body: bytes


@dataclass(slots=True, eq=False)
class StrictClient:
    """Asks `url` (the address before `/rooms`) as the user."""

    session: ClientSession = field(repr=False)
    url: str
    username: str
    password: str = field(repr=False)
    timeout: float = 20.0
    complaints: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Raise `ContractError` if there is anything to complain about."""
        if self.complaints:
            raise ContractError("\n".join(self.complaints))

    # The four calls

    async def rooms(self) -> Answer[list[Room]]:
        """GET /rooms."""
        answer = await self._ask("rooms", "GET", "/rooms")
        rooms: list[Room] = []
        for record in self._records("rooms", answer):
            room_id, name = record.get("roomId"), record.get("name")
            self._check_fields("a room", record, _ROOM, {})
            if isinstance(room_id, str) and isinstance(name, str):
                if not room_id:
                    self._complain("rooms: an empty roomId")
                rooms.append(Room(room_id, name))
        self._check_unique("rooms: roomId", [room.room_id for room in rooms])
        return Answer(answer.status, rooms)

    async def meetings(
        self,
        room_id: str,
        start: datetime | None = None,
        end: datetime | None = None,
    ) -> Answer[list[Meeting]]:
        """GET /rooms/{roomId}/meetings, of a window [start, end) or without one."""
        window = {
            name: _written(when)
            for name, when in (("from", start), ("to", end))
            if when is not None
        }
        answer = await self._ask("meetings", "GET", _path(room_id), query=window)
        meetings: list[Meeting] = []
        for record in self._records("meetings", answer):
            if (meeting := self._meeting("meetings", record)) is None:
                continue
            meetings.append(meeting)
            if (start is not None and meeting.end <= start) or (
                end is not None and meeting.start >= end
            ):
                self._complain(f"meetings: {meeting.meeting_id} is outside the window")
        self._check_unique("meetings: meetingId", [m.meeting_id for m in meetings])
        return Answer(answer.status, meetings)

    async def book(
        self,
        room_id: str,
        start: datetime,
        end: datetime,
        subject: str | None = None,
        organizer_id: str | None = None,
    ) -> Answer[Meeting | None]:
        """POST /rooms/{roomId}/meetings; what it answered, None for an empty body."""
        body = {"startDateUTC": _written(start), "endDateUTC": _written(end)}
        if subject is not None:
            body["subject"] = subject
        if organizer_id is not None:
            body["organizerId"] = organizer_id
        answer = await self._ask("book", "POST", _path(room_id), body=body)
        made = self._written_meeting("book", answer, start, end)
        if made is not None and subject is not None and made.subject != subject:
            self._complain("book: another subject than the one that was sent")
        return Answer(answer.status, made)

    async def change(
        self, room_id: str, meeting_id: str, start: datetime, end: datetime
    ) -> Answer[Meeting | None]:
        """PUT /rooms/{roomId}/meetings/{meetingId}; what it answered, None for nothing."""
        body = {"startDateUTC": _written(start), "endDateUTC": _written(end)}
        path = f"{_path(room_id)}/{quote(meeting_id, safe='')}"
        answer = await self._ask("change", "PUT", path, body=body)
        changed = self._written_meeting("change", answer, start, end)
        if changed is not None and changed.meeting_id != meeting_id:
            self._complain("change: another meetingId than the one that was named")
        return Answer(answer.status, changed)

    # Everything that the contract promises

    async def audit(self, room_id: str, start: datetime) -> None:
        """Walk the contract in a room that is free for three hours from `start` on.

        It leaves a meeting or two behind: nothing can be deleted.
        """
        await self._audit_refusals(room_id, start)
        begin, half = start.astimezone(UTC).replace(microsecond=0), _minutes(30)
        self._expect("book", (await self.book(room_id, begin, begin + half)).status, 2)
        first = await self._found(room_id, begin, begin + half)
        again = await self.book(room_id, begin + half / 2, begin + half + half / 2)
        self._expect("book a taken slot", again.status, 409)
        neighbour = await self.book(room_id, begin + half, begin + 2 * half, "Next")
        self._expect("book back-to-back", neighbour.status, 2)
        second = await self._found(room_id, begin + half, begin + 2 * half)
        if first is None or second is None:
            return
        if second.subject != "Next":
            self._complain("meetings: another subject than the one that was booked")
        clash = await self.change(room_id, first.meeting_id, begin, begin + 3 * half)
        self._expect("extend into the next", clash.status, 409)
        third = begin + half / 3
        shorter = await self.change(room_id, first.meeting_id, begin, third)
        self._expect("shorten", shorter.status, 200)
        if (found := await self._found(room_id, begin, third)) is not None:
            if found.meeting_id != first.meeting_id:
                self._complain("meetings: shortened, it has another meetingId")
        longer = await self.change(room_id, first.meeting_id, begin, begin + half)
        self._expect("extend up to the next", longer.status, 200)
        unknown = await self.change(room_id, "no-such-meeting", begin, begin + half)
        self._expect("change an unknown meeting", unknown.status, 404)
        swapped = await self.change(room_id, first.meeting_id, begin + half, begin)
        self._expect("change to an end before the start", swapped.status, 400)
        path = f"{_path(room_id)}/{quote(first.meeting_id, safe='')}"
        no_changes: tuple[Any, ...] = (
            None,
            [],
            {"endDateUTC": "later"},
            {"endDateUTC": None},
        )
        for body in no_changes:
            answer = await self._ask("change", "PUT", path, body=body)
            self._expect(f"change with {body!r}", answer.status, 400)
        # Both ends of the window are optional (facts C2).
        for window in ((None, None), (begin, None), (None, begin + half)):
            listed = await self.meetings(room_id, *window)
            self._expect("meetings without a whole window", listed.status, 200)
            if first.meeting_id not in {m.meeting_id for m in listed.value}:
                self._complain("meetings: without a whole window one is missing")

    async def _audit_refusals(self, room_id: str, start: datetime) -> None:
        end = start + _minutes(30)
        times = {"startDateUTC": _written(start), "endDateUTC": _written(end)}
        rooms = await self.rooms()
        self._expect("rooms", rooms.status, 200)
        if room_id not in {room.room_id for room in rooms.value}:
            self._complain(f"rooms: {room_id} is not among them")
        for stranger in (
            "",
            "Basic",
            "Bearer x",
            "Basic !",
            _basic(self.username, "wrong"),
            _basic("nobody", self.password),
            _basic(self.username, ""),
        ):
            for call, method, path, body in (
                ("rooms", "GET", "/rooms", None),
                ("meetings", "GET", _path(room_id), None),
                ("book", "POST", _path(room_id), times),
                ("change", "PUT", f"{_path(room_id)}/m", times),
            ):
                answer = await self._ask(
                    call, method, path, body=body, authorization=stranger
                )
                self._expect(f"{call} as a stranger", answer.status, 401)
        nowhere = await self.meetings("no-such-room", start, end)
        self._expect("meetings of an unknown room", nowhere.status, 404)
        unknown = await self.book("no-such-room", start, end)
        self._expect("book an unknown room", unknown.status, 404)
        for date in ("yesterday", "2026-01-01", "2026-02-30T10:00:00Z", ""):
            answer = await self._ask(
                "meetings", "GET", _path(room_id), query={"from": date}
            )
            self._expect(f"meetings from {date!r}", answer.status, 400)
        malformed: tuple[Any, ...] = (
            None,
            [],
            {},
            {**times, "startDateUTC": None},
            {**times, "startDateUTC": "soon"},
            {**times, "endDateUTC": times["startDateUTC"]},
        )
        for body in malformed:
            answer = await self._ask("book", "POST", _path(room_id), body=body)
            self._expect(f"book with {body!r}", answer.status, 400)

    async def _found(
        self, room_id: str, start: datetime, end: datetime
    ) -> Meeting | None:
        listed = await self.meetings(room_id, start, end)
        for meeting in listed.value:
            if (meeting.start, meeting.end) == (start, end) and not meeting.cancelled:
                return meeting
        self._complain("meetings: what was written is not in the list")
        return None

    def _expect(self, what: str, status: int, wanted: int) -> None:
        """Complain unless the status is the wanted one; 2 is any success."""
        if status != wanted and not (wanted == 2 and status in _GOOD):
            name = "a success" if wanted == 2 else str(wanted)
            self._complain(f"{what}: {status} instead of {name}")

    # Asking

    async def _ask(
        self,
        call: str,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        authorization: str | None = None,
    ) -> _Raw:
        headers = {"Accept": "application/json"}
        if authorization is None:
            authorization = _basic(self.username, self.password)
        if authorization:
            headers["Authorization"] = authorization
        data: bytes | None = None
        if method != "GET":
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        async with self.session.request(
            method,
            f"{self.url}{path}",
            params=query or None,
            data=data,
            headers=headers,
            allow_redirects=False,
            timeout=ClientTimeout(total=self.timeout),
        ) as response:
            raw = _Raw(
                response.status,
                response.headers,
                response.headers.get("Content-Type", "").partition(";")[0].strip(),
                response.charset,
                await response.read(),
            )
        if raw.status not in _STATUSES[call]:
            self._complain(f"{call}: the contract has no status {raw.status}")
        if raw.status == 401 and "basic" not in (
            raw.headers.get("WWW-Authenticate", "").lower()
        ):
            self._complain(f"{call}: 401 without asking for Basic")
        return raw

    # Reading

    def _complain(self, words: str) -> None:
        if words not in self.complaints:
            self.complaints.append(words)

    def _json(self, call: str, answer: _Raw) -> Any:
        if answer.content_type != "application/json":
            self._complain(f"{call}: the content type is {answer.content_type!r}")
        if (answer.charset or "utf-8").lower() != "utf-8":
            self._complain(f"{call}: the charset is {answer.charset}")

        def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            self._check_unique(f"{call}: a field", [name for name, _ in pairs])
            return dict(pairs)

        try:
            value = json.loads(
                answer.body.decode("utf-8"),
                object_pairs_hook=object_of,
                parse_constant=_refused,
            )
        except (ValueError, RecursionError) as error:
            self._complain(f"{call}: no JSON ({error})")
            return None
        for place in _nulls(value, ""):
            self._complain(f"{call}: null at {place or 'the top'}")
        return value

    def _records(self, call: str, answer: _Raw) -> Iterator[dict[str, Any]]:
        if answer.status != 200:
            return
        value = self._json(call, answer)
        if not isinstance(value, list):
            self._complain(f"{call}: not a bare array")
            return
        for item in value:
            if isinstance(item, dict):
                yield item
            else:
                self._complain(f"{call}: something in the array is no object")

    def _written_meeting(
        self, call: str, answer: _Raw, start: datetime, end: datetime
    ) -> Meeting | None:
        """The Meeting that a success answers; it need not (facts C2)."""
        if answer.status not in _GOOD or not answer.body:
            return None
        record = self._json(call, answer)
        if not isinstance(record, dict):
            self._complain(f"{call}: the body is no Meeting")
            return None
        meeting = self._meeting(call, record)
        if meeting is not None and (
            (meeting.start, meeting.end) != (_whole(start), _whole(end))
        ):
            self._complain(f"{call}: other times than those that were sent")
        return meeting

    def _meeting(self, call: str, record: dict[str, Any]) -> Meeting | None:
        sound = self._check_fields(f"{call}: a meeting", record, _MEETING, _OPTIONAL)
        times = [
            self._time(call, name, record.get(name))
            for name in ("startDateUTC", "endDateUTC", "creationDateUTC")
        ]
        start, end, created = times
        if not sound or start is None or end is None or created is None:
            return None
        if end < start:
            self._complain(f"{call}: a meeting ends before its start")
        if not record["meetingId"]:
            self._complain(f"{call}: an empty meetingId")
        if "imageUrl" in record and not record["imageUrl"].startswith("https://"):
            self._complain(f"{call}: imageUrl is no public https address")
        return Meeting(
            meeting_id=record["meetingId"],
            subject=record["subject"],
            organizer_id=record["organizerId"],
            organizer_name=record["organizerName"],
            start=start,
            end=end,
            created=created,
            private=record["isPrivate"],
            cancelled=record["isCancelled"],
            image_url=record.get("imageUrl", ""),
        )

    def _time(self, call: str, name: str, value: Any) -> datetime | None:
        if not isinstance(value, str):
            return None
        try:
            if _TIME.fullmatch(value):
                return datetime.fromisoformat(value)
        except ValueError:
            pass
        self._complain(f"{call}: {name} is not YYYY-MM-DDThh:mm:ssZ but {value!r}")
        return None

    def _check_fields(
        self,
        what: str,
        record: Mapping[str, Any],
        needed: Mapping[str, type],
        optional: Mapping[str, type],
    ) -> bool:
        """Complain about missing, unknown and wrong fields; whether there were none wrong."""
        sound = True
        for name, kind in {**needed, **optional}.items():
            if name not in record:
                if name in needed:
                    sound = False
                    self._complain(f"{what} without {name}")
            elif not isinstance(record[name], kind):
                sound = False
                self._complain(f"{what} whose {name} is no {kind.__name__}")
        for name in record.keys() - needed.keys() - optional.keys():
            self._complain(f"{what} with {name!r}, which the contract does not know")
        return sound

    def _check_unique(self, what: str, names: list[str]) -> None:
        for name in {name for name in names if names.count(name) > 1}:
            self._complain(f"{what} {name!r} comes twice")


def _basic(username: str, password: str) -> str:
    return f"Basic {b64encode(f'{username}:{password}'.encode()).decode()}"


def _path(room_id: str) -> str:
    return f"/rooms/{quote(room_id, safe='')}/meetings"


def _minutes(minutes: int) -> timedelta:
    return timedelta(minutes=minutes)


def _whole(when: datetime) -> datetime:
    return when.astimezone(UTC).replace(microsecond=0)


def _written(when: datetime) -> str:
    return _whole(when).strftime("%Y-%m-%dT%H:%M:%SZ")


def _nulls(value: Any, place: str) -> Iterator[str]:
    match value:
        case None:
            yield place
        case dict():
            for name, inner in value.items():
                yield from _nulls(inner, f"{place}.{name}")
        case list():
            for inner in value:
                yield from _nulls(inner, f"{place}[]")


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
