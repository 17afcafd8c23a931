"""Cisco TMS."""
