"""What every simulator needs whatever its wire: faults, a clock that ticks, control."""
