"""The module for the browser: where it is, and that nothing else is there."""

import logging
from pathlib import Path
import re

import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL as Address

from custom_components.room_bookings import panels
from custom_components.room_bookings.const import DOMAIN
from homeassistant import block_async_io
from homeassistant.components import frontend
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import loop
from tests.integration.house import House

MODULE = f"/{DOMAIN}/room-bookings.js"
SECRETS = ("manifest.json", "__init__.py", "translations/en.json")


async def test_the_module_is_served_to_anybody(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> None:
    """As JavaScript, and to be kept: another content has another address."""
    assert await async_setup_component(hass, DOMAIN, {})
    client = await hass_client_no_auth()
    for address in (MODULE, await panels.async_address(hass)):
        answer = await client.get(address)
        assert answer.status == 200
        assert answer.content_type == "text/javascript"
        assert "max-age=" in answer.headers["Cache-Control"]
        assert await answer.read() == (panels.FOLDER / panels.MODULE).read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/.",
        "/other.js",
        "/room-bookings.js.map",
        *(f"/{step}{name}" for name in SECRETS for step in ("", "../", "%2e%2e/")),
        *(f"/..%2f{name}" for name in SECRETS),
        *(f"/x/../../{name}" for name in SECRETS),
        f"/{Path(panels.__file__).parent.as_posix()}/manifest.json",
        "/%2fetc/passwd",
        "/..%5cmanifest.json",
    ],
)
async def test_nothing_else_is_served(
    hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator, path: str
) -> None:
    """Neither what lies beside the module nor a list of what there is."""
    assert await async_setup_component(hass, DOMAIN, {})
    client = await hass_client_no_auth()
    address = Address(f"{client.make_url('/')}{DOMAIN}{path}", encoded=True)
    answer = await client.session.get(address, allow_redirects=False)
    assert answer.status in (400, 403, 404)
    assert b"room_bookings" not in await answer.read()


def test_nothing_but_the_module_is_in_the_folder() -> None:
    """Whatever lies there is public: the licences of what is bundled may."""
    names = {path.name for path in panels.FOLDER.iterdir()}
    assert names - {f"{panels.MODULE}.LEGAL.txt"} == {panels.MODULE}


async def test_the_address_changes_with_the_content(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And only then; it names the version too."""
    assert await async_setup_component(hass, DOMAIN, {})
    monkeypatch.setattr(panels, "FOLDER", tmp_path)
    addresses = []
    for content in ("one", "two", "one"):
        (tmp_path / panels.MODULE).write_text(content)
        addresses.append(await panels.async_address(hass))
    one, two, again = addresses
    assert one == again != two
    assert re.fullmatch(rf"{MODULE}\?v=\d+\.\d+\.\d+-[0-9a-f]{{8}}", one)


def registered(hass: HomeAssistant) -> list[str]:
    """The modules of this integration that the frontend loads."""
    urls = hass.data[frontend.DATA_EXTRA_MODULE_URL].urls
    return [url for url in urls if DOMAIN in url]


async def test_the_frontend_loads_it_from_the_start_on(hass: HomeAssistant) -> None:
    """Once, though the integration comes second: the manifest says after whom."""
    assert await async_setup_component(hass, "frontend", {})
    assert await async_setup_component(hass, DOMAIN, {})
    assert registered(hass) == [await panels.async_address(hass)]


async def test_the_frontend_loads_it_once_when_somebody_adds_a_system_later(
    closed_house: House,
) -> None:
    """However often its entry is loaded."""
    hass = closed_house.hass
    assert await async_setup_component(hass, "frontend", {})
    await closed_house.open()
    await closed_house.stop()
    await closed_house.start()
    assert registered(hass) == [await panels.async_address(hass)]


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch, disable_block_async_io: None) -> None:
    """Home Assistant's detection of what blocks the event loop, as outside of tests."""
    monkeypatch.setattr(block_async_io, "_IN_TESTS", False)
    monkeypatch.setattr(loop, "_PREVIOUSLY_REPORTED", set())
    block_async_io.enable()


def blocking(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What it found."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.levelno >= logging.WARNING and "blocking call" in record.getMessage()
    ]


@pytest.mark.usefixtures("watched")
async def test_the_event_loop_waits_for_no_file(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """The module is read elsewhere; were it read here, that would be seen."""
    assert await async_setup_component(hass, "frontend", {})
    caplog.clear()
    assert await async_setup_component(hass, DOMAIN, {})
    assert registered(hass)
    assert blocking(caplog) == []
    panels._digest(panels.FOLDER / panels.MODULE)
    assert len(blocking(caplog)) >= 1
