"""Rows of CSV files."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path


def rows(path: Path, *columns: str) -> list[dict[str, str]]:
    """Read the rows of a CSV file, .gz too. Raises OSError, and ValueError where one of the columns is missing."""
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    reader = csv.DictReader(io.StringIO(text))
    if missing := set(columns) - set(reader.fieldnames or ()):
        raise ValueError(f"{path} has no column {', '.join(sorted(missing))}")
    return list(reader)
