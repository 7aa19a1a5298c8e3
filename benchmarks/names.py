"""Names for benchmarks: real registrations from the folder SQUATWATCH_REAL_LISTS, else packaged popular names."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

DAY = 150_000  # names of a day


def names_of_a_day(count: int = DAY) -> list[str]:
    """Return names of days of May 2020, as many as it takes; without a folder of real lists, popular names."""
    if folder := os.environ.get("SQUATWATCH_REAL_LISTS"):
        days = Path(folder).expanduser() / "registrations"
        files = [file for day in ("08", "06") for file in sorted(days.glob(f"2020-05-{day}*.gz"))]
        lists = [gzip.decompress(file.read_bytes()).decode().split() for file in files]
        return list(dict.fromkeys(name for names in lists for name in names))[:count]
    from squatwatch_ml.text.names import popular_domains

    return popular_domains()[:count]


def write_list(path: Path, names: list[str]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(names))
    return path
