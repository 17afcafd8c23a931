"""Where the certificates of simulators were before `tests.simulators.common`."""

from tests.simulators.common.certificate import Certificate

__all__ = ["Certificate"]
