"""Tests of the simulated system that serves the ROOMZ contract."""
