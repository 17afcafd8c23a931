"""What each release of a device promises."""

import pytest

from custom_components.room_bookings.backends.xapi.local.versions import (
    capabilities_of,
    version_of,
)
from tests.simulators.xapi import PROFILES


@pytest.mark.parametrize(
    ("software", "version"),
    [
        ("ce26.4.0.12.abc", (26, 4)),
        ("RoomOS 11.24.1.8 4f6a0c", (11, 24)),
        ("ce9.15.3", (9, 15)),
        ("", None),
        ("RoomOS", None),
        ("11", None),
    ],
)
def test_a_version_is_read(software: str, version: tuple[int, int] | None) -> None:
    """However it is written."""
    assert version_of(software) == version


@pytest.mark.parametrize(
    ("software", "added"),
    [
        ("9.14", set()),
        ("9.15", {"book", "delete", "get", "list"}),
        ("10.19", set()),
        ("11.14", {"edit"}),
        ("11.25", set()),
        ("11.26", {"checkout"}),
        ("26.0", set()),
        ("26.1", {"checkin"}),
        ("99.9", set()),
    ],
)
def test_commands_come_with_their_release(software: str, added: set[str]) -> None:
    """As the schemas say (facts 1.3)."""
    releases = [
        "9.14",
        "9.15",
        "10.19",
        "11.14",
        "11.25",
        "11.26",
        "26.0",
        "26.1",
        "99.9",
    ]
    before = releases[: releases.index(software)][-1:]
    earlier = capabilities_of(before[0]).commands.keys() if before else set()
    assert capabilities_of(software).commands.keys() - earlier == added


def test_a_release_that_nobody_knows_is_the_oldest() -> None:
    """It lists and books; more is not promised."""
    assert capabilities_of("?").commands == capabilities_of("ce9.15").commands
    assert capabilities_of("10.19").takes("delete", "MeetingId")
    assert not capabilities_of("10.19").takes("delete", "Id")


@pytest.mark.parametrize("name", ["roomos-26.4", "roomos-11.24", "roomos-11.14"])
def test_versions_promise_no_more_than_schemas_do(name: str) -> None:
    """Those of the simulated releases."""
    profile = PROFILES[name]
    for command, takes in capabilities_of(profile.software).commands.items():
        known = profile.command(f"Bookings.{command}")
        assert known is not None
        assert takes <= {argument.name.lower() for argument in known.arguments}
