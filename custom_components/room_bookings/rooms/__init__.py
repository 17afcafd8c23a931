"""What a meeting room is: its bookings, its state at a time, what changed.

Pure: no I/O, no clock, no Home Assistant. Every function takes the time as an
argument; every datetime is aware and UTC; every value is frozen.
"""
