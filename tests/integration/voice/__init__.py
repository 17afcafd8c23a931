"""Tests that speak with Home Assistant about rooms."""
