"""A RoomOS device on the local network: xAPI over its own WebSocket (facts 4).

PhoneOS has no such socket (facts 0.1).
"""
