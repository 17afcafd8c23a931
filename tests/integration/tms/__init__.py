"""Cisco TMS in Home Assistant, from the config flow to the verbs."""
