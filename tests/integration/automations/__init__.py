"""Triggers and conditions of this integration, as Home Assistant runs them."""
