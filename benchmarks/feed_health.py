"""CPU seconds of the gate: one date of 150,000 names judged against a window of 28 such dates.

    python benchmarks/feed_health.py [--names N] [--dates N]

Names are made of random letters, one in a hundred comes back on a later date. The dates are loaded first, which takes
a second each and is not counted.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from squatwatch import pipeline
from squatwatch.feed_health import is_current, run_checks
from squatwatch.sentences import headline
from squatwatch.settings import Settings, read_settings

LAST = date(2026, 11, 5)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=150_000)
    parser.add_argument("--dates", type=int, default=28, help="of history")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="squatwatch-benchmark-") as scratch:
        settings = load_dates(Path(scratch), arguments.names, arguments.dates)
        print(f"{arguments.dates} dates of {arguments.names:,} names")
        print(headline(run_checks(settings, LAST)))
        print(f"run_checks  {cpu_seconds(lambda: run_checks(settings, LAST)):.3f} CPU s")
        print(f"is_current  {cpu_seconds(lambda: is_current(settings, LAST)):.3f} CPU s")


def load_dates(scratch: Path, name_count: int, date_count: int) -> Settings:
    settings = read_settings(home=scratch / "data", sources="file", file_template=str(scratch / "{date}.txt"))
    names = made_up(random.Random(1))
    returning: list[str] = []
    for day in (LAST - timedelta(days=n) for n in range(date_count, -1, -1)):
        today = returning + [next(names) for _ in range(name_count - len(returning))]
        (scratch / f"{day}.txt").write_text("\n".join(today))
        returning = today[: name_count // 100]
        pipeline.download(settings, day, "file")
        pipeline.load(settings, day)
    return settings


def made_up(source: random.Random) -> Iterator[str]:
    while True:
        label = "".join(source.choices(LETTERS, k=source.randint(6, 20)))
        yield f"{label}.{source.choices(['com', 'net', 'org', 'shop'], [14, 3, 2, 1])[0]}"


def cpu_seconds(work: Callable[[], object], times: int = 5) -> float:
    started = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - started) / times


if __name__ == "__main__":
    main()
