"""A world of simulated room systems with a real Home Assistant in it.

``scripts/demo`` shows it to a person, ``scripts/demo --check`` walks through every verb by itself.
"""
