"""How fast, how small and how polite the integration is; see README.md."""
