"""Tables on a terminal."""

from collections.abc import Sequence

type Row = Sequence[object]


def show(title: str, head: Row, rows: Sequence[Row], *notes: str) -> None:
    """Print a table: first column to the left, numbers to the right."""
    lines = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    print(f"\n{title}\n")
    for number, line in enumerate(lines):
        cells = [
            cell.rjust(width) if i else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        print("  " + "  ".join(cells).rstrip())
        if not number:
            print("  " + "  ".join("-" * width for width in widths))
    for note in notes:
        print(f"  {note}")
    print(flush=True)


def verdict(fulfilled: bool) -> str:
    """Whether a target is met, in words."""
    return "met" if fulfilled else "MISSED"
