"""Asking TMS every few minutes what is new."""

import asyncio
from datetime import timedelta
import random
from typing import Final

from ...rooms.errors import AuthFailedError, RoomError
from ..backoff import Backoff
from ..signals import AuthLost, Connected, Disconnected, Emit, Synced
from .replica import Replica

# What the reference recommends (Replication), in seconds.
_EVERY: Final = timedelta(minutes=5).total_seconds()
_FIRST_PAUSE: Final = 5.0


async def keep_polling(replica: Replica, emit: Emit) -> None:
    """Ask until cancelled, or until the credentials are refused: each attempt is a logon.

    Which rooms changed is told before it is said that all else is as it was.
    """
    loop = asyncio.get_running_loop()
    backoff = Backoff(first=_FIRST_PAUSE, most=_EVERY)
    lost = False
    # Servers have several clients, and they shall not all come at once.
    due = loop.time() + _EVERY * random.uniform(0.5, 1.0)
    while True:
        await asyncio.sleep(due - loop.time())
        try:
            await replica.sync()
        except AuthFailedError:
            emit(AuthLost())
            return
        except RoomError as error:
            if not lost:
                lost = True
                emit(Disconnected(error.key))
            due = loop.time() + backoff.wait(error)
            continue
        backoff.reset()
        if lost:
            lost = False
            emit(Connected())
        if replica.whole:
            emit(Synced())
        due = max(due + _EVERY, loop.time())
