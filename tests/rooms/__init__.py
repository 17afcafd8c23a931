"""What a room is, at any time and whatever happens: tests of the pure core."""
