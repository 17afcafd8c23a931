"""The backends against the simulators, over real sockets; and their parsers against anything."""
