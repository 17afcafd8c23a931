"""A meeting of ROOMZ to which nobody comes is given back, by check-ins that are kept here."""

from .house import RoomzHouse


async def test_a_room_frees_itself(closed_house: RoomzHouse) -> None:
    """At the end of the window; those who checked in keep theirs."""
    house = closed_house
    await house.open(check_in=True, no_show="release")
    for title, start in (("First", 30), ("Second", 60)):
        house.meet(title, start)
    await house.sync("Fjord")
    await house.clock.move_to(house.at(28))
    assert house.state("Fjord", "availability") == "pending"
    await house.call("check_in", "Fjord")
    await house.clock.move_to(house.at(59))
    assert house.state("Fjord", "in_use") == "on"
    with house.recording() as changes:
        await house.clock.move_to(house.at(72))
    assert house.state("Fjord", "availability") == "free"
    assert changes.kinds("Fjord") == [
        ("ended", "First"),
        ("started", "Second"),
        ("ended", "Second"),
        ("no_show", "Second"),
    ]
