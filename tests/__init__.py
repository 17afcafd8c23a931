"""Tests of the room_bookings integration and the simulators they run against."""
