"""What is on disk for the next life, and when."""

from datetime import datetime

from .house import House


async def test_what_was_told_is_on_disk_soon_though_there_is_more_to_tell(
    house: House,
) -> None:
    """During a rush, too, a crash forgets no more than the last moments."""
    fjord = house.workspace("Fjord")
    for _ in range(4):
        walk_in = fjord.book_locally("Walk-in", house.clock.now, 30)
        await house.clock.pass_by(seconds=0.6)
        fjord.delete_locally(walk_in)
        await house.clock.pass_by(seconds=0.6)

    on_disk = house.storage[house.store_key]["data"]["rooms"][fjord.id]
    age = house.clock.now - datetime.fromisoformat(on_disk["seen"])
    assert age.total_seconds() < 2
