"""Cisco TelePresence Management Suite, by its SOAP booking API."""
