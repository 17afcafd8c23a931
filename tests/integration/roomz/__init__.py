"""Systems that serve the ROOMZ contract in Home Assistant, from the config flow to the verbs."""
