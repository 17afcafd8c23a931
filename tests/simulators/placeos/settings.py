"""The settings of a Bookings module (seed, Settings; facts A2)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The driver's settings, with its own defaults but for the time zone."""

    calendar_id: str | None = None
    calendar_time_zone: str = "UTC"
    book_now_default_title: str = "Ad Hoc booking"
    disable_book_now: bool | None = None
    disable_book_now_host: bool = False
    disable_end_meeting: bool = False
    pending_period: int = 5
    pending_before: int = 5
    cache_polling_period: int = 5
    cache_days: int = 30
    sensor_stale_minutes: int = 8
    change_event_sync_delay: int = 5
    control_ui: str | None = None
    catering_ui: str | None = None
    application_permissions: bool = True
    include_cancelled_bookings: bool = False
    hide_qr_code: bool = False
    custom_qr_url: str | None = None
    custom_qr_color: str | None = None
    room_image: str | None = None
    room_name: str | None = None
    room_capacity: int | None = None
    sensor_mac: str | None = None
    hide_meeting_details: bool = False
    hide_meeting_title: bool = False
    enable_end_meeting_button: bool = False
    not_bookable: bool = False
    min_duration: int = 15
    max_duration: int = 480
    offline_color: str | None = None
    offline_image: str | None = None
