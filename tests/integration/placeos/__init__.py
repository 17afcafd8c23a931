"""PlaceOS in Home Assistant."""
