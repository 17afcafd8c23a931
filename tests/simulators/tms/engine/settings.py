"""What an administrator sets on a TMS, and the knobs of what is inferred."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(slots=True)
class Settings:
    """Change any of these at any time."""

    api_version: int = 23
    time_zone: str = "W. Europe Standard Time"
    # What it sells.
    system_licences: int = 25
    session_licences: int = 5
    session_lifetime: timedelta = timedelta(minutes=47)
    session_grace: timedelta = timedelta(minutes=17)
    accept_foreign_sessions: bool = True
    # What may be booked.
    booking_window_days: int = 365
    mcu_ports: int | None = None
    billing_codes: frozenset[str] | None = None
    # Conference Settings.
    default_duration: timedelta = timedelta(minutes=30)
    conference_type: str = "Automatic Call Launch"
    picture_mode: str = "Enhanced CP"
    encrypted: str = "If Possible"
    show_extend_option: str = "Yes"
    ip_bandwidth: str = "30b/1920kbps"
    isdn_bandwidth: str = "6b/384kbps"
    conference_language: str = "en-US"
    auto_generate_pin: bool = False
    dial_in_number: str = "6001@example.com"
    # What is inferred.
    day_granularity: bool = True
    days_of_week_in_utc: bool = True
    mask_private_titles: bool = True
    check_version_by_key: bool = True
    transaction_limit: int = 500
    incomplete_replaces_last: bool = False
    refuse_unknown_transactions: bool = False
