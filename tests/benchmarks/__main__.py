"""`python -m tests.benchmarks [name [arguments]]`: all benchmarks, or one."""

from importlib import import_module
import subprocess
import sys

NAMES = (
    "push",
    "rush",
    "setup",
    "get_events",
    "find_room",
    "quiet_hour",
    "roomos",
    "tms_listing",
    "connector",
    "panel",
)


def main(arguments: list[str]) -> None:
    """Run what was asked for."""
    if arguments and arguments[0] not in NAMES:
        sys.exit(f"usage: scripts/benchmark [{' | '.join(NAMES)} [arguments...]]")
    if arguments:
        import_module(f".{arguments[0]}", __package__).main(arguments[1:])
    else:
        # Each starts afresh, in its own environment: what one leaves behind must not count
        # against the next.
        for name in NAMES:
            subprocess.run(["scripts/benchmark", name], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
