"""The HTTP side of the simulated PlaceOS against facts/placeos.md, B1 and B2."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
import json
from typing import Any

import aiohttp
import pytest

from tests.simulators.placeos import BODIES, Permission, PlaceosSimulator
from tests.simulators_tests.answer import Answer
from tests.simulators_tests.conftest import Clock

from .client import API


@dataclass(slots=True)
class Http:
    """A client with the plain key."""

    sim: PlaceosSimulator
    session: aiohttp.ClientSession

    async def ask(self, method: str, path: str, **options: Any) -> Answer:
        """Ask for a path of the API, or of the server where it begins with two."""
        options.setdefault("headers", {"X-API-Key": self.sim.api_key})
        path = path[1:] if path.startswith("//") else f"{API}{path}"
        async with self.session.request(
            method, f"{self.sim.url}{path}", **options
        ) as response:
            raw = await response.read()
            is_json = raw and response.content_type == "application/json"
            return Answer(
                response.status,
                dict(response.headers),
                json.loads(raw) if is_json else raw,
            )

    async def get(self, path: str, **options: Any) -> Answer:
        """GET."""
        return await self.ask("GET", path, **options)


@pytest.fixture
async def http(sim: PlaceosSimulator) -> AsyncIterator[Http]:
    """A client."""
    async with aiohttp.ClientSession() as session:
        yield Http(sim, session)


async def test_the_authority_is_for_everyone(sim: PlaceosSimulator, http: Http) -> None:
    """Discovery needs no key (B1)."""
    answer = await http.get("//auth/authority", headers={})
    assert answer.status == 200
    assert answer.body["domain"] == "127.0.0.1"
    assert answer.body["id"] == sim.authority_id
    assert (await http.get("/version")).body["version"] == sim.version
    assert (await http.get("", headers={})).status == 401
    assert (await http.get("")).status == 200


async def test_a_key_comes_by_header_query_or_cookie(
    sim: PlaceosSimulator, http: Http
) -> None:
    """And is described by `inspect` (B1)."""
    for options in (
        {"headers": {"X-API-Key": sim.api_key}},
        {"headers": {}, "params": {"api-key": sim.api_key}},
        {"headers": {"Cookie": f"api-key={sim.api_key}"}},
    ):
        answer = await http.get("/api_keys/inspect", **options)
        assert answer.status == 200
        assert (answer.body["aud"], answer.body["scope"]) == ("127.0.0.1", ["public"])
        assert answer.body["u"]["p"] == 0


async def test_keys_that_do_not_count(
    sim: PlaceosSimulator, http: Http, clock: Clock
) -> None:
    """Missing, unknown, expired, revoked, of another domain: all 401 (B1)."""
    assert (await http.get("/systems", headers={})).status == 401
    assert (await http.get("/systems", headers={"X-API-Key": "a.b"})).status == 401
    expiring = sim.add_key(expires=clock() + timedelta(minutes=1))
    headers = {"X-API-Key": expiring.value}
    assert (await http.get("/systems", headers=headers)).status == 200
    clock.pass_by(minutes=1)
    answer = await http.get("/systems", headers=headers)
    assert (answer.status, answer.body) == (401, {"error": "API key has expired"})
    sim.key_domain = "other.example.com"
    assert (await http.get("/systems")).body == {
        "error": "authority domain does not match token's"
    }
    sim.key_domain = None
    sim.revoke()
    assert (await http.get("/systems")).status == 401


async def test_scopes(sim: PlaceosSimulator, http: Http) -> None:
    """A scope that is missing is 403 with an empty body (B1)."""
    room = sim.add_room("Fjord")
    sim.key.scopes = ["systems.read"]
    assert (await http.get("/systems")).status == 200
    answer = await http.get(f"/systems/{room.id}/types")
    assert (answer.status, answer.body) == (403, b"")
    sim.key.scopes = ["control"]
    assert (await http.get(f"/systems/{room.id}/types")).status == 200
    assert (await http.get("/systems")).status == 403


async def test_it_answers_for_one_host(sim: PlaceosSimulator, http: Http) -> None:
    """Another Host is 401, unless a proxy rewrites it (B1)."""
    sim.domain = "placeos.example.com"
    for path in ("/systems", "//auth/authority"):
        answer = await http.get(path)
        assert (answer.status, answer.body) == (401, {"error": "authority not found"})
    headers = {"X-API-Key": sim.api_key, "Host": "placeos.example.com:8443"}
    assert (await http.get("/systems", headers=headers)).status == 200
    sim.checks_host = False
    answer = await http.get("//auth/authority")
    assert answer.body["domain"] == "placeos.example.com"


async def test_a_prefix_and_tls(clock: Clock, socket_enabled: None) -> None:
    """A path before all others, and https with a certificate of its own."""
    async with (
        PlaceosSimulator(clock=clock, prefix="/place", tls=True) as sim,
        aiohttp.ClientSession() as session,
    ):
        assert sim.url == f"https://{sim.host}/place"
        trusted = aiohttp.Fingerprint(bytes.fromhex(sim.fingerprint))
        http = Http(sim, session)
        assert (await http.get("/systems", ssl=trusted)).body == []
        async with session.get(
            f"https://{sim.host}{API}/systems", ssl=trusted
        ) as response:
            assert response.status == 404


async def test_systems_come_in_pages(sim: PlaceosSimulator, http: Http) -> None:
    """An array with the headers of B2."""
    for number in range(5):
        sim.add_room(f"Room {number}", capacity=number)
    answer = await http.get("/systems?bookable=true&limit=2")
    assert [system["name"] for system in answer.body] == ["Room 0", "Room 1"]
    assert answer.headers["X-Total-Count"] == "5"
    assert answer.headers["Content-Range"] == "sys 0-2/5"
    link = f'<{API}/systems?bookable=true&limit=2&offset=2>; rel="next"'  # as facts B2
    assert answer.headers["Link"] == link
    answer = await http.get("/systems?limit=2&offset=4")
    assert [system["name"] for system in answer.body] == ["Room 4"]
    assert "Link" not in answer.headers
    assert len((await http.get("/systems?limit=999999")).body) == 5
    answer = await http.get("/systems?limit=many")
    assert (answer.status, answer.body["parameter"]) == (400, "limit")


async def test_paging_before_2026_08(sim: PlaceosSimulator, http: Http) -> None:
    """The link skips a row, the email filter filters nothing (B2)."""
    sim.elasticsearch = True
    for number in range(3):
        sim.add_room(f"Room {number}")
    answer = await http.get("/systems?limit=1&email=room.2@example.com")
    assert "offset=2" in answer.headers["Link"]
    assert answer.headers["X-Total-Count"] == "3"


async def test_systems_are_filtered(sim: PlaceosSimulator, http: Http) -> None:
    """By all that B2 names."""
    sim.add_room("Fjord", capacity=4, zones=["zone-1", "zone-2"], features=["VC"])
    sim.add_room("Gimle", capacity=12, zones=["zone-1"], public=True)
    screens = sim.add_system("Screens", signage=True)
    for query, names in (
        ("bookable=true", ["Fjord", "Gimle"]),
        ("bookable=false", ["Screens"]),
        ("capacity=5", ["Gimle"]),
        ("zone_id=zone-1,zone-2", ["Fjord"]),
        ("features=VC", ["Fjord"]),
        ("email=FJORD@example.com", ["Fjord"]),
        ("q=gim", ["Gimle"]),
        ("public=true", ["Gimle"]),
        ("signage=true", ["Screens"]),
        (f"module_id={screens.modules[0].id}", ["Screens"]),
    ):
        answer = await http.get(f"/systems?{query}")
        assert [system["name"] for system in answer.body] == names, query


async def test_one_system(sim: PlaceosSimulator, http: Http) -> None:
    """By id or mailbox, complete or not; modules by name (B2)."""
    room = sim.add_room("Fjord", capacity=4, modules=("Display", "Display"))
    plain = sim.add_system("Screens")
    body = (await http.get(f"/systems/{room.id}")).body
    assert (body["name"], body["capacity"], body["bookable"]) == ("Fjord", 4, True)
    assert body["modules"] == [module.id for module in room.system.modules]
    assert (await http.get("/systems/Fjord@example.com")).body == body
    complete = (await http.get(f"/systems/{room.id}?complete=true")).body
    assert complete["module_data"][-1]["name"] == "Bookings"
    assert (await http.get("/systems/with_emails?in=fjord@example.com")).body == [body]
    assert (await http.get(f"/systems/{room.id}/types")).body == {
        "Display": 2,
        "Bookings": 1,
    }
    assert (await http.get(f"/systems/{plain.id}/types")).body == {"Display": 1}
    answer = await http.get("/systems/sys-none")
    assert answer.status == 404
    assert set(answer.body) == {"error"}
    sim.remove(room)
    assert (await http.get(f"/systems/{room.id}")).status == 404


async def test_the_permission_trap(sim: PlaceosSimulator, http: Http) -> None:
    """State and execute need support and answer 403 with an empty body (B2)."""
    room = sim.add_room("Fjord")
    base = f"/systems/{room.id}/Bookings_1"
    for method, path in (
        ("GET", base),
        ("GET", f"{base}/status"),
        ("POST", f"{base}/checkin"),
    ):
        answer = await http.ask(method, path)
        assert (answer.status, answer.body) == (403, b"")
    sim.execute_needs_support = False
    assert (await http.ask("POST", f"{base}/checkin")).body is None


async def test_state_by_http(sim: PlaceosSimulator, http: Http) -> None:
    """A map of strings of JSON, or one value (B2)."""
    sim.key.permission = Permission.SUPPORT
    room = sim.add_room("Fjord")
    body = (await http.get(f"/systems/{room.id}/Bookings")).body
    assert (body["booked"], body["status"]) == ("false", '"free"')
    assert (body["bookings"], body["current_booking"]) == ("[]", "null")
    for key, value in (("status", "free"), ("bookings", []), ("nothing", None)):
        assert (await http.get(f"/systems/{room.id}/Bookings_1/{key}")).body == value
    assert (await http.get(f"/systems/{room.id}/Bookings_2/status")).status == 404


async def test_exec_by_http(sim: PlaceosSimulator, http: Http) -> None:
    """An array of arguments; failures as in the seed's example 1."""
    sim.key.permission = Permission.SUPPORT
    room = sim.add_room("Fjord")
    path = f"/systems/{room.id}/Bookings_1"
    answer = await http.ask("POST", f"{path}/book_now", json=[1800, "Ad-hoc", None])
    assert (answer.status, answer.body["title"]) == (200, "Ad-hoc")
    answer = await http.ask("POST", f"{path}/book_now", json=[1800])
    assert answer.status == 500
    assert answer.body == {
        "error": "request failed",
        "sys_id": room.id,
        "module_name": "Bookings",
        "index": 1,
        "message": "module raised: the room is currently in use (Exception)",
        "backtrace": [],
    }
    assert (await http.ask("POST", f"{path}/nothing", json=[])).status == 400
    assert (await http.ask("POST", f"{path}/book_now", json={})).status == 400
    assert (await http.ask("POST", f"{path}/book_now", data=b"{")).status == 400


