"""Tests for the engine of the TMS simulator: ClientSessions."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.simulators.tms.engine import Settings, TmsFault

from .world import NOW, World, code_of


def _suggested(world: World, session: str | None) -> TmsFault:
    caller = replace(world.service, client_session=session)
    with pytest.raises(TmsFault) as raised:
        world.tms.save_conference(caller, world.wanted())
    return raised.value


@pytest.mark.parametrize(
    ("session", "code"),
    [
        (None, "ERR_CLIENT_SESSION_BLANK"),
        (" ", "ERR_CLIENT_SESSION_BLANK"),
        ("0", "ERR_CLIENT_SESSION_EXPIRED"),
        ("string", "ERR_CLIENT_SESSION_EXPIRED"),
    ],
)
def test_each_refusal_suggests_another_id(session: str | None, code: str) -> None:
    """Without an id, or with nonsense, a new one comes with every fault."""
    world = World(settings=Settings())
    faults = [_suggested(world, session) for _ in range(3)]
    assert {fault.code_name for fault in faults} == {code}
    ids = [fault.client_session for fault in faults]
    assert len(set(ids)) == 3
    for number, suggested in enumerate(ids):
        caller = replace(world.service, client_session=suggested)
        wanted = world.wanted(10 * number, 10 * number + 10)
        world.tms.save_conference(caller, wanted)
    assert world.tms.sessions.active == set(ids)


def test_session_lasts_with_its_grace() -> None:
    """After 47 minutes and 17 of grace it is over, and its licence free again."""
    world = World(settings=Settings(session_licences=1))
    world.save(200, 210)
    world.now = NOW + timedelta(minutes=63, seconds=59)
    world.save(210, 220)
    world.now = NOW + timedelta(minutes=64)
    fault = _suggested(world, world.service.client_session)
    assert fault.code_name == "ERR_CLIENT_SESSION_EXPIRED"
    assert world.tms.sessions.active == frozenset()


def test_each_used_session_takes_a_licence() -> None:
    """A suggestion alone takes none; one in use too many is refused."""
    world = World(settings=Settings(session_licences=1))
    first, second = world.tms.sessions.suggest(), world.tms.sessions.suggest()
    tms = world.tms
    tms.save_conference(replace(world.service, client_session=first), world.wanted())
    other = replace(world.service, client_session=second)
    assert code_of(tms.save_conference, other, world.wanted(200, 220)) == "LICENSE"


def test_ids_of_ones_own_take_licences_or_are_refused() -> None:
    """A made-up GUID is welcome unless the server is told otherwise."""
    world = World(settings=Settings())
    own = str(uuid4())
    world.tms.save_conference(
        replace(world.service, client_session=own), world.wanted()
    )
    assert world.tms.sessions.active == {own}
    world.settings.accept_foreign_sessions = False
    assert _suggested(world, str(uuid4())).code_name == "ERR_CLIENT_SESSION_EXPIRED"


def test_reads_need_no_session() -> None:
    """Whatever the header holds, reading goes on; expired ones only stop writing."""
    world = World(settings=Settings())
    saved = world.save()
    world.tms.sessions.expire()
    bogus = replace(world.service, client_session="string")
    assert world.tms.get_conference_by_id(bogus, saved.conference_id) == saved
    for call in (
        world.tms.delete_conference_by_id,
        world.tms.delete_conference_rec_instance_by_id,
        world.tms.end_conference_by_id,
    ):
        assert code_of(call, bogus, saved.conference_id) == (
            "ERR_CLIENT_SESSION_EXPIRED"
        )
