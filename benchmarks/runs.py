"""Whole runs: CPU seconds and peak memory of `squatwatch run`, as people start it, and what openSquat takes beside it.

    python benchmarks/runs.py [--beside FOLDER] [--times 3]

`--beside` names another checkout that has its `.venv`; both take turns, each the same number of times. CPU seconds are
those of the cheapest time, peak memory is that of the largest process of any time. A "second run" is in a data root
that has had a day before, of a hundred names with the same brands. openSquat has the names and brands of the last row.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cost import Cost, squatwatch
from names import DAY, names_of_a_day, popular_brands, spread, write_brands, write_list
from opensquat_on import opensquat_on

BRANDS = 37
LONGEST = 1_000_000  # comparisons of openSquat that are measured; some twenty seconds


@dataclass(frozen=True)
class Side:
    """A checkout, by the name in the table's head."""

    name: str
    python: Path


@dataclass(frozen=True)
class Row:
    """A run to measure."""

    what: str
    names: Path
    brands: Path | None = None  # those of the seed
    is_first: bool = False  # of its data root


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--beside", type=Path, metavar="FOLDER", help="another checkout, measured in turn with this one"
    )
    parser.add_argument("--times", type=int, default=3, help="how often each run is measured")
    arguments = parser.parse_args()
    sides = [Side(_commit(Path(__file__).parent), Path(sys.executable))]
    if arguments.beside:
        sides.insert(0, Side(_commit(arguments.beside), arguments.beside.resolve() / ".venv/bin/python"))
    with tempfile.TemporaryDirectory(prefix="squatwatch-benchmark-") as folder:
        scratch = Path(folder)
        print(f"{os.cpu_count()} cores, {' beside '.join(side.name for side in sides)}\n")
        print(
            f"{'`squatwatch run` of':<44}"
            + f"{'CPU s':>10}{'MiB':>8}" * len(sides)
            + f"{'times':>8}" * (len(sides) > 1)
        )
        for row in rows(scratch):
            costs = [cheapest(each) for each in zip(*in_turn(sides, row, scratch, arguments.times), strict=True)]
            figures = "".join(f"{cost.cpu:10.1f}{cost.peak_mib:8.0f}" for cost in costs)
            times = f"{costs[0].cpu / costs[1].cpu:8.1f}" if len(costs) > 1 else ""
            print(f"{row.what:<44}{figures}{times}", flush=True)
        names, brands = row.names.read_text().split(), popular_brands(BRANDS)
        theirs, note = opensquat_on(scratch, names, brands, LONGEST)
        times = f"{theirs.cpu / costs[-1].cpu:.1f} times the last row"
        print(f"\nopenSquat -c1, the same names and brands: {theirs.cpu:.1f} CPU s, {theirs.peak_mib:.0f} MiB; {times}")
        if note:
            print(f"({note})")


def rows(scratch: Path) -> list[Row]:
    names = names_of_a_day()
    day, most, two = (write_list(scratch / f"{count}.txt", spread(names, count)) for count in (DAY, 100_000, 2))
    brands = write_brands(scratch / "brands.csv", popular_brands(BRANDS))
    return [
        Row(f"{DAY:,} names, second run", day),
        Row("100,000 names, first run of a data root", most, is_first=True),
        Row("two names, second run", two),
        Row(f"100,000 names, {BRANDS} brands, second run", most, brands),
    ]


def in_turn(sides: list[Side], row: Row, scratch: Path, times: int) -> list[list[Cost]]:
    """Return the costs on each side, time by time."""
    before = {side: None if row.is_first else _first_day(side, row, scratch) for side in sides}
    return [[_run(side, row, scratch, before[side]) for side in sides] for _ in range(times)]


def cheapest(costs: tuple[Cost, ...]) -> Cost:
    return min(costs)._replace(peak_mib=max(cost.peak_mib for cost in costs))


def _run(side: Side, row: Row, scratch: Path, before: Path | None) -> Cost:
    home = scratch / f"{side.name}-home"
    shutil.rmtree(home, ignore_errors=True)
    if before:
        shutil.copytree(before, home, symlinks=True)
    return squatwatch(home, "run", "--date", "2024-06-13", "--input", row.names, *_brands(row), python=side.python)


def _first_day(side: Side, row: Row, scratch: Path) -> Path:
    """Return a data root that has had a day; it was made where the copies of it will be used."""
    before = scratch / f"{side.name}-{row.brands.stem if row.brands else 'seed'}"
    if not before.is_dir():
        home = scratch / f"{side.name}-home"
        shutil.rmtree(home, ignore_errors=True)
        few = write_list(scratch / "few.txt", [name.replace(".", "-0.", 1) for name in names_of_a_day(100)])
        squatwatch(home, "run", "--date", "2024-06-12", "--input", few, *_brands(row), python=side.python)
        home.rename(before)
    return before


def _brands(row: Row) -> list[object]:
    return ["--brands", row.brands] if row.brands else []


def _commit(folder: Path) -> str:
    described = ["git", "-C", str(folder), "describe", "--always", "--dirty"]
    return subprocess.run(described, capture_output=True, text=True).stdout.strip() or folder.resolve().name


if __name__ == "__main__":
    main()
