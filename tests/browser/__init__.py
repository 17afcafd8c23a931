"""Tests of what people see, in a real Chromium, with a real Home Assistant and simulated systems."""
