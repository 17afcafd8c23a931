"""Tests of rooms whose Cisco devices keep their bookings."""
