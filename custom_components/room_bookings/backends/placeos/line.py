"""The connection to a server: opened, bound, and opened again after each loss."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from ...rooms.errors import PermissionDeniedError, RoomError, UnreachableError
from ..backoff import Backoff
from ..signals import AuthLost, Connected, Disconnected, Emit
from .address import PlaceosAddress
from .channel import ControlChannel, OnValue, Variable

# The waits before a server is called again, in seconds, and how long a connection must have
# lasted for the first of them to be the shortest again.
_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 60.0
_LASTED: Final = 60.0
# So many binds wait for their answers at once.
_BINDS_AT_ONCE: Final = 32


class Line:
    """At most one `ControlChannel` at a time; what it tells goes to `on_value`."""

    def __init__(self, address: PlaceosAddress, on_value: OnValue) -> None:
        """Say nothing yet."""
        self._address = address
        self._on_value = on_value
        self._channel: ControlChannel | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def channel(self) -> ControlChannel:
        """The open channel; raises UnreachableError if there is none."""
        if self._channel is None or not self._channel.open_still:
            raise UnreachableError("not connected")
        return self._channel

    async def open(self) -> None:
        """Connect; raises RoomError."""
        await self.close()
        self._channel = channel = await ControlChannel.open(
            self._address, self._on_value
        )
        self._reader = asyncio.create_task(channel.run(), name="placeos channel")

    async def close(self) -> None:
        """Hang up."""
        channel, self._channel = self._channel, None
        reader, self._reader = self._reader, None
        if channel is not None:
            await channel.close()
        if reader is not None:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)

    async def stay(
        self,
        emit: Emit,
        on_loss: Callable[[], None],
        restore: Callable[[], Awaitable[None]],
        on_return: Callable[[], None],
    ) -> None:
        """Reconnect for ever, unless the key is refused.

        `restore` binds again what was bound; `on_return` is called after everybody was told
        that the connection is back.
        """
        backoff = Backoff(first=_FIRST_WAIT, most=_LONGEST_WAIT)
        loop = asyncio.get_running_loop()
        try:
            while (reader := self._reader) is not None:
                began = loop.time()
                await asyncio.wait([reader])
                if self._reader is not reader:
                    return
                on_loss()
                emit(Disconnected("the server hung up"))
                if loop.time() - began >= _LASTED:
                    backoff.reset()
                await self._reopen(backoff, restore)
                emit(Connected())
                on_return()
        except PermissionDeniedError:
            emit(AuthLost())

    async def _reopen(
        self, backoff: Backoff, restore: Callable[[], Awaitable[None]]
    ) -> None:
        problem: RoomError | None = None
        while True:
            await asyncio.sleep(backoff.wait(problem))
            try:
                await self.open()
                await restore()
            except PermissionDeniedError:
                raise
            except RoomError as error:
                problem = error
            else:
                return

    async def in_turn(
        self,
        variables: Iterable[Variable],
        act: Callable[[Variable], Awaitable[None]],
    ) -> None:
        """Do something with many variables, a few at a time.

        What goes wrong with one of a system spares the system's others the try. Raises
        UnreachableError if the connection is lost meanwhile.
        """
        waiting = iter(variables)
        failed: set[str] = set()
        channel = self.channel

        async def worker() -> None:
            for variable in waiting:
                if not channel.open_still:
                    return
                if variable.system in failed:
                    continue
                try:
                    await act(variable)
                except RoomError:
                    failed.add(variable.system)

        await asyncio.gather(*(worker() for _ in range(_BINDS_AT_ONCE)))
        if not channel.open_still:
            raise UnreachableError("the connection was lost")
