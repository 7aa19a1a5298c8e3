"""CPU seconds, wall seconds and peak memory of every step of a day, and of the whole `squatwatch run`.

    python benchmarks/day.py [LIST] [--date D] [--brands FILE.csv]

Without a list it takes 150,000 real names (names.py). Every step is a process of its own, children included, so a
figure is what the command costs when it is started alone; the last row is one process that does them all. The data
roots have had a day before, of a hundred names, as all but the first have.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from cost import squatwatch
from names import names_of_a_day, write_list


def main() -> None:
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="squatwatch-benchmark-") as scratch:
        steps, whole = Path(scratch) / "steps", Path(scratch) / "run"
        names = arguments.list or write_list(Path(scratch) / "names.txt", names_of_a_day())
        few = write_list(Path(scratch) / "few.txt", names_of_a_day(100))
        brands = ["--brands", arguments.brands] if arguments.brands else []
        for home in (steps, whole):
            squatwatch(home, "run", "--date", "2020-01-01", "--input", few, *brands)
        print(f"{names}, brands {arguments.brands or 'of the seed'}, {os.cpu_count()} cores\n")
        print(f"{'step':<12}{'CPU s':>8}{'wall s':>8}{'peak MiB':>10}")
        day = ["--date", arguments.date]
        measure("download", steps, *day, "--input", names)
        measure("load", steps, *day)
        measure("health", steps, *day)
        measure("transform", steps, *day, *brands)
        measure("score", steps, *day)
        measure("publish", steps, *brands)
        measure("query", steps, "select count(*) from detections")
        measure("run", whole, *day, "--input", names, *brands)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list", nargs="?", type=Path, help="a registration list")
    parser.add_argument("--date", default="2024-06-13")
    parser.add_argument("--brands", type=Path, help="brands.csv to use instead of the seed")
    return parser.parse_args()


def measure(command: str, home: Path, *arguments: object) -> None:
    cost = squatwatch(home, command, *arguments)
    print(f"{command:<12}{cost.cpu:>8.1f}{cost.wall:>8.1f}{cost.peak_mib:>10.0f}", flush=True)


if __name__ == "__main__":
    main()
