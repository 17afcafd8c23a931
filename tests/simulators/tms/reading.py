"""From the wire to the engine: elements by name, in whatever order they come.

`validation` has looked at order and types before, unless the simulator is lenient.
"""

from collections.abc import Callable
from datetime import UTC, datetime
import re

from lxml import etree

from .engine import (
    AbsoluteRule,
    Conference,
    ExternalConference,
    Participant,
    RecurrenceException,
    RecurrencePattern,
    RelativeRule,
    TimeChange,
    TimeZoneRule,
    TmsFault,
    WebEx,
)
from .soap import UnreadableError, elements, local_name

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_UTC = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?Z")


class Fields:
    """The children of an element; what is absent or nil reads as None."""

    def __init__(self, element: etree._Element) -> None:
        """Look into an element."""
        self._children: dict[str, list[etree._Element]] = {}
        namespace = etree.QName(element).namespace
        for child in elements(element):
            if etree.QName(child).namespace == namespace:
                self._children.setdefault(local_name(child), []).append(child)

    def all(self, name: str) -> list[etree._Element]:
        """The children of that name that are not nil."""
        return [
            child
            for child in self._children.get(name, ())
            if child.get(_NIL) not in ("true", "1")
        ]

    def under(self, name: str) -> Fields | None:
        """What a child holds."""
        children = self.all(name)
        return Fields(children[0]) if children else None

    def text(self, name: str) -> str | None:
        """A child's characters."""
        children = self.all(name)
        return (children[0].text or "") if children else None

    def integer(self, name: str) -> int | None:
        """A whole number."""
        return self._read(name, int)

    def boolean(self, name: str) -> bool | None:
        """`true`, `false`, `1` or `0`."""
        return self._read(name, _boolean)

    def moment(self, name: str) -> datetime | None:
        """An xs:dateTime; without an offset it is taken for UTC."""
        return self._read(name, _moment)

    def integers(self, name: str) -> tuple[int, ...]:
        """A whole number for each child of the name."""
        try:
            return tuple(int(child.text or "") for child in self.all(name))
        except ValueError as error:
            raise UnreadableError(str(error)) from None

    def utc(self, name: str) -> datetime | None:
        """A string such as `2026-11-20 09:00:00Z`; raises TmsFault for another."""
        text = self.text(name)
        if not text:
            return None
        if not _UTC.fullmatch(text):
            raise TmsFault(
                "INVALID_DATETIME_FORMAT", f"{text} is not a valid UTC date and time."
            )
        try:
            return datetime.fromisoformat(text)
        except ValueError as error:
            raise TmsFault("INVALID_DATETIME_FORMAT", str(error)) from None

    def _read[Value](self, name: str, read: Callable[[str], Value]) -> Value | None:
        text = self.text(name)
        if text is None:
            return None
        try:
            return read(text.strip())
        except ValueError as error:
            raise UnreadableError(str(error)) from None


def _boolean(text: str) -> bool:
    values = {"true": True, "1": True, "false": False, "0": False}
    if text not in values:
        raise ValueError(f"The string '{text}' is not a valid Boolean value.")
    return values[text]


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def conference(fields: Fields) -> Conference:
    """What a Conference element says."""
    default = Conference()
    state = fields.under("ConferenceState")
    external = fields.under("ExternalConference")
    pattern = fields.under("RecurrencePattern")
    participants = fields.under("Participants")
    rules = fields.under("ConferenceTimeZoneRules")
    return Conference(
        conference_id=fields.integer("ConferenceId") or 0,
        title=fields.text("Title"),
        start_time_utc=fields.utc("StartTimeUTC"),
        end_time_utc=fields.utc("EndTimeUTC"),
        recurrence_instance_id_utc=fields.utc("RecurrenceInstanceIdUTC"),
        recurrence_instance_type=fields.text("RecurrenceInstanceType"),
        first_occurrence_rec_instance_id_utc=fields.utc(
            "FirstOccurrenceRecInstanceIdUTC"
        ),
        recurrence_pattern=None if pattern is None else _pattern(pattern),
        owner_id=fields.integer("OwnerId"),
        owner_user_name=fields.text("OwnerUserName"),
        owner_first_name=fields.text("OwnerFirstName"),
        owner_last_name=fields.text("OwnerLastName"),
        owner_email_address=fields.text("OwnerEmailAddress"),
        conference_type=fields.text("ConferenceType") or default.conference_type,
        bandwidth=fields.text("Bandwidth") or default.bandwidth,
        picture_mode=fields.text("PictureMode") or default.picture_mode,
        encrypted=fields.text("Encrypted") or default.encrypted,
        data_conference=fields.text("DataConference") or default.data_conference,
        show_extend_option=fields.text("ShowExtendOption")
        or default.show_extend_option,
        password=fields.text("Password"),
        billing_code=fields.text("BillingCode"),
        isdn_restrict=bool(fields.boolean("ISDNRestrict")),
        external_conference=None if external is None else _external(external),
        email_to=fields.text("EmailTo"),
        conf_bundle_id=fields.text("ConfBundleId"),
        conf_owner_id=fields.text("ConfOwnerId"),
        conference_info_text=fields.text("ConferenceInfoText"),
        conference_info_html=fields.text("ConferenceInfoHtml"),
        user_message_text=fields.text("UserMessageText"),
        external_source_id=fields.text("ExternalSourceId"),
        external_primary_key=fields.text("ExternalPrimaryKey"),
        detached_from_external_source_id=fields.text("DetachedFromExternalSourceId"),
        detached_from_external_primary_key=fields.text(
            "DetachedFromExternalPrimaryKey"
        ),
        participants=None
        if participants is None
        else tuple(_participant(Fields(p)) for p in participants.all("Participant")),
        recorded_conference_uri=fields.text("RecordedConferenceUri"),
        web_conference_presenter_uri=fields.text("WebConferencePresenterUri"),
        web_conference_attendee_uri=fields.text("WebConferenceAttendeeUri"),
        isdn_bandwidth=_inner(fields, "ISDNBandwidth", "Bandwidth"),
        ip_bandwidth=_inner(fields, "IPBandwidth", "Bandwidth"),
        conference_language=fields.text("ConferenceLanguage"),
        conference_time_zone_rules=None
        if rules is None
        else tuple(_rule(Fields(rule)) for rule in rules.all("TimeZoneRule")),
        conference_state=None if state is None else state.text("Status"),
        version=fields.integer("Version") or 0,
        location=fields.text("Location"),
        invitees=fields.text("Invitees"),
        secret_code=fields.text("SecretCode"),
        meeting_source=fields.text("MeetingSource"),
        privacy_flag=fields.text("PrivacyFlag"),
        join_uri=fields.text("JoinUri"),
        join_url=fields.text("JoinUrl"),
        transaction_id=fields.integer("TransactionId"),
        is_recording_enabled=fields.boolean("IsRecordingEnabled"),
    )


