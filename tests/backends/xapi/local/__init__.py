"""The local RoomOS transport, before the simulated device."""
