"""What panels need of Home Assistant: the module, and what they are told of rooms."""