async def test_faults(sim: PlaceosSimulator, http: Http) -> None:
    """500, 429 with Retry-After, pages of a proxy, silence, cuts; then all is well."""
    faults = sim.faults
    faults.http("*/systems").status(500, {"error": "db"})
    faults.http("*/systems").status(429, retry_after=2)
    faults.http("*/systems").html(502)
    answer = await http.get("/systems")
    assert (answer.status, answer.body) == (500, {"error": "db"})
    answer = await http.get("/systems")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "2")
    answer = await http.get("/systems")
    assert (answer.status, answer.headers["Content-Type"].split(";")[0]) == (
        502,
        "text/html",
    )
    fault = faults.http("*/systems").drop()
    with pytest.raises(aiohttp.ClientError):
        await http.ask("POST", "/systems")  # aiohttp itself repeats a GET
    assert fault.hits == 1
    faults.http().no_answer()
    with pytest.raises(TimeoutError):
        await http.get("/systems", timeout=aiohttp.ClientTimeout(total=0.05))
    faults.http().latency(0.01)
    faults.http().huge(5_000_000)
    assert (await http.get("/systems")).body == []
    assert (await http.get("/systems")).status == 200
    assert [entry.status for entry in sim.requests][:4] == [500, 429, 502, 0]
    assert sim.requests.number_of(status=200) == 2


@pytest.mark.parametrize("kind", BODIES)
async def test_garbage_comes_once(sim: PlaceosSimulator, http: Http, kind: str) -> None:
    """A body of that kind, with status 200."""
    sim.faults.http("*/systems").garbage(kind)
    async with http.session.get(
        f"{sim.url}{API}/systems", headers={"X-API-Key": sim.api_key}
    ) as response:
        assert (response.status, await response.read()) == (200, BODIES[kind])
    assert (await http.get("/systems")).body == []


async def test_down(sim: PlaceosSimulator, http: Http) -> None:
    """Connections are cut, or nothing listens; then it is back on the same port."""
    for refuse in (False, True):
        await sim.down(refuse=refuse)
        with pytest.raises(aiohttp.ClientError):
            await http.get("/systems")
        await sim.up()
        assert (await http.get("/systems")).status == 200
