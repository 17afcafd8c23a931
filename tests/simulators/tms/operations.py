"""The operations of both services: from the elements of a call to those of its answer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

from . import reading, writing
from .engine import Caller, Conference, TmsServer, TmsSystem, TmsUser
from .reading import Fields
from .soap import BOOKING, REMOTE_SETUP, UnreadableError

DEFAULT_STATUS = "All"
SINCE = {
    "GetTimeZoneRulesById": 11,
    "SaveConferenceRecInstanceWithMode": 13,
    "SaveConferenceWithMode": 13,
}
"""The first version of the API that has an operation; 0 unless named."""


@dataclass(slots=True)
class Desk:
    """A server and how its answers are written."""

    server: TmsServer
    participants_separator: str = ","
    """What stands between the ids in ParticipantIds."""
    html_size: int = 24_000
    """How long a ConferenceInfoHtml is at least, escaped."""


type Operation = Callable[[Desk, Caller, Fields], str | None]
"""Returns the content of the `...Result` element; None where there is none."""


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _required(fields: Fields, name: str) -> int:
    """A whole number; .NET reads 0 where it is absent."""
    return fields.integer(name) or 0


def _conferences(items: Iterable[Conference], caller: Caller) -> str:
    version = caller.api_version
    return writing.array(
        "Conference", items, lambda item: writing.conference(item, version)
    )


def _styled(conference: Conference, desk: Desk) -> Conference:
    """With as much HTML as TMS's templates make of it."""
    html = conference.conference_info_html
    if not html:
        return conference
    row = '<tr><td style="font-size:12px">&nbsp;</td></tr>'
    missing = desk.html_size - len(escape(html))
    rows = row * (missing // len(escape(row)) + 1)
    return replace(conference, conference_info_html=f"{html}<table>{rows}</table>")


def _conference_in(fields: Fields) -> Conference:
    conference = fields.under("Conference")
    if conference is None:
        raise UnreadableError("Object reference not set to an instance of an object.")
    return reading.conference(conference)


# Booking: reads


def _for_systems(desk: Desk, caller: Caller, fields: Fields) -> str:
    found = desk.server.get_conferences_for_systems(
        caller,
        fields.integers("SystemIds"),
        fields.moment("StartTime"),
        fields.moment("EndTime"),
        fields.text("ConferenceStatus") or DEFAULT_STATUS,
    )
    return _conferences(found, caller)


def _for_user(desk: Desk, caller: Caller, fields: Fields) -> str:
    found = desk.server.get_conferences_for_user(
        caller,
        fields.text("UserName") or "",
        fields.moment("StartTime"),
        fields.moment("EndTime"),
        fields.text("ConferenceStatus") or DEFAULT_STATUS,
    )
    return _conferences(found, caller)


def _by_id(desk: Desk, caller: Caller, fields: Fields) -> str:
    found = desk.server.get_conference_by_id(caller, _required(fields, "ConferenceId"))
    return writing.conference(_styled(found, desk), caller.api_version)


def _recurrent_by_id(desk: Desk, caller: Caller, fields: Fields) -> str:
    found = desk.server.get_recurrent_conference_by_id(
        caller, _required(fields, "ConferenceId")
    )
    return writing.conference(_styled(found, desk), caller.api_version)


def _default(desk: Desk, caller: Caller, fields: Fields) -> str:
    found = desk.server.get_default_conference(caller)
    return writing.conference(found, caller.api_version)


def _id_by_external_id(desk: Desk, caller: Caller, fields: Fields) -> str:
    return str(
        desk.server.get_conference_id_by_external_id(
            caller,
            fields.text("ExternalSourceId"),
            fields.text("ExternalConferenceId"),
            fields.utc("RecurrenceIdUTC"),
        )
    )


def _transactions(desk: Desk, caller: Caller, fields: Fields) -> str:
    system = fields.text("SystemId")
    try:
        system_id = int(system) if system else None
    except ValueError:
        raise UnreadableError("Input string was not in a correct format.") from None
    found = desk.server.get_transactions_since(
        caller, _required(fields, "CurrentTransactionId"), system_id
    )
    return writing.array(
        "Transaction",
        found,
        lambda item: writing.transaction(item, desk.participants_separator),
    )


def _aliases(desk: Desk, caller: Caller, fields: Fields) -> str:
    found = desk.server.get_recording_aliases(caller, fields.text("UserName") or "")
    return writing.array("RecordingDevice", found, writing.recording_device)


def _time_zone_rules(desk: Desk, caller: Caller, fields: Fields) -> str:
    return writing.time_zone_rules(
        desk.server.get_time_zone_rules_by_id(caller, fields.text("idString") or "")
    )


# Booking: writes


def _save(desk: Desk, caller: Caller, fields: Fields) -> str:
    saved = desk.server.save_conference(caller, _conference_in(fields))
    return writing.conference(saved, caller.api_version)


def _save_with_mode(desk: Desk, caller: Caller, fields: Fields) -> str:
    saved = desk.server.save_conference(
        caller, _conference_in(fields), fields.text("BookingMode") or "Strict"
    )
    return _conferences([saved], caller)


def _save_instance(desk: Desk, caller: Caller, fields: Fields) -> str:
    saved = desk.server.save_conference_rec_instance(caller, _conference_in(fields))
    return writing.conference(saved, caller.api_version)


def _save_instance_with_mode(desk: Desk, caller: Caller, fields: Fields) -> str:
    saved = desk.server.save_conference_rec_instance(
        caller, _conference_in(fields), fields.text("BookingMode") or "Strict"
    )
    return _conferences([saved], caller)


def _save_all(desk: Desk, caller: Caller, fields: Fields) -> str:
    saved = desk.server.save_conferences(
        caller,
        [reading.conference(Fields(each)) for each in fields.all("Conferences")],
        bool(fields.boolean("oneTransaction")),
    )
    return _conferences(saved, caller)


def _delete(desk: Desk, caller: Caller, fields: Fields) -> None:
    desk.server.delete_conference_by_id(caller, _required(fields, "ConferenceId"))


def _delete_instance(desk: Desk, caller: Caller, fields: Fields) -> None:
    desk.server.delete_conference_rec_instance_by_id(
        caller, _required(fields, "ConferenceId")
    )


def _end(desk: Desk, caller: Caller, fields: Fields) -> None:
    desk.server.end_conference_by_id(caller, _required(fields, "ConferenceId"))


# Remote setup


def _system(desk: Desk, item: TmsSystem) -> str:
    return writing.system(item, desk.server.time_zone_info(item.time_zone))


def _user(desk: Desk, item: TmsUser) -> str:
    return writing.user(item, desk.server.time_zone_info(item.time_zone))


def _systems(desk: Desk, caller: Caller, fields: Fields) -> str:
    found = desk.server.get_systems(caller)
    return writing.array("TMSSystem", found, lambda item: _system(desk, item))


def _systems_for_user(desk: Desk, caller: Caller, fields: Fields) -> str:
    found = desk.server.get_systems_for_user(caller)
    return writing.array("TMSSystem", found, lambda item: _system(desk, item))


def _system_by_id(desk: Desk, caller: Caller, fields: Fields) -> str:
    found = desk.server.get_system_by_id(caller, _required(fields, "TMSSystemId"))
    return _system(desk, found)


def _users(desk: Desk, caller: Caller, fields: Fields) -> str:
    found = desk.server.get_users(caller)
    return writing.array("User", found, lambda item: _user(desk, item))


def _set_primary_system(desk: Desk, caller: Caller, fields: Fields) -> str:
    try:
        system_id = int(fields.text("primSys") or "")
    except ValueError:
        return _boolean(False)
    return _boolean(desk.server.set_primary_system(caller, system_id))


OPERATIONS: dict[str, dict[str, Operation]] = {
    BOOKING: {
        "GetConferencesForSystems": _for_systems,
        "GetConferencesForUser": _for_user,
        "GetConferenceById": _by_id,
        "GetRecurrentConferenceById": _recurrent_by_id,
        "GetDefaultConference": _default,
        "GetConferenceIdByExternalId": _id_by_external_id,
        "GetTransactionsSince": _transactions,
        "GetRecordingAliases": _aliases,
        "GetTimeZoneRulesById": _time_zone_rules,
        "SaveConference": _save,
        "SaveConferenceWithMode": _save_with_mode,
        "SaveConferenceRecInstance": _save_instance,
        "SaveConferenceRecInstanceWithMode": _save_instance_with_mode,
        "SaveConferences": _save_all,
        "DeleteConferenceById": _delete,
        "DeleteConferenceRecInstanceById": _delete_instance,
        "EndConferenceById": _end,
    },
    REMOTE_SETUP: {
        "GetSystems": _systems,
        "GetSystemsForUser": _systems_for_user,
        "GetSystemById": _system_by_id,
        "GetUsers": _users,
        "IsAlive": lambda desk, caller, _: _boolean(desk.server.is_alive(caller)),
        "IsTMSSiteAdmin": lambda desk, caller, _: _boolean(
            desk.server.is_site_admin(caller)
        ),
        "IsTMSServiceUser": lambda desk, caller, _: _boolean(
            desk.server.is_service_user(caller)
        ),
        "IsTMSBookOnBehalfUser": lambda desk, caller, _: _boolean(
            desk.server.is_book_on_behalf_user(caller)
        ),
        "IsBookOnBehalfOfUser": lambda desk, caller, fields: _boolean(
            desk.server.is_book_on_behalf_user(caller, fields.text("user") or "")
        ),
        "IsLocalAdmin": lambda desk, caller, _: _boolean(
            desk.server.is_local_admin(caller)
        ),
        "SetPrimarySystem": _set_primary_system,
    },
}
"""By namespace and name."""
