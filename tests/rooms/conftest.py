"""How long to look for a counterexample."""

from hypothesis import settings

settings.register_profile("rooms", deadline=None, max_examples=200, print_blob=True)
settings.load_profile("rooms")
