"""The simulated systems that the demo's Home Assistant is connected to, one module each."""
