"""A pytest plugin for a Home Assistant newer than the one the test helpers pin.

Home Assistant 2026.11 puts its own HTTP client in httpx's place, which fails once another pytest
plugin has imported httpx; so it must be imported before them (``-p tests.ha_early``). It also moved a
private function that the helpers import by its old place.
"""

import homeassistant  # noqa: F401  (first: this is what the plugin is for)
from homeassistant.components import logger
from homeassistant.components.logger import helpers

NAME = "_clear_logger_overwrites"

if not hasattr(logger, NAME):
    setattr(logger, NAME, getattr(helpers, NAME))
