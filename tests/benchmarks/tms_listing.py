"""A full listing of a Cisco TMS room: how long the event loop stalls, and what parsing costs."""

import argparse
import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from statistics import median
import time
from typing import Any

from lxml import etree

from custom_components.room_bookings.backends.tms import document, listings, soap
from custom_components.room_bookings.backends.tms.address import TmsAddress
from custom_components.room_bookings.backends.tms.line import Line
from custom_components.room_bookings.backends.tms.reading import conference
from custom_components.room_bookings.backends.tms.records import ValueRecord
from custom_components.room_bookings.backends.tms.transport import HttpTransport, Limits

from .table import show, verdict

CONFERENCES = 4_000
_STALL = 0.050
_OPERATION = "GetConferencesForSystems"
_NAMESPACE = "http://tandberg.net/2004/02/tms/external/booking/"


def main(arguments: list[str]) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark tms_listing")
    parser.add_argument("--conferences", type=int, default=CONFERENCES)
    parser.add_argument(
        "--rounds", type=int, default=7, help="of each; the median counts"
    )
    chosen = parser.parse_args(arguments)
    body = _listing(chosen.conferences)
    by_zeep = _zeep()
    ways: dict[str, Callable[[], object]] = {
        "listing": lambda: listings.conferences(body),
        "plain lxml": lambda: etree.fromstring(body),
        "zeep": lambda: by_zeep(body),
        "repaired listing": lambda: listings.conferences(
            body.replace(b"<Title>", b"<Title>&#xB;")
        ),
    }
    expected = listings.conferences(body)
    assert len(expected) == chosen.conferences
    assert expected == by_zeep(body)
    measured = {
        name: asyncio.run(_stalls(way, chosen.rounds)) for name, way in ways.items()
    }
    lxml = measured["plain lxml"][0]
    show(
        f"{chosen.conferences} conferences, {len(body) / 1e6:.1f} MB, in a thread",
        ("", "parse", "beside plain lxml", "longest stall of the loop"),
        [
            (
                name,
                f"{took * 1000:.0f} ms",
                f"{took / lxml:.1f}",
                f"{stall * 1000:.1f} ms",
            )
            for name, (took, stall) in measured.items()
        ],
        f"longest stall below {_STALL * 1000:.0f} ms: "
        + verdict(measured["listing"][1] < _STALL),
    )


async def _stalls(parse: Callable[[], object], rounds: int) -> tuple[float, float]:
    """The median time of a parse in a thread, and the longest stall of the loop meanwhile."""
    loop = asyncio.get_running_loop()
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            began = loop.time()
            await asyncio.sleep(0.001)
            longest = max(longest, loop.time() - began - 0.001)

    def timed() -> float:
        began = time.perf_counter()
        parse()
        return time.perf_counter() - began

    await loop.run_in_executor(None, parse)
    watcher = asyncio.create_task(watch())
    took = [await loop.run_in_executor(None, timed) for _ in range(rounds)]
    watcher.cancel()
    await asyncio.gather(watcher, return_exceptions=True)
    return median(took), longest


def _zeep() -> Callable[[bytes], list[Any]]:
    """Reads a listing as the rich calls are read."""
    address = TmsAddress(url="http://tms.example.com", username="", password="")
    transport = HttpTransport(address, Line(), Limits())
    service = soap.SoapService(soap.BOOKING, address.url, transport)

    def read(body: bytes) -> list[Any]:
        # As strictly as by the client: no less is measured than is done.
        document.answer(document.parse(body), _OPERATION)
        result = service._answer(_OPERATION, body).result
        return [
            conference(ValueRecord(item), whole=False) for item in result.Conference
        ]

    return read


def _listing(number: int) -> bytes:
    """An answer of about 850 bytes a conference, after the captured one (facts 1.5)."""
    first = datetime(2026, 1, 7, 8, tzinfo=UTC)
    parts = [
        '<?xml version="1.0" encoding="utf-8"?><soap:Envelope '
        'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        f'<{_OPERATION}Response xmlns="{_NAMESPACE}"><{_OPERATION}Result>'
    ]
    for index in range(number):
        start = first + timedelta(minutes=30 * index)
        end = start + timedelta(minutes=30)
        parts.append(
            f"<Conference><ConferenceId>{2391459 + index}</ConferenceId><Title>Weekly of "
            f"team {index}</Title><StartTimeUTC>{start:%Y-%m-%d %H:%M:%SZ}</StartTimeUTC>"
            f"<EndTimeUTC>{end:%Y-%m-%d %H:%M:%SZ}</EndTimeUTC><OwnerId>16387</OwnerId>"
            "<OwnerUserName>example\\api.test</OwnerUserName><OwnerFirstName>API"
            "</OwnerFirstName><OwnerLastName>Test</OwnerLastName><OwnerEmailAddress>"
            "t@example.com</OwnerEmailAddress><ConferenceType>One Button To Push"
            "</ConferenceType><Bandwidth>30b/1920kbps</Bandwidth><PictureMode>Enhanced CP"
            "</PictureMode><Encrypted>If Possible</Encrypted><DataConference>No"
            "</DataConference><ShowExtendOption>Yes</ShowExtendOption><ISDNRestrict>false"
            "</ISDNRestrict><ExternalSourceId>TMS</ExternalSourceId><ExternalPrimaryKey>"
            f"99b67849-{index:08}</ExternalPrimaryKey><ConferenceState><Status>Pending"
            f"</Status></ConferenceState><Version>{49434707 + index}</Version>"
            f"<TransactionId>{index}</TransactionId></Conference>"
        )
    parts.append(
        f"</{_OPERATION}Result></{_OPERATION}Response></soap:Body></soap:Envelope>"
    )
    return "".join(parts).encode()
