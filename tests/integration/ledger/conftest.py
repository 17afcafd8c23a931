"""A room in which every request is watched."""

from collections.abc import Iterator

import pytest

from tests.integration.house import House

from .watch import BOOK, Watch


@pytest.fixture
def watch(house: House) -> Iterator[Watch]:
    """A room in which each request is watched, and what must hold at the end."""
    watch = Watch(house)

    def remember_ledger(_: object) -> bool:
        watch.ledgers.append(house.ledger)
        return False

    house.sim.faults.when(command=BOOK, predicate=remember_ledger).always().drop()
    yield watch
    watch.check()
