"""The blueprints: each loaded as an automation, and run."""
