# Home Assistant 2026 serves the name `voluptuous` by its successor: so does the type checker.
from probatio import *
from probatio import Marker as Marker, Schema as Schema
