"""One real server on loopback per booking system, speaking its wire.

A simulator is written from the facts alone and never imports the integration:
where the two disagree about the wire, a test fails.
"""
