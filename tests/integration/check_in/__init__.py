"""Check-in, presence and no-shows, from the options to the events."""
