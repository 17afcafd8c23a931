"""The further wishes of a booking that TMS knows (issue 4), as it takes them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
import re
from typing import Any, Final

from ...rooms.booking import BookingRequest
from ...rooms.errors import NotSupportedError
from .model import Participant

MAX_TITLE: Final = 255
# The first API version that can record on a Cisco Meeting Server.
_RECORDS_SINCE: Final = 23

_TYPES: Final = {
    "automatic_call_launch": "Automatic Call Launch",
    "manual_call_launch": "Manual Call Launch",
    "one_button_to_push": "One Button To Push",
    "no_connect": "No Connect",
    "reservation_only": "Reservation Only",
}
_RESERVATION: Final = "reservation_only"
_DIRECTIONS: Final = {"dial_in": "<-", "dial_out": "->"}
# By protocol: the word for a video call, and for an audio call.
_PROTOCOLS: Final = {
    "sip": ("SIP", "SIP Tel"),
    "h323": ("IP Video", "IP Tel"),
    "isdn": ("ISDN Video", "Telephone"),
    "phone": ("Telephone", "Telephone"),
}
_EXTRAS: Final = frozenset(
    (
        "conference_type",
        "participants",
        "dial_string",
        "pin",
        "record",
        "send_confirmation",
    )
)
_DIALLED: Final = frozenset(("type", "name", "address", "protocol", "audio"))
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_PIN: Final = re.compile(r"\d{1,32}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What is wanted besides rooms, times and title; `fields` by their wire names."""

    participants: tuple[Participant, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    send_confirmation: bool = False


def check_title(title: str) -> None:
    """Raise NotSupportedError for a title that TMS cannot keep."""
    if len(title) > MAX_TITLE:
        raise NotSupportedError(f"titles of more than {MAX_TITLE} characters")
    if _CONTROL.search(title):
        raise NotSupportedError("control characters in a title")


def wishes_of(request: BookingRequest, version: int) -> Wishes:
    """What a request wants of TMS; raises NotSupportedError, naming it, for what it cannot.

    `version` is that of the booking API.
    """
    check_title(request.title)
    for text in (request.organizer_name, request.organizer_email):
        _text("organizer", text)
    extras = {k: v for k, v in request.extras.items() if v not in (None, "", [], False)}
    for name in extras:
        if name not in _EXTRAS:
            raise NotSupportedError(name)
    fields: dict[str, Any] = {}
    if request.private:
        fields["PrivacyFlag"] = "Private"
    if (kind := extras.get("conference_type")) is not None:
        if kind not in _TYPES:
            raise NotSupportedError(f"conference_type {kind}")
        fields["ConferenceType"] = _TYPES[kind]
    if (pin := extras.get("pin")) is not None:
        if _PIN.fullmatch(str(pin)) is None:
            raise NotSupportedError("a pin of other characters than digits")
        fields["Password"] = str(pin)
    if (dial_string := extras.get("dial_string")) is not None:
        address = _text("dial_string", dial_string)
        fields["ExternalConference"] = {"ExternallyHosted": {"DialString": address}}
    if "record" in extras:
        if version < _RECORDS_SINCE:
            raise NotSupportedError(f"record before booking API {_RECORDS_SINCE}")
        fields["IsRecordingEnabled"] = True
    participants = _participants(extras.get("participants", []))
    _check_together(extras, participants)
    return Wishes(
        participants=participants,
        fields=fields,
        send_confirmation=bool(extras.get("send_confirmation")),
    )


def _check_together(
    extras: Mapping[str, Any], participants: Sequence[Participant]
) -> None:
    """Raise what cannot be wanted at once (reference: ConferenceType, ExternallyHosted)."""
    if extras.get("conference_type") == _RESERVATION:
        for name in ("participants", "dial_string", "pin", "record"):
            if name in extras:
                raise NotSupportedError(f"{name} with {_RESERVATION}")
    if "dial_string" in extras:
        if "record" in extras:
            raise NotSupportedError("record with dial_string")
        if any(not p.call_type.startswith("SIP") for p in participants):
            raise NotSupportedError("participants other than SIP with dial_string")
        if any(p.call_type.endswith("->") for p in participants):
            raise NotSupportedError("dial_out participants with dial_string")


def _participants(wanted: object) -> tuple[Participant, ...]:
    if not isinstance(wanted, list | tuple):
        raise NotSupportedError("participants that are no list")
    return tuple(_participant(each) for each in wanted)


def _participant(wanted: object) -> Participant:
    if not isinstance(wanted, Mapping):
        raise NotSupportedError("a participant without a type")
    for key in wanted:
        if key not in _DIALLED:
            raise NotSupportedError(f"{key} of a participant")
    kind, protocol = wanted.get("type"), wanted.get("protocol", "sip")
    if kind not in _DIRECTIONS:
        raise NotSupportedError("a participant that is neither dial_in nor dial_out")
    if protocol not in _PROTOCOLS:
        raise NotSupportedError(f"participants by {protocol}")
    who = wanted.get("address" if kind == "dial_out" else "name") or ""
    if kind == "dial_out" and not who:
        raise NotSupportedError("a dial_out participant without an address")
    video, audio = _PROTOCOLS[protocol]
    word = audio if wanted.get("audio") else video
    return Participant(
        id=None,
        call_type=f"{word} {_DIRECTIONS[kind]}",
        name_or_number=_text("participant", who),
    )


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > MAX_TITLE or _CONTROL.search(value):
        raise NotSupportedError(f"this {name}")
    return value
