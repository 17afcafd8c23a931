"""The runner of checks: walks through steps, tells what held, and counts."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .client import Refused
from .waiting import TooLate

STEP_SECONDS = 90

type StepMethod = Callable[[Any], Awaitable[str | None]]


class Mismatch(Exception):
    """Something was not as the contract has it."""


def expect(what: str, got: object, expected: object) -> None:
    """Raise Mismatch unless both are equal."""
    if got != expected:
        raise Mismatch(f"{what}: expected {expected!r}, got {got!r}")


def expect_that(what: str, holds: object, got: object = "") -> None:
    """Raise Mismatch unless the condition holds; got is shown where it helps."""
    if not holds:
        raise Mismatch(f"{what}{f': got {got!r}' if got != '' else ''}")


def present[T](what: str, value: T | None) -> T:
    """Return the value. Raises Mismatch if there is none."""
    if value is None:
        raise Mismatch(f"{what}: expected one, got none")
    return value


async def expect_refusal(
    what: str, attempt: Awaitable[object], *, code: str, key: str | None = None
) -> Refused:
    """Return how Home Assistant refused. Raises Mismatch if it did not, or otherwise."""
    try:
        answer = await attempt
    except Refused as refused:
        expect(f"{what}: error code", refused.code, code)
        if key is not None:
            expect(f"{what}: translation key", refused.translation_key, key)
        return refused
    raise Mismatch(f"{what}: expected {key or code}, got {answer!r}")


@dataclass(frozen=True)
class Step:
    """One thing that must hold; without a needed one the rest cannot be walked."""

    title: str
    needed: bool
    method: StepMethod


def step(title: str, *, needed: bool = False) -> Callable[[StepMethod], StepMethod]:
    """Make a method a step of its walk; it returns what to add to the line that tells of it."""

    def mark(method: StepMethod) -> StepMethod:
        vars(method)["step"] = Step(title, needed, method)
        return method

    return mark


def _steps(walk: object) -> Iterator[Step]:
    for method in vars(type(walk)).values():
        if isinstance(found := getattr(method, "step", None), Step):
            yield found


@dataclass
class Tally:
    """How many steps held, and how many did not."""

    passed: int = 0
    failed: int = 0

    async def walk(self, name: str, walk: object) -> bool:
        """Walk through an object's steps in the order in which they are written.

        Returns False if a step failed that everything after it needs.
        """
        for found in _steps(walk):
            title = f"{name}: {found.title}"
            problem: str | None = None
            try:
                async with asyncio.timeout(STEP_SECONDS):
                    told = await found.method(walk)
            except (Mismatch, TooLate, Refused, LookupError) as err:
                problem = str(err)
            except TimeoutError:
                problem = f"not done within {STEP_SECONDS} s"
            except Exception as err:  # noqa: BLE001  (a step that breaks has failed; the others go on)
                problem = repr(err)
            if problem is None:
                self.passed += 1
                print(f"ok      {title}{f': {told}' if told else ''}", flush=True)
                continue
            self.failed += 1
            print(f"FAILED  {title}: {problem}", flush=True)
            if found.needed:
                print("        what comes next needs that, and is left out", flush=True)
                return False
        return True
