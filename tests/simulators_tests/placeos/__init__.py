"""Tests of the simulated PlaceOS: its driver and its wire against the facts, literally."""
