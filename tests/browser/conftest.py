"""One world and one Chromium for all tests, and a desk with pages for each."""

from collections.abc import AsyncIterator, Callable, Generator
import re

from playwright.async_api import Browser, expect
import pytest

from demo.browser import running_chromium
from demo.furnishing import furnish
from demo.people import READ_ONLY, Person, invite
from demo.rooms import Room
from demo.systems.xapi import Devices
from demo.world import World, running_world

from .line import Line
from .rooms import DeviceRoom
from .visits import Visits

EXPECT_MILLISECONDS = 10_000
LONGEST_NAME = 100
REPORT = pytest.StashKey[pytest.TestReport]()

expect.set_options(timeout=EXPECT_MILLISECONDS)


@pytest.fixture(scope="session")
async def world() -> AsyncIterator[World]:
    """Simulated systems, and a Home Assistant."""
    async with running_world() as running:
        yield running


@pytest.fixture(scope="session")
async def all_rooms(world: World) -> dict[str, Room]:
    """All rooms by their names, with an ordinary day's meetings."""
    return await furnish(world)


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser of all tests; what they open is in `visits`."""
    async with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
async def reader(world: World) -> Person:
    """Somebody who may see everything and control nothing."""
    return await invite(world.home, "Reader", READ_ONLY)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Let fixtures know how the test went."""
    report = yield
    if report.when == "call":
        item.stash[REPORT] = report
    return report


@pytest.fixture
async def visits(
    world: World,
    all_rooms: dict[str, Room],
    chromium: Browser,
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Visits]:
    """Pages of Home Assistant; the test fails if one of them complained."""
    pages = Visits(chromium, world)
    yield pages
    report = request.node.stash[REPORT]
    complaints = [*pages.complaints]
    folder = tmp_path_factory.getbasetemp() / "failures" / _named(request.node)
    if report.failed or complaints:
        await pages.keep(folder)
        request.node.add_report_section("teardown", "pictures and logs", str(folder))
    await pages.close()
    if complaints:
        pytest.fail("\n".join(["the pages complained:", *complaints, f"see {folder}"]))


def _named(item: pytest.Item) -> str:
    return re.sub(r"[^\w-]+", "_", item.name)[:LONGEST_NAME].strip("_")


@pytest.fixture
async def line(visits: Visits) -> Line:
    """A network to Home Assistant that can be cut: open pages with `url=line.url`."""
    return await visits.line()


def _device_room(
    name: str, system: Callable[[World], Devices]
) -> Callable[..., AsyncIterator[DeviceRoom]]:
    @pytest.fixture(name=name.lower())
    async def room(
        world: World, all_rooms: dict[str, Room]
    ) -> AsyncIterator[DeviceRoom]:
        found = DeviceRoom(world.home, system(world), all_rooms[name])
        await found.clear()
        yield found
        await found.clear()

    room.__doc__ = f"The room {name}, connected and without bookings."
    return room


# On the local network: what happens there shows at once. People have to check in.
glacier = _device_room("Glacier", lambda world: world.roomos)
# In the cloud, of one system.
fjord = _device_room("Fjord", lambda world: world.webex)
birch = _device_room("Birch", lambda world: world.webex)
aurora = _device_room("Aurora", lambda world: world.webex)
