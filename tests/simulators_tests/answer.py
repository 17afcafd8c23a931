"""What a simulator answers over HTTP."""

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: Any
