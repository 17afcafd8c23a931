"""Webex organisations in Home Assistant, from the config flow on."""
