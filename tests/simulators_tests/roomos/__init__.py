"""Tests of the simulated RoomOS device: its wire against the facts, literally."""
