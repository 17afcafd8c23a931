"""Times that were taken, as a row of the table."""

from collections.abc import Callable, Sequence
from statistics import median, quantiles

from tests.benchmarks.table import Row, verdict

HEAD: Row = ("what", "times", "median", "p99", "worst", "target", "verdict")


def p99(times: Sequence[float]) -> float:
    """Return the 99th percentile; of few it is nearly the worst."""
    return quantiles(times, n=100, method="inclusive")[98]


def row(
    what: str,
    times: Sequence[float],
    target: float | None = None,
    by: Callable[[Sequence[float]], float] = max,
) -> Row:
    """Return the row of some times and their target, all in milliseconds.

    `by` is what must be below the target: `max` or `p99`.
    """
    figures = [_shown(figure(times)) for figure in (median, p99, max)]
    if target is None:
        return (what, len(times), *figures, "", "")
    name = "worst" if by is max else by.__name__
    judged = (f"{name} < {target:g} ms", verdict(by(times) < target))
    return (what, len(times), *figures, *judged)


def _shown(milliseconds: float) -> str:
    return f"{milliseconds:.1f} ms" if milliseconds < 20 else f"{milliseconds:.0f} ms"