def _inner(fields: Fields, name: str, inner: str) -> str | None:
    under = fields.under(name)
    return None if under is None else under.text(inner)


def _participant(fields: Fields) -> Participant:
    return Participant(
        participant_id=fields.integer("ParticipantId"),
        name_or_number=fields.text("NameOrNumber"),
        email_address=fields.text("EmailAddress"),
        participant_call_type=fields.text("ParticipantCallType") or "TMS",
    )


def _pattern(fields: Fields) -> RecurrencePattern:
    default = RecurrencePattern()
    days = fields.under("DaysOfWeek")
    exceptions = fields.under("Exceptions")
    return RecurrencePattern(
        frequency_type=fields.text("FrequencyType") or default.frequency_type,
        interval=fields.integer("Interval") or 0,
        days_of_week=()
        if days is None
        else tuple(day.text or "" for day in days.all("DayOfWeek")),
        first_day_of_week=fields.text("FirstDayOfWeek"),
        by_set_position=fields.integer("BySetPosition") or 0,
        by_month_day=fields.integers("ByMonthDay"),
        pattern_end_type=fields.text("PatternEndType") or default.pattern_end_type,
        pattern_end_date_utc=fields.utc("PatternEndDateUTC"),
        first_occurrence_rec_instance_id_utc=fields.utc(
            "FirstOccurrenceRecInstanceIdUTC"
        ),
        pattern_instances=fields.integer("PatternInstances") or 0,
        exceptions=None
        if exceptions is None
        else tuple(
            _exception(Fields(e)) for e in exceptions.all("RecurrenceException")
        ),
    )


def _exception(fields: Fields) -> RecurrenceException:
    data = fields.under("ModifiedData")
    return RecurrenceException(
        exception_type=fields.text("ExceptionType") or "ADD",
        recurrence_id_utc=fields.utc("RecurrenceIdUTC"),
        recurrence_id_range=fields.text("RecurrenceIdRange") or "None",
        modified_mask=fields.integer("ModifiedMask") or 0,
        modified_data=None if data is None else conference(data),
    )


def _external(fields: Fields) -> ExternalConference:
    webex = fields.under("WebEx")
    return ExternalConference(
        web_ex=None if webex is None else _webex(webex),
        externally_hosted_dial_string=_inner(fields, "ExternallyHosted", "DialString"),
        web_ex_instance_type=_inner(fields, "WebExState", "WebExInstanceType"),
    )


def _webex(fields: Fields) -> WebEx:
    return WebEx(
        meeting_key=fields.text("MeetingKey"),
        sip_url=fields.text("SipUrl"),
        meeting_password=fields.text("MeetingPassword"),
        join_meeting_url=fields.text("JoinMeetingUrl"),
        host_meeting_url=fields.text("HostMeetingUrl"),
        host_key=fields.text("HostKey"),
        site_url=fields.text("SiteUrl"),
        owned_externally=fields.boolean("OwnedExternally"),
    )


def _rule(fields: Fields) -> TimeZoneRule:
    daylight, standard = fields.under("Daylight"), fields.under("Standard")
    valid_from = fields.moment("ValidFrom") or datetime.min.replace(tzinfo=UTC)
    return TimeZoneRule(
        valid_from=valid_from.replace(tzinfo=None),
        id=fields.text("Id"),
        display_name=fields.text("DisplayName"),
        base_offset_in_minutes=fields.integer("BaseOffsetInMinutes") or 0,
        daylight=None if daylight is None else _change(daylight),
        daylight_offset_in_minutes=fields.integer("DaylightOffsetInMinutes") or 0,
        standard=None if standard is None else _change(standard),
    )


def _change(fields: Fields) -> TimeChange:
    absolute, relative = fields.under("AbsoluteRule"), fields.under("RelativeRule")
    return TimeChange(
        change_second_at_day=fields.integer("ChangeSecondAtDay") or 0,
        absolute_rule=None
        if absolute is None
        else AbsoluteRule(
            month=absolute.integer("Month") or 0,
            day_of_month=absolute.integer("DayOfMonth") or 0,
        ),
        relative_rule=None
        if relative is None
        else RelativeRule(
            month=relative.integer("Month") or 0,
            day_of_the_week=relative.integer("DayOfTheWeek") or 0,
            week_of_the_month_index=relative.integer("WeekOfTheMonthIndex") or 0,
        ),
    )
