"""RoomOS devices on the local network: the real integration against the simulated device."""
