"""Tests of the simulators themselves: their wire against the facts, literally."""
