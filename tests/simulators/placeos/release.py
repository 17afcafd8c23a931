"""What the releases of the Bookings driver do differently (facts A)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Release:
    """A release of the driver; the defaults are those of D3."""

    name: str
    early_check_in_counts: bool = True
    """Whether a check-in ends the pending state of the next booking (A1.4)."""
    resets_status: bool = True
    """Whether `status` is free of pending where pending is disabled (A1.12)."""
    start_meeting_takes_time: bool = False
    """Whether start_meeting obeys its argument (A2)."""
    checks_in_again: bool = True
    """Whether checkin works for a running meeting that is not pending (A2)."""
    checks_clash: bool = True
    """Whether book_now refuses a slot that is taken (A2)."""
    end_notifies: bool = True
    """The default of end_meeting's `notify` (A2)."""
    end_comment: str | None = "cancelled at booking panel"
    """The default of end_meeting's `comment` (A2)."""
    has_push: bool = True
    """Whether the calendar's push makes it poll, rather than the signal (A3)."""
    senses_people: bool = False
    """Whether it has `people_present?` (A2)."""


def _d2(name: str, *, resets_status: bool) -> Release:
    return Release(
        name,
        early_check_in_counts=False,
        resets_status=resets_status,
        start_meeting_takes_time=True,
        checks_in_again=False,
        checks_clash=False,
        end_notifies=False,
        end_comment=None,
        has_push=False,
    )


RELEASES = {
    release.name: release
    for release in (
        _d2("D2", resets_status=False),
        _d2("D2b", resets_status=True),
        Release("D3"),
        Release("D4", senses_people=True),
    )
}
"""The releases by the names of the facts."""
