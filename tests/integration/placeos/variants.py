"""The servers and rooms on which verbs are tried."""

import pytest

from .house import BUSY, PANEL

EVERY_RELEASE = pytest.mark.parametrize(
    "server", [{"release": name} for name in ("D2", "D2b", "D3", "D4")]
)
# Drivers that hear of what happens elsewhere only when they poll.
EVERY_DRIVER = pytest.mark.parametrize(
    "server",
    [
        {"release": name, "push": push}
        for name in ("D2", "D3", "D4")
        for push in (False, True)
    ],
)
WITH_CHECK_IN = pytest.mark.parametrize("settings", [PANEL])
EITHER_WAY = pytest.mark.parametrize("settings", [BUSY, PANEL])
