"""The ledger of wishes in Home Assistant, whatever dies and whenever."""
