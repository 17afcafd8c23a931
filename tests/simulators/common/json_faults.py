"""Faults of whatever answers JSON over HTTP."""

from abc import ABC, abstractmethod
import json
from typing import Any

from .faults import Builder, Drop, Fault


class JsonBuilder[Subject](Builder[Subject], ABC):
    """Verbs for a request that is to be answered with JSON."""

    def drop(self) -> Fault:
        """Cut the connection before anything is done.

        aiohttp's client repeats a GET or PUT once by itself: it takes `times(2)` to show.
        """
        return self._arm(Drop(applied=False))

    def drop_answer(self) -> Fault:
        """Do what is asked, then cut the connection instead of answering."""
        return self._arm(Drop(applied=True))

    def answer(
        self,
        body: bytes | str | dict[str, Any] | list[Any],
        *,
        status: int = 200,
        content_type: str = "application/json",
        applied: bool = False,
    ) -> Fault:
        """Answer these bytes, or this as JSON."""
        match body:
            case bytes():
                raw = body
            case str():
                raw = body.encode()
            case _:
                raw = json.dumps(body).encode()
        return self._answer(raw, status, content_type, applied=applied)

    def empty(self, *, applied: bool = False) -> Fault:
        """Answer 200 without a body."""
        return self.answer(b"", applied=applied)

    def html(self, *, applied: bool = False) -> Fault:
        """Answer 200 with a login page, as captive portals do."""
        return self.answer(
            b"<!doctype html><title>Sign in</title>",
            content_type="text/html",
            applied=applied,
        )

    @abstractmethod
    def _answer(
        self, body: bytes, status: int, content_type: str, *, applied: bool
    ) -> Fault:
        """Answer that."""
