"""From the engine to the wire: the order of facts 1.4, cut to what a client announced.

Absent is left out, empty is `<EmailTo />`. Characters that XML forbids leave as
references such as `&#xB;`, which makes the document unreadable, as .NET does it.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
import re
from xml.sax.saxutils import escape

from .engine import (
    Conference,
    ExternalConference,
    Participant,
    RecordingDevice,
    RecurrenceException,
    RecurrencePattern,
    TimeChange,
    TimeZoneInfo,
    TimeZoneRule,
    TmsSystem,
    TmsUser,
    Transaction,
    WebEx,
)

SINCE = {
    "ISDNBandwidth": 1,
    "IPBandwidth": 1,
    "ConferenceLanguage": 5,
    "ConferenceTimeZoneRules": 11,
    "ExternalConference": 12,
    "EmailTo": 15,
    "ConfBundleId": 15,
    "ConfOwnerId": 15,
    "Location": 16,
    "Invitees": 16,
    "SecretCode": 17,
    "MeetingSource": 18,
    "PrivacyFlag": 19,
    "JoinUri": 21,
    "JoinUrl": 21,
    "TransactionId": 22,
    "IsRecordingEnabled": 23,
}
"""The first version of the API that has a field of Conference; 0 unless named."""

_NEWER_VALUES = {
    "7b/448kbps": 11,
    "40b/2560kbps": 11,
    "96b/6144kbps": 11,
    "6000kbps": 11,
    "No Connect": 11,
}
"""Values that an older client reads as Default."""

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _text(value: str) -> str:
    value = escape(value)
    if _FORBIDDEN.search(value):
        return _FORBIDDEN.sub(lambda match: f"&#x{ord(match[0]):X};", value)
    return value


def _bool(value: bool) -> str:
    return "true" if value else "false"


def utc(value: datetime) -> str:
    """The format "u" of .NET: `2026-11-20 09:00:00Z`."""
    value = value.astimezone(UTC).replace(tzinfo=None)
    return f"{value.isoformat(' ', 'seconds')}Z"


def tag(name: str, content: str | None) -> str:
    """An element of that name; absent without content, short where it is empty."""
    if content is None:
        return ""
    return f"<{name}>{content}</{name}>" if content else f"<{name} />"


def _field(name: str, value: object, write: Callable[..., str] | None = None) -> str:
    if value is None:
        return ""
    if write is not None:
        return tag(name, write(value))
    match value:
        case bool():
            return f"<{name}>{_bool(value)}</{name}>"
        case int():
            return f"<{name}>{value}</{name}>"
        case datetime():
            return f"<{name}>{utc(value)}</{name}>"
    return tag(name, _text(str(value)))


def _fields(*fields: tuple[str, object]) -> str:
    return "".join(_field(name, value) for name, value in fields)


def array[Item](name: str, items: Iterable[Item], write: Callable[[Item], str]) -> str:
    """An element of that name for each item."""
    return "".join([tag(name, write(item)) for item in items])


def conference(item: Conference, version: int) -> str:
    """The fields of a Conference for a client of that version."""

    def known(value: str) -> str:
        return "Default" if version < _NEWER_VALUES.get(value, 0) else value

    def bandwidth(value: str) -> str:
        return f"<Bandwidth>{known(value)}</Bandwidth>"

    def participants(items: tuple[Participant, ...]) -> str:
        return array("Participant", items, lambda one: _participant(one, version))

    def rules(items: tuple[TimeZoneRule, ...]) -> str:
        return time_zone_rules(items)

    parts: list[str] = []
    for name, value, write in (
        ("ConferenceId", item.conference_id, None),
        ("Title", item.title, None),
        ("StartTimeUTC", item.start_time_utc, None),
        ("EndTimeUTC", item.end_time_utc, None),
        ("RecurrenceInstanceIdUTC", item.recurrence_instance_id_utc, None),
        ("RecurrenceInstanceType", item.recurrence_instance_type, None),
        (
            "FirstOccurrenceRecInstanceIdUTC",
            item.first_occurrence_rec_instance_id_utc,
            None,
        ),
        (
            "RecurrencePattern",
            item.recurrence_pattern,
            lambda pattern: _pattern(pattern, version),
        ),
        ("OwnerId", -1 if item.owner_id is None else item.owner_id, None),
        ("OwnerUserName", item.owner_user_name, None),
        ("OwnerFirstName", item.owner_first_name, None),
        ("OwnerLastName", item.owner_last_name, None),
        ("OwnerEmailAddress", item.owner_email_address, None),
        ("ConferenceType", item.conference_type, known),
        ("Bandwidth", item.bandwidth, known),
        ("PictureMode", item.picture_mode, None),
        ("Encrypted", item.encrypted, None),
        ("DataConference", item.data_conference, None),
        ("ShowExtendOption", item.show_extend_option, None),
        ("Password", item.password, None),
        ("BillingCode", item.billing_code, None),
        ("ISDNRestrict", item.isdn_restrict, None),
        ("ExternalConference", item.external_conference, _external),
        ("EmailTo", item.email_to, None),
        ("ConfBundleId", item.conf_bundle_id, None),
        ("ConfOwnerId", item.conf_owner_id, None),
        ("ConferenceInfoText", item.conference_info_text, None),
        ("ConferenceInfoHtml", item.conference_info_html, None),
        ("UserMessageText", item.user_message_text, None),
        ("ExternalSourceId", item.external_source_id, None),
        ("ExternalPrimaryKey", item.external_primary_key, None),
        ("DetachedFromExternalSourceId", item.detached_from_external_source_id, None),
        (
            "DetachedFromExternalPrimaryKey",
            item.detached_from_external_primary_key,
            None,
        ),
        ("Participants", item.participants, participants),
        ("RecordedConferenceUri", item.recorded_conference_uri, None),
        ("WebConferencePresenterUri", item.web_conference_presenter_uri, None),
        ("WebConferenceAttendeeUri", item.web_conference_attendee_uri, None),
        ("ISDNBandwidth", item.isdn_bandwidth, bandwidth),
        ("IPBandwidth", item.ip_bandwidth, bandwidth),
        ("ConferenceLanguage", item.conference_language, None),
        ("ConferenceTimeZoneRules", item.conference_time_zone_rules, rules),
        ("ConferenceState", item.conference_state, _status),
        ("Version", item.version, None),
        ("Location", item.location, None),
        ("Invitees", item.invitees, None),
        ("SecretCode", item.secret_code, None),
        ("MeetingSource", item.meeting_source, None),
        ("PrivacyFlag", item.privacy_flag, None),
        ("JoinUri", item.join_uri, None),
        ("JoinUrl", item.join_url, None),
        ("TransactionId", item.transaction_id, None),
        ("IsRecordingEnabled", item.is_recording_enabled, None),
    ):
        if value is not None and version >= SINCE.get(name, 0):
            parts.append(_field(name, value, write))
    return "".join(parts)


def _status(status: str) -> str:
    return f"<Status>{status}</Status>"


def _participant(item: Participant, version: int) -> str:
    return _fields(
        ("ParticipantId", item.participant_id or 0),
        ("NameOrNumber", item.name_or_number),
        ("EmailAddress", item.email_address if version >= SINCE["EmailTo"] else None),
        ("ParticipantCallType", item.participant_call_type),
    )


def _pattern(item: RecurrencePattern, version: int) -> str:
    def exceptions(items: tuple[RecurrenceException, ...]) -> str:
        return array("RecurrenceException", items, lambda one: _exception(one, version))

    return "".join(
        (
            _field("FrequencyType", item.frequency_type),
            _field("Interval", item.interval),
            _field("DaysOfWeek", item.days_of_week or None, _days),
            _field("FirstDayOfWeek", item.first_day_of_week),
            _field("BySetPosition", item.by_set_position),
            *(_field("ByMonthDay", day) for day in item.by_month_day),
            _field("PatternEndType", item.pattern_end_type),
            _field("PatternEndDateUTC", item.pattern_end_date_utc),
            _field(
                "FirstOccurrenceRecInstanceIdUTC",
                item.first_occurrence_rec_instance_id_utc,
            ),
            _field("PatternInstances", item.pattern_instances),
            _field("Exceptions", item.exceptions, exceptions),
        )
    )


def _days(days: tuple[str, ...]) -> str:
    return array("DayOfWeek", days, _text)


def _exception(item: RecurrenceException, version: int) -> str:
    return "".join(
        (
            _field("ExceptionType", item.exception_type),
            _field("RecurrenceIdUTC", item.recurrence_id_utc),
            _field("RecurrenceIdRange", item.recurrence_id_range),
            _field("ModifiedMask", item.modified_mask),
            _field(
                "ModifiedData",
                item.modified_data,
                lambda data: conference(data, version),
            ),
        )
    )


def _external(item: ExternalConference) -> str:
    return "".join(
        (
            _field("WebEx", item.web_ex, _webex),
            _field(
                "ExternallyHosted",
                item.externally_hosted_dial_string,
                lambda dial: _field("DialString", dial),
            ),
            _field(
                "WebExState",
                item.web_ex_instance_type,
                lambda kind: _field("WebExInstanceType", kind),
            ),
        )
    )


def _webex(item: WebEx) -> str:
    return _fields(
        ("MeetingKey", item.meeting_key),
        ("SipUrl", item.sip_url),
        ("MeetingPassword", item.meeting_password),
        ("JoinMeetingUrl", item.join_meeting_url),
        ("HostMeetingUrl", item.host_meeting_url),
        ("HostKey", item.host_key),
        ("SiteUrl", item.site_url),
        ("OwnedExternally", item.owned_externally),
    )


def time_zone_rules(items: Iterable[TimeZoneRule]) -> str:
    """The TimeZoneRule elements of rules."""
    return array("TimeZoneRule", items, _rule)


def _rule(item: TimeZoneRule) -> str:
    return "".join(
        (
            tag("ValidFrom", item.valid_from.isoformat()),
            _field("Id", item.id),
            _field("DisplayName", item.display_name),
            _field("BaseOffsetInMinutes", item.base_offset_in_minutes),
            _field("Daylight", item.daylight, _change),
            _field("DaylightOffsetInMinutes", item.daylight_offset_in_minutes),
            _field("Standard", item.standard, _change),
        )
    )


def _change(item: TimeChange) -> str:
    absolute, relative = item.absolute_rule, item.relative_rule
    rules = ""
    if absolute is not None:
        rules += tag(
            "AbsoluteRule",
            _fields(("Month", absolute.month), ("DayOfMonth", absolute.day_of_month)),
        )
    if relative is not None:
        rules += tag(
            "RelativeRule",
            _fields(
                ("Month", relative.month),
                ("DayOfTheWeek", relative.day_of_the_week),
                ("WeekOfTheMonthIndex", relative.week_of_the_month_index),
            ),
        )
    return _field("ChangeSecondAtDay", item.change_second_at_day) + rules


def transaction(item: Transaction, separator: str) -> str:
    """The fields of a Transaction."""
    return _fields(
        ("TransactionId", item.transaction_id),
        ("ConferenceId", item.conference_id),
        ("TransType", item.trans_type),
        ("PerformedByUserId", item.performed_by_user_id),
        ("ParticipantIds", separator.join(map(str, item.participant_ids))),
    )


def recording_device(item: RecordingDevice) -> str:
    """The fields of a RecordingDevice."""
    aliases = array(
        "AliasInfo",
        item.aliases,
        lambda alias: _fields(
            ("SystemId", alias.system_id), ("AliasId", alias.alias_id)
        ),
    )
    return _field("Name", item.name) + tag("Aliases", aliases)


def system(item: TmsSystem, time_zone: TimeZoneInfo) -> str:
    """The fields of a TMSSystem, with the schema's lower-camel nested names."""
    return "".join(
        (
            _fields(
                ("SystemId", item.system_id),
                ("SystemName", item.system_name),
                ("Contact", item.contact),
                ("Manufacturer", item.manufacturer),
                ("Description", item.description),
                ("SystemType", item.system_type),
                ("NetworkAddress", item.network_address),
                ("Location", item.location),
                ("ISDNNumber", item.isdn_number),
                ("QNumber", item.q_number),
                ("WebInterfaceURL", item.web_interface_url),
                ("SIPUri", item.sip_uri),
                ("H323Id", item.h323_id),
                ("E164Alias", item.e164_alias),
            ),
            tag("TimeZone", _time_zone(time_zone)),
            tag("SystemCategory", _field("systemCategory", item.system_category)),
            tag("SystemStatus", _field("systemStatus", item.system_status)),
        )
    )


def user(item: TmsUser, time_zone: TimeZoneInfo) -> str:
    """The fields of a User."""
    return "".join(
        (
            _fields(
                ("DisplayName", item.display_name),
                ("EmailAddress", item.email_address),
                ("FirstName", item.first_name),
                ("LastName", item.last_name),
                ("UserName", item.user_name),
                ("IsHiddenUser", item.is_hidden_user),
            ),
            tag("TimeZone", _time_zone(time_zone)),
        )
    )


def _time_zone(item: TimeZoneInfo) -> str:
    return _fields(
        ("TimezoneName", item.timezone_name),
        ("StartTimeDTS", item.start_time_dts),
        ("EndTimeDTS", item.end_time_dts),
        ("GMTOffset", item.gmt_offset),
    )
