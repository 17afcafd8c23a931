"""TMS as a booking system: its rooms, its bookings, and what can be done to them."""
