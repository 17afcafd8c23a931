"""The truth about a booking, wherever the wire breaks."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from custom_components.room_bookings.backends.signals import Disconnected
from custom_components.room_bookings.backends.xapi.backend import XapiBackend
from custom_components.room_bookings.backends.xapi.local import socket
from custom_components.room_bookings.rooms.booking import Booking
from custom_components.room_bookings.rooms.errors import (
    AnswerLostError,
    RoomError,
    UnreachableError,
)
from tests.backends.listening import Ear

from .conftest import Near
from .proxy import Wire
from .wishes import UUID, listed, wish


async def outcome(backend: XapiBackend, near: Near) -> RoomError | None:
    """What becomes of a booking: nothing else than None or a RoomError."""
    try:
        await backend.book([near.room_id], wish(near))
    except RoomError as error:
        return error
    return None


def check(near: Near, error: RoomError | None) -> None:
    """The outcome is the truth."""
    made = len(near.sim.bookings)
    assert made <= 1
    if error is None:
        assert made == 1
    elif not isinstance(error, AnswerLostError):
        assert made == 0


def faults(near: Near) -> list[Callable[[], Any]]:
    """Every way in which a request ends otherwise than by its answer."""

    def book() -> Any:
        return near.sim.faults.when(command="Bookings.Book")

    return [
        near.sim.disconnect,
        lambda: book().drop(),
        lambda: book().drop_answer(),
        lambda: book().cut_mid_frame(),
        lambda: book().no_answer(),
        lambda: book().no_answer(applied=True),
        lambda: book().half_open(),
        lambda: book().half_open(applied=True),
        lambda: book().close(),
        lambda: book().close(applied=True),
        lambda: book().close(1000),
        lambda: book().reboot(),
        lambda: book().reboot(applied=True),
        lambda: book().garbage(),
        lambda: book().answer(None, applied=True),
        lambda: book().duplicate(),
        lambda: book().error(-31997),
        lambda: book().error(-31999),
        lambda: book().error(1),
    ]


@pytest.mark.parametrize("number", range(19))
async def test_a_booking_whose_wire_breaks_is_told_truly(
    near: Near, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """Made, not made, or nobody knows; then asking once more makes no second."""
    monkeypatch.setattr(socket, "_REQUEST_TIMEOUT", 0.2)
    backend = await near.backend()
    fault = faults(near)
    assert len(fault) == 19
    fault[number]()
    async with Ear(backend.listen):
        error = await outcome(backend, near)
        check(near, error)
        near.sim.disconnect()
        near.clock.pass_by(seconds=30)
        found = await recovered(backend, near)
        assert len(found) == len(near.sim.bookings)
        if not found:
            await backend.book([near.room_id], wish(near))
            found = await listed(backend, near)
        assert [booking.id for booking in found] == [UUID]


async def recovered(backend: XapiBackend, near: Near) -> list[Booking]:
    """The list, as soon as the device can be reached."""
    async with asyncio.timeout(10):
        while True:
            try:
                return await listed(backend, near)
            except UnreachableError:
                await asyncio.sleep(0.02)


async def test_a_booking_on_a_lost_connection_never_leaves(near: Near) -> None:
    """So nobody has to look for it."""
    backend = await near.backend()
    await near.sim.down(refuse=True)
    async with Ear(backend.listen) as ear:
        await ear.until(Disconnected)
        error = await outcome(backend, near)
        assert type(error) is UnreachableError
    assert not near.sim.requests.number_of(command="Bookings.Book")


@pytest.mark.parametrize("way", ["up", "down"])
async def test_the_wire_may_break_at_any_byte(near: Near, way: str) -> None:
    """Of the question or of the answer."""
    async with Wire(near.sim.host) as wire:
        backend = XapiBackend(near.transport(host=wire.host), near.clock)
        made: set[int] = set()
        for budget in (0, 1, 5, 21, 60, 120, 180, 210, 240, 270, 300, 400, 600, 10_000):
            wire.mend()
            await backend.connect()
            await backend.rooms()
            setattr(wire, way, budget)
            error = await outcome(backend, near)
            check(near, error)
            made.add(len(near.sim.bookings))
            for booking in near.sim.bookings:
                near.sim.delete_locally(booking)
        assert made == ({0, 1} if way == "up" else {1})
