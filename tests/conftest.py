"""What must have happened before the first test runs."""

from .simulators.common.certificate import Certificate

# cryptography keeps the datetime class that it meets first. Were that a frozen clock's, every
# certificate made after that test would be refused, depending on the order of the tests.
Certificate.make()
