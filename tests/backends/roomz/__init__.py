"""The ROOMZ backend before the simulated system."""
