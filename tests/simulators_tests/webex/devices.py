"""Devices behind the simulated cloud."""

from tests.simulators.webex import WebexSimulator
from tests.simulators.xapi import Device

# Of a request to book.
UUID = "0c1d2e3f-0000-4000-8000-000000000001"


def roomos(sim: WebexSimulator, profile: str = "roomos-26.4") -> Device:
    """A RoomOS device in a room of its own."""
    return sim.add_device(
        sim.add_workspace(f"Room with {profile}"), profile, product="Cisco Room Bar"
    )
