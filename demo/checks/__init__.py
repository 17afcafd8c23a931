"""What ``scripts/demo --check`` walks through, one package for each system."""
