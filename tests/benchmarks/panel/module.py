"""How large the module is that every page of Home Assistant loads."""

import gzip

from tests.benchmarks.table import Row
from tests.browser.rooms import DeviceRoom
from tests.browser.visits import Visits

MOST = 60_000
_LOADED = """() => {
  const { name, decodedBodySize, encodedBodySize } = performance
    .getEntriesByType("resource")
    .find(({ name }) => name.includes("/room_bookings/room-bookings.js"));
  return [name, decodedBodySize, encodedBodySize];
}"""


async def measure(visits: Visits, room: DeviceRoom) -> tuple[list[Row], bool]:
    """The rows of its sizes, and whether it is small enough."""
    page = await visits.panel(room)
    url, raw, sent = await page.evaluate(_LOADED)
    body = await (await page.request.get(url)).body()
    rows: list[Row] = [
        ("raw", f"{raw:,}"),
        ("gzip", f"{len(gzip.compress(body)):,}"),
        ("as Home Assistant sends it", f"{sent:,}"),
    ]
    return rows, raw < MOST
