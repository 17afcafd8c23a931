"""Asking each room at its own edges: nothing is pushed by this contract (facts C3)."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final

from ...rooms.booking import RoomId
from ...rooms.errors import (
    AuthFailedError,
    BusyTryLaterError,
    NotFoundError,
    RoomError,
    UnreachableError,
)
from ..backoff import Backoff
from ..signals import (
    AuthLost,
    Connected,
    Disconnected,
    Emit,
    RoomsChanged,
    RoomStale,
    Synced,
)
from .readings import Readings
from .turns import AT_ONCE

# A server that only asks for patience for longer than this is as good as lost, in seconds.
_PATIENCE: Final = 60.0


class Poller:
    """Reads rooms again when they are due, and tells what is new.

    Only rooms that somebody read already are polled. One that cannot be read is left to
    who wants it: its next reading puts it back.
    """

    def __init__(self, readings: Readings, clock: Callable[[], datetime]) -> None:
        """Ask nothing yet."""
        self._readings = readings
        self._clock = clock
        self._connected = True
        self._doubted = False
        self._suspects: set[RoomId] = set()
        self._polls: dict[RoomId, asyncio.Task[None]] = {}
        self._wake = asyncio.Event()
        self._emit: Emit | None = None

    def tell_stale(self, room_id: RoomId) -> None:
        """Say that what is known of a room is not what there is."""
        self._wake.set()
        if self._emit is not None:
            self._emit(RoomStale(room_id))

    def tell_missing(self) -> None:
        """Say that there may be other rooms than are known."""
        if self._emit is not None:
            self._emit(RoomsChanged())

    def wake(self) -> None:
        """Look again what is due."""
        self._wake.set()

    def doubt(self) -> None:
        """Somebody got no answer: find out whether anybody does."""
        self._doubted = True
        self._wake.set()

    async def listen(self, emit: Emit) -> None:
        """Poll until cancelled; return only when nothing but a person can help."""
        self._emit = emit
        try:
            while True:
                self._wake.clear()
                if self._doubted:
                    await self._prove(emit)
                # More could not run at once anyway.
                for room_id in self._readings.take_due(AT_ONCE - len(self._polls)):
                    if room_id not in self._polls:
                        self._polls[room_id] = asyncio.ensure_future(
                            self._poll(room_id, emit)
                        )
                await self._sleep()
        except AuthFailedError:
            emit(AuthLost())
        finally:
            self._emit = None
            polls = tuple(self._polls.values())
            for poll in polls:
                poll.cancel()
            await asyncio.gather(*polls, return_exceptions=True)

    async def _sleep(self) -> None:
        """Wait until a room is due, or something happened."""
        due = self._readings.next_due() if len(self._polls) < AT_ONCE else None
        seconds = None if due is None else (due - self._clock()).total_seconds()
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _poll(self, room_id: RoomId, emit: Emit) -> None:
        try:
            reading = await self._readings.read(room_id)
        except UnreachableError, BusyTryLaterError, AuthFailedError:
            # The room's fault or the server's: the list of rooms tells.
            self._suspects.add(room_id)
            self.doubt()
        except RoomError as error:
            self._lost_room(room_id, emit)
            if isinstance(error, NotFoundError):
                emit(RoomsChanged())
        else:
            if self._readings.good(room_id) is not reading:
                # Somebody else was quicker, and its time may have come meanwhile.
                self._readings.schedule(room_id)
            if self._connected and self._readings.all_seen():
                emit(Synced())
        finally:
            del self._polls[room_id]
            self._wake.set()

    def _lost_room(self, room_id: RoomId, emit: Emit) -> None:
        self._readings.forget(room_id)
        emit(RoomStale(room_id))

    async def _prove(self, emit: Emit) -> None:
        """Return once the server answers; meanwhile the connection is lost."""
        loop = asyncio.get_running_loop()
        backoff = Backoff(most=60)
        began = loop.time()
        while self._doubted:
            self._doubted = False
            try:
                await self._readings.prove()
            except AuthFailedError:
                raise
            except RoomError as error:
                self._doubted = True
                wait = backoff.wait(error)
                if (
                    not isinstance(error, BusyTryLaterError)
                    or loop.time() + wait - began > _PATIENCE
                ) and self._connected:
                    self._connected = False
                    emit(Disconnected(type(error).__name__))
                await asyncio.sleep(wait)
        suspects, self._suspects = self._suspects, set()
        if not self._connected:
            self._connected = True
            self._readings.forget_all()
            emit(Connected())
            return
        for room_id in suspects:
            self._lost_room(room_id, emit)
