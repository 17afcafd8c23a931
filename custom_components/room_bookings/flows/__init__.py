"""The config flow's steps: one file per booking system, and what they share."""
