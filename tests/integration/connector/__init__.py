"""Rooms that ROOMZ displays read and book through Home Assistant."""
