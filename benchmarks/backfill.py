"""A month backfilled: wall and CPU seconds of `squatwatch backfill` for 30 dates of 150,000 names each.

    python benchmarks/backfill.py [--days 30] [--names 150000] [--jobs 2] [--together N]

The lists are real names (names.py), each date's with a mark of its own before the suffix, so that no date repeats
another. `--together 1` builds every date alone, for what building several at once saves.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from datetime import date, timedelta
from pathlib import Path

from cost import squatwatch
from names import DAY, names_of_a_day, write_list

FIRST = date(2025, 6, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--names", type=int, default=DAY)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--together", type=int, help="names of a dbt build, at most")
    arguments = parser.parse_args()
    names = names_of_a_day(arguments.names)
    last = FIRST + timedelta(days=arguments.days - 1)
    with tempfile.TemporaryDirectory(prefix="squatwatch-backfill-") as scratch:
        for number in range(arguments.days):
            run_date = FIRST + timedelta(days=number)
            write_list(Path(scratch) / f"{run_date}.txt", [name.replace(".", f"-{number}.", 1) for name in names])
        feed = {"SQUATWATCH_SOURCES": "file", "SQUATWATCH_FILE_TEMPLATE": f"{scratch}/{{date:%Y-%m-%d}}.txt"}
        if arguments.together:
            feed["SQUATWATCH_NAMES_TOGETHER"] = str(arguments.together)
        window = ["--from", FIRST, "--to", last, "--jobs", arguments.jobs]
        cost = squatwatch(Path(scratch) / "home", "backfill", *window, **feed)
    count = arguments.days * len(names)
    print(f"{arguments.days} dates, {count:,} names, {arguments.jobs} at once, {os.cpu_count()} cores")
    print(f"{cost.wall:.0f} s, {cost.cpu:.0f} CPU s ({cost.cpu / arguments.days:.1f} a date), {cost.peak_mib:.0f} MiB")


if __name__ == "__main__":
    main()
