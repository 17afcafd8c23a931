"""The places where something can be read, as text."""

from collections.abc import Iterable, Iterator, Mapping
import json
import logging
from typing import Any

import pytest
from pytest_homeassistant_custom_component.components.recorder.common import (
    async_wait_recording_done,
)
from sqlalchemy import select

from homeassistant.components.recorder.db_schema import Base
from homeassistant.components.recorder.util import session_scope
from homeassistant.core import HomeAssistant
from homeassistant.helpers import restore_state

# The test helper's own logger writes whole files; it is no part of Home Assistant.
_HELPER = "pytest_homeassistant_custom_component"

type Surfaces = dict[str, str]


def as_text(anything: Any) -> str:
    """Something as a reader sees it."""
    return json.dumps(anything, default=str, ensure_ascii=False)


def logged(caplog: pytest.LogCaptureFixture, logger: str = "") -> str:
    """What was logged, with the stack traces; by one part of the world, or by all."""
    formatter = logging.Formatter("%(name)s %(message)s")
    return "\n".join(
        formatter.format(record)
        for record in caplog.records
        if record.name.startswith(logger) and not record.name.startswith(_HELPER)
    )


async def recorded(hass: HomeAssistant) -> str:
    """Every row of every table of the recorder."""
    await async_wait_recording_done(hass)

    def rows() -> Iterator[str]:
        with session_scope(hass=hass, read_only=True) as session:
            for table in Base.metadata.sorted_tables:
                for row in session.execute(select(table)).all():
                    yield f"{table.name}: {tuple(row)}"

    return "\n".join(await hass.async_add_executor_job(lambda: list(rows())))


def places(surfaces: Mapping[str, str], words: Iterable[str]) -> dict[str, list[str]]:
    """Where which of these words can be read."""
    return {
        place: found
        for place, text in surfaces.items()
        if (found := [word for word in words if word in text])
    }


async def stored(hass: HomeAssistant, files: Mapping[str, Any]) -> Surfaces:
    """All files as they are after a shutdown."""
    await restore_state.async_get(hass).async_dump_states()
    return {f"file {name}": as_text(content) for name, content in files.items()}
