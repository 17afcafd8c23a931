"""Booking a room of a Cisco TMS: what is sent, and what comes back."""

import pytest

from tests.integration.booking import book, not_booked
from tests.integration.server_house import iso

from .house import TmsHouse

QUOTED = 'Ada\'s "weekly" <review> & Überblick – 日本'


async def test_book_later(house: TmsHouse) -> None:
    """It is answered when TMS has it, and shown at once; TMS drops quotes from titles."""
    with house.recording() as changes:
        answer = await book(house, title=QUOTED)
        title = "Adas weekly <review> & Überblick – 日本"
        [made] = house.living()
        assert answer == {
            "booking_id": str(made.conference_id),
            "title": title,
            "start": iso(60),
            "end": iso(90),
        }
        assert house.titles("Fjord") == ("unknown", title)
    assert house.held() == [(title, 60, 30)]
    assert [(t.kind, t.title, t.ours, t.late) for t in changes.told("Fjord")] == [
        ("created", title, True, False)
    ]
    assert changes.told("Aurora") == []
    assert made.external_source_id == f"home-assistant-{house.entry.entry_id}"
    assert made.external_primary_key == house.ledger[0]["request_id"]
    assert house.saved()[-1]["ExternalPrimaryKey"] == made.external_primary_key
    # What TMS tells of it later is no news.
    with house.recording() as later:
        await house.poll()
        await house.poll()
    assert later.told("Fjord") == []


async def test_book_now(house: TmsHouse) -> None:
    """The room is busy at once."""
    await house.do("book", duration={"minutes": 15})
    assert house.held() == [("Meeting", 0, 15)]
    assert house.facts() == ("busy", "Meeting", "unknown")
    await house.clock.move_to(house.at(15))
    assert house.facts() == ("free", "unknown", "unknown")


async def test_the_button(house: TmsHouse) -> None:
    """It books the default duration."""
    await house.press("Fjord", "book_now")
    assert house.held() == [("Meeting", 0, 30)]


async def test_few_questions(house: TmsHouse) -> None:
    """A booking costs no listing, and at most one question about what is new."""
    house.tms.clear_log()
    await book(house)
    await house.clock.pass_by(seconds=60)
    asked = house.asked
    assert asked.pop("SaveConferenceWithMode") == 2
    assert asked.pop("GetDefaultConference") == 1
    assert asked["GetTransactionsSince"] <= 1
    assert set(asked) <= {"GetTransactionsSince"}


async def test_private(house: TmsHouse) -> None:
    """TMS is told so, and the title is hidden at once."""
    answer = await book(house, private=True)
    assert answer["title"] == "Private"
    [made] = house.living()
    assert made.title == "Planning"
    assert made.privacy_flag not in (None, "")
    assert house.titles("Fjord")[1] == "Private"
    assert house.shown("Fjord", "next_booking").attributes["private"] is True


@pytest.mark.parametrize(
    "who",
    [
        {"organizer_email": "Ada@example.com"},
        {"organizer_name": "ada lovelace"},
        {"organizer_name": "Countess", "organizer_email": "ada@example.com"},
    ],
)
async def test_book_for_somebody_else(house: TmsHouse, who: dict[str, str]) -> None:
    """Who that is, is looked up once; the booking is theirs."""
    user = house.tms.local.add_user(
        "EXAMPLE\\ada",
        first_name="Ada",
        last_name="Lovelace",
        display_name="Ada Lovelace",
        email_address="ada@example.com",
    )
    answer = await book(house, **who)
    made = house.tms.local.get(int(answer["booking_id"]))
    assert made.owner_id == user.user_id
    attributes = house.shown("Fjord", "next_booking").attributes
    assert attributes["organizer"] == "Ada Lovelace"
    await book(house, start=house.at(120), **who)
    assert house.asked["GetUsers"] == 1


async def test_book_for_a_stranger(house: TmsHouse) -> None:
    """Nobody else gets the booking instead."""
    told = await not_booked(house, organizer_email="nobody@example.com")
    assert told["key"] == "rejected"
    assert "nobody@example.com" in told["words"]
    assert house.saved() == []


async def test_without_the_right_to_book_for_others(house: TmsHouse) -> None:
    """The right is named; for itself the account may book."""
    house.tms.local.change_user(house.tms.user.user_id, book_on_behalf_of=False)
    told = await not_booked(house, organizer_name="Ada")
    assert told["key"] == "permission_denied"
    assert told["missing"] == "Book on behalf of"
    assert house.saved() == []
    await book(house)
    assert house.held() == [("Planning", 60, 30)]


async def test_a_title_that_tms_cannot_keep(house: TmsHouse) -> None:
    """It is refused before anything is sent."""
    house.tms.clear_log()
    for title in ("x" * 256, "bell\a"):
        assert (await not_booked(house, title=title))["key"] == "not_supported"
    assert house.asked == {}
