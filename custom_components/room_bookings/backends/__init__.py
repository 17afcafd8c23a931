"""The booking systems: one package each, all behind one protocol.

No Home Assistant here, and no system's words outside its own package. Adding a
system is adding a package and a line where the entries are opened.
"""
