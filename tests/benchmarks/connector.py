"""The ROOMZ connector under load: meetings windows for 200 displays a second.

`wrk` (Debian's package, installed if it is missing) asks from a process of its own, beside
a bare view of the same Home Assistant that answers the same bytes.
"""

import argparse
import asyncio
from datetime import timedelta
from pathlib import Path
import re
import shutil
import subprocess
from tempfile import TemporaryDirectory
from typing import Any

from aiohttp import ClientSession, encode_basic_auth
from aiohttp.web import Request, Response

from custom_components.room_bookings.connector.view import URL
from custom_components.room_bookings.const import DOMAIN
from homeassistant import runner
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.http import HomeAssistantView
from homeassistant.util import dt as dt_util

from .cloud import Cloud
from .house import House
from .process import Process
from .table import show, verdict

ROOMS = 100
_BOOKINGS, _PER_DAY = 30, 12
_RATE, _CONNECTIONS = 200, 20
_TARGET = 0.050
_USERNAME, _PASSWORD = "display", "benchmark"
_BARE = f"/api/{DOMAIN}_bare"
_HEADERS = {"Authorization": encode_basic_auth(_USERNAME, _PASSWORD)}

# Every connection asks for one room after another, and rests between, or never.
_SCRIPT = """
local paths = {{{paths}}}
local next = 0
request = function()
  next = next % #paths + 1
  return wrk.format("GET", paths[next], {{["Authorization"] = "{authorization}"}})
end
{delay}
done = function(summary, latency, requests)
  io.write(string.format("result %d %d %d %d %d %d\\n", summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    summary.errors.status + summary.errors.read + summary.errors.timeout))
end
"""


class _BareView(HomeAssistantView):
    """The same bytes without any work: what Home Assistant's own server costs."""

    url = f"{_BARE}/{{room}}"
    name = "bare"
    requires_auth = False

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def get(self, request: Request, room: str) -> Response:
        """Answer."""
        return Response(body=self._body, content_type="application/json")


def main(arguments: list[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark connector")
    parser.add_argument("--seconds", type=int, default=20, help="of each measurement")
    chosen = parser.parse_args(arguments)
    _get_wrk()
    with (
        Process(Cloud, ROOMS, _BOOKINGS, _PER_DAY) as cloud,
        asyncio.Runner(loop_factory=runner.create_event_loop) as loop,
    ):
        rows, p99, ratio, size = loop.run(_measure(cloud, chosen.seconds))
    show(
        f"ROOMZ connector: a day's meetings of one of {ROOMS} rooms, {size} bytes",
        ("what", "requests/s", "median", "p99", "longest", "errors"),
        rows,
        "bare is a view of the same Home Assistant that answers the same bytes at once.",
        f"requests/s of the connector to those of bare, at full load: {ratio:.2f}",
        f"p99 under 50 ms at {_RATE} requests/s: {verdict(p99 < _TARGET)}",
    )


def _get_wrk() -> None:
    if shutil.which("wrk") is None:
        subprocess.run(["apt-get", "install", "--yes", "wrk"], check=True)


async def _measure(
    cloud: Process, seconds: int
) -> tuple[list[tuple[object, ...]], float, float, int]:
    """The table's rows, the p99 in seconds at the rate, the ratio at full load, a body's size."""
    async with House() as house:
        await house.add(cloud.call("credentials"), cloud.call("room_ids"))
        await _serve(house)
        port = house.hass.http.server_port
        begin = dt_util.utcnow().replace(microsecond=0) + timedelta(days=1)
        window = "&".join(
            f"{name}={when.isoformat()[:19]}Z"
            for name, when in (("from", begin), ("to", begin + timedelta(days=1)))
        )
        async with ClientSession(f"http://127.0.0.1:{port}", headers=_HEADERS) as web:
            async with web.get(f"{URL}/rooms") as answer:
                rooms = [room["roomId"] for room in await answer.json()]
            assert len(rooms) == ROOMS
            paths = [f"{URL}/rooms/{room}/meetings?{window}" for room in rooms]
            async with web.get(paths[0]) as answer:
                body = await answer.read()
        house.hass.http.register_view(_BareView(body))
        bare = [f"{_BARE}/{room}?{window}" for room in rooms]
        rows: list[tuple[object, ...]] = []
        rates: dict[str, float] = {}
        p99 = 0.0
        for name, asked, rate in (
            (f"connector, {_RATE} a second", paths, _RATE),
            (f"bare, {_RATE} a second", bare, _RATE),
            ("connector, full load", paths, None),
            ("bare, full load", bare, None),
        ):
            requests, took, *latencies, errors = await _wrk(port, asked, rate, seconds)
            rates[name] = requests / took
            if not rows:
                p99 = latencies[1]
            times = (f"{latency * 1000:.1f} ms" for latency in latencies)
            rows.append((name, f"{rates[name]:.0f}", *times, errors))
        ratio = rates["connector, full load"] / rates["bare, full load"]
        return rows, p99, ratio, len(body)


async def _serve(house: House) -> None:
    """Add the connector through its flow."""
    flows = house.hass.config_entries.flow
    flow = await flows.async_init(DOMAIN, context={"source": "user"})
    flow_id = flow["flow_id"]
    await flows.async_configure(flow_id, {"next_step_id": "roomz_connector"})
    answers: dict[str, Any] = {"username": _USERNAME, "password": _PASSWORD}
    result = await flows.async_configure(flow_id, answers)
    assert result["type"] is FlowResultType.CREATE_ENTRY, result
    await house.hass.async_block_till_done()


async def _wrk(
    port: int, paths: list[str], rate: int | None, seconds: int
) -> tuple[float, ...]:
    """Requests, seconds, the median, the 99th percentile and the longest in seconds, errors."""
    # An answer takes its time too: a little less than the share of each connection.
    pause = 940 * _CONNECTIONS / rate if rate else 0
    # Without a pause at first, all connections would ask in the same moment for ever.
    delay = f"delay = function() return math.random({2 * pause:.0f}) end"
    script = _SCRIPT.format(
        paths=", ".join(f'"{path}"' for path in paths),
        authorization=_HEADERS["Authorization"],
        delay=delay if rate else "",
    )
    with TemporaryDirectory() as folder:
        file = Path(folder, "load.lua")
        file.write_text(script)
        process = await asyncio.create_subprocess_exec(
            "wrk",
            *("--threads", "1", "--connections", str(_CONNECTIONS)),
            *("--duration", f"{seconds}s", "--script", str(file)),
            f"http://127.0.0.1:{port}/",
            stdout=asyncio.subprocess.PIPE,
        )
        output, _ = await process.communicate()
    found = re.search(r"result ([\d ]+)", output.decode())
    assert found is not None, output
    requests, *times, errors = (int(number) for number in found[1].split())
    # wrk counts microseconds.
    return requests, *(time / 1e6 for time in times), errors
