"""The PlaceOS backend before the simulated server."""
