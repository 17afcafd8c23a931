"""The objects of the Booking and Remote Setup APIs, under Python names.

Fields stand in the order of the wire. Times are aware and in UTC, except
`TimeZoneRule.valid_from`, which is naive standard time. Enumerations are the strings
of the wire. None is an element that is absent or nil.
"""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and what the headers of the call say."""

    user_name: str
    client_session: str | None = None
    api_version: int = 23


@dataclass(frozen=True, slots=True)
class TimeZoneInfo:
    """TimeZone of a system or a user: strings, for display only."""

    timezone_name: str
    start_time_dts: str
    end_time_dts: str
    gmt_offset: str


@dataclass(frozen=True, slots=True)
class TmsSystem:
    """A TMSSystem, and below `system_status` what TMS keeps to itself."""

    system_id: int
    system_name: str
    contact: str = ""
    manufacturer: str = "Cisco"
    description: str = ""
    system_type: str = "Cisco Room Kit Pro"
    network_address: str = ""
    location: str = ""
    isdn_number: str = ""
    q_number: str = ""
    web_interface_url: str = ""
    sip_uri: str = ""
    h323_id: str = ""
    e164_alias: str = ""
    time_zone: str = "W. Europe Standard Time"
    system_category: str = "Room"
    system_status: str = "Idle"
    allow_bookings: bool = True
    allow_remote_bookings: bool = False


@dataclass(frozen=True, slots=True)
class TmsUser:
    """A TMS user with its rights; `bookable_systems` None means all of them."""

    user_id: int
    user_name: str
    first_name: str = ""
    last_name: str = ""
    display_name: str = ""
    email_address: str = ""
    is_hidden_user: bool = False
    time_zone: str = "W. Europe Standard Time"
    booking: bool = True
    book_on_behalf_of: bool = False
    read_all: bool = False
    approve_meeting: bool = True
    site_admin: bool = False
    service_user: bool = False
    local_admin: bool = False
    bookable_systems: frozenset[int] | None = None
    primary_system: int | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """One participant; a system where `participant_call_type` is TMS."""

    participant_id: int | None = None
    name_or_number: str | None = None
    email_address: str | None = None
    participant_call_type: str = "TMS"


@dataclass(frozen=True, slots=True)
class AbsoluteRule:
    """A change of the clocks at a fixed date."""

    month: int
    day_of_month: int


@dataclass(frozen=True, slots=True)
class RelativeRule:
    """A change such as on the last Sunday; Sunday is 0, the last week 5."""

    month: int
    day_of_the_week: int = 0
    week_of_the_month_index: int = 5


@dataclass(frozen=True, slots=True)
class TimeChange:
    """When daylight time begins or ends, on the clock as it stood before."""

    change_second_at_day: int
    absolute_rule: AbsoluteRule | None = None
    relative_rule: RelativeRule | None = None


@dataclass(frozen=True, slots=True)
class TimeZoneRule:
    """The rule of a time zone from `valid_from` on."""

    valid_from: datetime
    id: str | None
    display_name: str | None
    base_offset_in_minutes: int
    daylight: TimeChange | None = None
    daylight_offset_in_minutes: int = 0
    standard: TimeChange | None = None


@dataclass(frozen=True, slots=True)
class RecurrenceException:
    """An occurrence that differs: `exception_type` is ADD, MODIFY or DELETE."""

    exception_type: str
    recurrence_id_utc: datetime | None
    recurrence_id_range: str = "None"
    modified_mask: int = 0
    modified_data: Conference | None = None


@dataclass(frozen=True, slots=True)
class RecurrencePattern:
    """How a series repeats; days of the week are full English names."""

    frequency_type: str = "Default"
    interval: int = 1
    days_of_week: tuple[str, ...] = ()
    first_day_of_week: str | None = None
    by_set_position: int = 0
    by_month_day: tuple[int, ...] = ()
    pattern_end_type: str = "Default"
    pattern_end_date_utc: datetime | None = None
    first_occurrence_rec_instance_id_utc: datetime | None = None
    pattern_instances: int = 0
    exceptions: tuple[RecurrenceException, ...] | None = None


@dataclass(frozen=True, slots=True)
class WebEx:
    """A WebEx meeting, which TMS only hands through."""

    meeting_key: str | None = None
    sip_url: str | None = None
    meeting_password: str | None = None
    join_meeting_url: str | None = None
    host_meeting_url: str | None = None
    host_key: str | None = None
    site_url: str | None = None
    owned_externally: bool | None = None


@dataclass(frozen=True, slots=True)
class ExternalConference:
    """WebEx or the dial string of a conference hosted elsewhere."""

    web_ex: WebEx | None = None
    externally_hosted_dial_string: str | None = None
    web_ex_instance_type: str | None = None


@dataclass(frozen=True, slots=True)
class Conference:
    """A Conference; also one occurrence of a series, or the series as a whole."""

    conference_id: int = -1
    title: str | None = None
    start_time_utc: datetime | None = None
    end_time_utc: datetime | None = None
    recurrence_instance_id_utc: datetime | None = None
    recurrence_instance_type: str | None = None
    first_occurrence_rec_instance_id_utc: datetime | None = None
    recurrence_pattern: RecurrencePattern | None = None
    owner_id: int | None = None
    owner_user_name: str | None = None
    owner_first_name: str | None = None
    owner_last_name: str | None = None
    owner_email_address: str | None = None
    conference_type: str = "Default"
    bandwidth: str = "Default"
    picture_mode: str = "Default"
    encrypted: str = "Default"
    data_conference: str = "Default"
    show_extend_option: str = "Default"
    password: str | None = field(default=None, repr=False)
    billing_code: str | None = None
    isdn_restrict: bool = False
    external_conference: ExternalConference | None = None
    email_to: str | None = None
    conf_bundle_id: str | None = None
    conf_owner_id: str | None = None
    conference_info_text: str | None = None
    conference_info_html: str | None = None
    user_message_text: str | None = None
    external_source_id: str | None = None
    external_primary_key: str | None = None
    detached_from_external_source_id: str | None = None
    detached_from_external_primary_key: str | None = None
    participants: tuple[Participant, ...] | None = None
    recorded_conference_uri: str | None = None
    web_conference_presenter_uri: str | None = None
    web_conference_attendee_uri: str | None = None
    isdn_bandwidth: str | None = None
    ip_bandwidth: str | None = None
    conference_language: str | None = None
    conference_time_zone_rules: tuple[TimeZoneRule, ...] | None = None
    conference_state: str | None = None
    version: int = 0
    location: str | None = None
    invitees: str | None = None
    secret_code: str | None = field(default=None, repr=False)
    meeting_source: str | None = None
    privacy_flag: str | None = None
    join_uri: str | None = None
    join_url: str | None = None
    transaction_id: int | None = None
    is_recording_enabled: bool | None = None

    @property
    def system_ids(self) -> frozenset[int]:
        """The systems that take part."""
        return frozenset(
            participant.participant_id
            for participant in self.participants or ()
            if participant.participant_call_type == "TMS"
            and participant.participant_id is not None
        )


@dataclass(frozen=True, slots=True)
class Transaction:
    """One change; `trans_type` is New, Updated, Deleted or ListIncomplete."""

    transaction_id: int
    conference_id: int
    trans_type: str
    performed_by_user_id: int
    participant_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AliasInfo:
    """One alias of a recording device."""

    system_id: int
    alias_id: str


@dataclass(frozen=True, slots=True)
class RecordingDevice:
    """A recording device or cluster with its aliases."""

    name: str
    aliases: tuple[AliasInfo, ...] = ()
