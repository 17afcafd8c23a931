"""The checks of each booking system, and what they share."""
