"""Sentences about a step, the same on the command line and in the logs of tasks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path


def placed(step: str, run_date: date | None, message: str, input: Path | None = None) -> str:
    """Return the message with the step, the date and the file that it does not name itself."""
    date_part = f" of {run_date}" if run_date and str(run_date) not in message else ""
    file_part = f" from {input}" if input and str(input) not in message else ""
    return f"{step}{date_part}{file_part}: {message}"


def first_few(items: Sequence[str], most: int, others: str = "more") -> list[str]:
    """Return the first `most` items and, where there are others, how many: "and 3 more"."""
    left = len(items) - most
    return [*items[:most], *([f"and {left} {others}"] if left > 0 else [])]


def listed(items: Sequence[str], most: int) -> str:
    """Return the first `most` items in a row and, where there are others, how many: "a, b and 3 more"."""
    left = len(items) - most
    return ", ".join(items[:most]) + (f" and {left} more" if left > 0 else "")
