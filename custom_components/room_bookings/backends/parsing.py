"""Reading JSON from the network without holding up the event loop."""

import asyncio
from collections.abc import Iterable, Mapping
import json
from typing import Final, Never

import orjson

type Json = str | int | float | bool | list[Json] | dict[str, Json] | None
type JsonObject = Mapping[str, Json]

# Read at once: 1 ms on a server, 5 ms on a small board.
_AT_ONCE: Final = 256 * 1024
_MAX_WORDS: Final = 300
_SHORTEST_HIDDEN: Final = 4


def as_object(value: Json) -> JsonObject:
    """The value if it is an object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def printable(words: str, hidden: Iterable[str]) -> str:
    """What a system says to people: on one line, not for ever, and nothing `hidden`."""
    for text in hidden:
        # Shorter ones tell nothing, and are in every word.
        if len(text) >= _SHORTEST_HIDDEN:
            words = words.replace(text, "…")
    return "".join(c if c.isprintable() else " " for c in words[:_MAX_WORDS]).strip()


async def parsed(body: bytes) -> Json:
    """What a JSON text says; raises ValueError for anything else.

    A large one is read in a thread, and not by orjson: that would keep the interpreter,
    and so the event loop, to itself until it is done.
    """
    if len(body) > _AT_ONCE:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(None, _parsed_aside, body)
    value: Json = orjson.loads(body)
    return value


def _parsed_aside(body: bytes) -> Json:
    try:
        text = body.decode()
        value: Json = json.loads(text, object_hook=_sound, parse_constant=_refused)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return value


def _sound(item: dict[str, Json]) -> dict[str, Json]:
    """The item, if its texts are; called for each, it also lets other threads run."""
    for value in item.values():
        if isinstance(value, str):
            # Half a character, written as an escape, would fail whoever writes it next.
            value.encode()
    return item


def _refused(constant: str) -> Never:
    raise ValueError(f"{constant} is no JSON")
