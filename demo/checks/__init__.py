"""What ``scripts/demo --check`` walks through, one module for each side of a system."""
