"""The cards and the dashboard strategy: one module for the browser, served from `www`.

As every module of Home Assistant's frontend it is public: browsers fetch it before anybody
has logged in, so it holds no secrets, and nothing lies in that folder but it and the
licences of what is bundled in it.
"""

from hashlib import sha256
from pathlib import Path
from typing import Final

from homeassistant.components import frontend
from homeassistant.components.http import StaticPathConfig
from homeassistant.core import HomeAssistant
from homeassistant.loader import async_get_integration

from .const import DOMAIN

FOLDER: Final = Path(__file__).parent / "www"
URL: Final = f"/{DOMAIN}"
MODULE: Final = "room-bookings.js"


async def async_setup_panels(hass: HomeAssistant) -> None:
    """Serve the module, and have the frontend load it where there is one."""
    await hass.http.async_register_static_paths(
        [StaticPathConfig(URL, str(FOLDER), cache_headers=True)]
    )
    if frontend.DOMAIN in hass.config.components:
        frontend.add_extra_js_url(hass, await async_address(hass))


async def async_address(hass: HomeAssistant) -> str:
    """The path of the module: another one whenever its content is, as browsers keep it."""
    integration = await async_get_integration(hass, DOMAIN)
    digest = await hass.async_add_executor_job(_digest, FOLDER / MODULE)
    return f"{URL}/{MODULE}?v={integration.version}-{digest[:8]}"


def _digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()
