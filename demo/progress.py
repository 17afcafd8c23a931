"""What the demo tells whoever started it, while it works."""

from time import monotonic

_STARTED = monotonic()


def tell(text: str) -> None:
    """Print a line with the seconds since the demo was started."""
    print(f"{monotonic() - _STARTED:6.1f} s  {text}", flush=True)
