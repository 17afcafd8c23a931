"""What triggers and conditions are made of.

How Home Assistant writes them changes from release to release: all that knows it is in here,
and in `trigger.py` and `condition.py`.
"""
