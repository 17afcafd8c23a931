"""The conference that GetDefaultConference hands out."""

from datetime import datetime
from random import Random

from .model import Conference, TmsUser
from .settings import Settings


def default_conference(
    settings: Settings, user: TmsUser, now: datetime, random: Random
) -> Conference:
    """Return a conference with id -1 by the Conference Settings of TMS."""
    hour = now.hour % 12 or 12
    half = "AM" if now.hour < 12 else "PM"
    day = f"{now.month}/{now.day}/{now.year}"
    return Conference(
        conference_id=-1,
        title=f"Meeting {day} {hour}:{now.minute:02} {half}",
        start_time_utc=now,
        end_time_utc=now + settings.default_duration,
        owner_id=user.user_id,
        owner_user_name=user.user_name,
        owner_first_name=user.first_name,
        owner_last_name=user.last_name,
        owner_email_address=user.email_address,
        conference_type=settings.conference_type,
        bandwidth=settings.ip_bandwidth,
        picture_mode=settings.picture_mode,
        encrypted=settings.encrypted,
        data_conference="No",
        show_extend_option=settings.show_extend_option,
        password=f"{random.randrange(10000):04}" if settings.auto_generate_pin else "",
        billing_code="",
        email_to="",
        user_message_text="",
        participants=(),
        isdn_bandwidth=settings.isdn_bandwidth,
        ip_bandwidth=settings.ip_bandwidth,
        conference_language=settings.conference_language,
        conference_state="NotSaved",
        is_recording_enabled=False,
    )
