"""Tests of the simulated Cisco TMS: its engine against the reference, its wire against the captures."""
