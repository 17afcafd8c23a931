"""The integration in Home Assistant, against real simulators on loopback."""
