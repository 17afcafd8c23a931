"""Entities of a room follow what its devices can do, without a reload."""

import logging

import pytest

from tests.simulators.xapi import PROFILES

from .comings import comings
from .house import House
from .virtual_time import VirtualTime

_CAN = {"button.fjord_extend", "button.fjord_check_in"}


def update(house: House, to: str) -> None:
    """The device of Fjord gets another software."""
    house.phone("Fjord").profile = PROFILES[to]


async def test_software_that_brings_verbs(
    house: House, clock: VirtualTime, caplog: pytest.LogCaptureFixture
) -> None:
    """And one that takes them again: within the hour there are the buttons for what it can.

    Nothing that is there is added a second time: Home Assistant would complain.
    """
    await clock.pass_by(minutes=2)
    with comings(house.hass) as seen:
        update(house, "roomos-26.4")
        await clock.pass_by(hours=1, minutes=1)
    assert seen.went == set()
    assert seen.came == seen.blinked == _CAN
    with comings(house.hass) as seen:
        update(house, "phoneos-3.6")
        await clock.pass_by(hours=1, minutes=1)
    assert seen.came == set()
    assert seen.went == seen.blinked == _CAN
    assert [r for r in caplog.records if r.levelno >= logging.ERROR] == []


@pytest.mark.parametrize(
    ("becomes", "goes"), [("roomos-26.4", set()), ("phoneos-3.6", _CAN)]
)
async def test_a_device_that_does_not_say_what_it_can_do(
    house: House, clock: VirtualTime, becomes: str, goes: set[str]
) -> None:
    """It is being updated, or out of reach at a start: its buttons stay until it says."""
    update(house, "roomos-26.4")
    await clock.pass_by(hours=1, minutes=1)
    assert house.state("Fjord", "extend") == "unknown"
    await house.stop()
    update(house, becomes)
    silence = house.sim.faults.when(path="/v1/xapi/schema").always().status(503)
    with comings(house.hass) as seen:
        await house.start()
        await clock.pass_by(hours=2, minutes=1)
        assert seen.came | seen.went == set()
        silence.remove()
        await clock.pass_by(hours=1, minutes=1)
    assert seen.came == set()
    assert seen.went == goes


async def test_a_listing_that_changes_nothing(house: House, clock: VirtualTime) -> None:
    """Adds nothing and removes nothing, also of a device that is out of reach for hours."""
    with comings(house.hass) as seen:
        await clock.pass_by(hours=2)
        house.phone("Fjord").online = False
        await clock.pass_by(hours=2)
        house.phone("Fjord").online = True
        await clock.pass_by(hours=2)
    assert seen.came | seen.went == set()
