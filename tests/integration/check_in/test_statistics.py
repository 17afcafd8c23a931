"""Booked and released time and no-shows as long-term statistics, through Home Assistant's recorder."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_homeassistant_custom_component.typing import RecorderInstanceContextManager

from homeassistant.components.recorder import Recorder, get_instance
from homeassistant.components.recorder.statistics import (
    list_statistic_ids,
    statistics_during_period,
)
from homeassistant.components.recorder.tasks import StatisticsTask
from homeassistant.core import HomeAssistant
from tests.integration.house import House
from tests.integration.virtual_time import VirtualTime, virtual_time

# The evening before the clocks go forward in Berlin: midnight is at 23:00 UTC, and the day
# after it ends at 22:00 UTC.
EVENING = datetime(2026, 3, 28, 21, 30, tzinfo=UTC)
NEXT_EVENING = datetime(2026, 3, 29, 21, 50, tzinfo=UTC)
KEYS = ("booked_today", "released_today", "no_shows_today")
STEP = timedelta(minutes=5)


@pytest.fixture
def mock_recorder_before_hass(
    async_test_recorder: RecorderInstanceContextManager,
) -> None:
    """The recorder has to be there before Home Assistant is."""


@pytest.fixture
async def clock(hass: HomeAssistant) -> AsyncGenerator[VirtualTime]:
    """Virtual time, from that evening on."""
    await hass.config.async_set_time_zone("Europe/Berlin")
    with virtual_time(EVENING) as clock:
        yield clock


@pytest.fixture
async def house(closed_house: House) -> House:
    """Three rooms that free themselves when nobody comes."""
    await closed_house.open(check_in=True, no_show="release")
    return closed_house


class Statistician:
    """Compiles what Home Assistant compiles by itself every five minutes."""

    def __init__(self, house: House) -> None:
        """Begin now."""
        self._house = house
        self._hass = house.hass

    async def _wait(self, *tasks: StatisticsTask) -> None:
        # In a thread: virtual time stands still meanwhile.
        recorder = get_instance(self._hass)
        for task in tasks:
            recorder.queue_task(task)
        await self._hass.async_add_executor_job(recorder.block_till_done)

    async def pass_to(self, when: datetime) -> None:
        """Let time pass, compiling all the while."""
        while self._house.clock.now < when:
            began = self._house.clock.now.replace(second=0, microsecond=0)
            await self._house.clock.move_to(began + STEP)
            await self._wait(StatisticsTask(began, False))

    async def sums(self, period: str = "5minute") -> dict[str, list[float]]:
        """The sums of each figure of the Fjord, in order."""
        await self._wait()
        entities = {self._house.entity_id("Fjord", key): key for key in KEYS}
        found = await get_instance(self._hass).async_add_executor_job(
            statistics_during_period,
            self._hass,
            EVENING - timedelta(days=1),
            None,
            set(entities),
            period,
            None,
            {"sum"},
        )
        return {
            key: [round(row["sum"] or 0, 1) for row in found.get(entity_id, [])]
            for entity_id, key in entities.items()
        }

    async def kinds(self) -> list[dict[str, Any]]:
        """What the recorder knows of the figures."""
        await self._wait()
        entities = {self._house.entity_id("Fjord", key) for key in KEYS}
        found: list[dict[str, Any]] = await get_instance(
            self._hass
        ).async_add_executor_job(list_statistic_ids, self._hass, entities)
        return found


def meet(house: House, after: float, minutes: int) -> None:
    """Somebody books the Fjord, and nobody will come."""
    house.workspace("Fjord").book_locally(
        "Stand-up", EVENING + timedelta(minutes=after), minutes
    )


async def test_figures_go_on_over_midnight_a_restart_and_a_short_day(
    recorder_mock: Recorder, house: House
) -> None:
    """What was given back stays counted, once."""
    statistician = Statistician(house)
    await statistician.pass_to(EVENING + timedelta(minutes=10))
    meet(house, 30, 30)  # 23:00 to 23:30 in Berlin
    await statistician.pass_to(EVENING + timedelta(minutes=80))
    assert house.truth("Fjord") == []
    assert float(house.state("Fjord", "no_shows_today")) == 1
    sums = await statistician.sums()
    assert {key: values[-1] for key, values in sums.items()} == {
        "booked_today": 10,
        "released_today": 20,
        "no_shows_today": 1,
    }

    # Midnight was at 23:00 UTC.
    await statistician.pass_to(EVENING + timedelta(minutes=100))
    assert float(house.state("Fjord", "no_shows_today")) == 0
    meet(house, 120, 60)
    await statistician.pass_to(EVENING + timedelta(minutes=140))
    await house.stop()
    await statistician.pass_to(EVENING + timedelta(minutes=160))
    await house.start()
    assert float(house.state("Fjord", "no_shows_today")) == 1

    # The clocks go forward at 01:00 UTC.
    await statistician.pass_to(EVENING + timedelta(minutes=215))
    meet(house, 240, 30)
    await statistician.pass_to(EVENING + timedelta(minutes=270))
    assert float(house.state("Fjord", "no_shows_today")) == 2
    assert float(house.state("Fjord", "released_today")) == pytest.approx(70, abs=0.1)

    # The day is over after 23 hours.
    await house.clock.move_to(NEXT_EVENING)
    await statistician.pass_to(NEXT_EVENING + timedelta(minutes=20))
    assert float(house.state("Fjord", "no_shows_today")) == 0
    sums = await statistician.sums()
    assert {key: values[-1] for key, values in sums.items()} == {
        "booked_today": 30,
        "released_today": 90,
        "no_shows_today": 3,
    }
    for key in ("released_today", "no_shows_today"):
        assert sums[key] == sorted(sums[key]), key
    hourly = await statistician.sums("hour")
    assert hourly["no_shows_today"][-1] == 3


async def test_the_recorder_knows_what_they_are(
    recorder_mock: Recorder, house: House
) -> None:
    """Sums: minutes that add up, and a count."""
    statistician = Statistician(house)
    await statistician.pass_to(EVENING + timedelta(minutes=10))
    kinds = {
        kind["statistic_id"]: (kind["has_sum"], kind["statistics_unit_of_measurement"])
        for kind in await statistician.kinds()
    }
    assert kinds == {
        house.entity_id("Fjord", "booked_today"): (True, "min"),
        house.entity_id("Fjord", "released_today"): (True, "min"),
        house.entity_id("Fjord", "no_shows_today"): (True, None),
    }
