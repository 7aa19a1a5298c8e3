"""A date of millions of names: CPU seconds, wall seconds and peak memory of each step, and the cost of a million names.

    python benchmarks/scale.py [--names 10000000] [--brands 1000] [--shard-names 300000]

The names are real ones (names.py) and, where these are not enough, new ones that have the beginning of one and the end
of another. Every step is a process of its own and makes all shards one after the other, so its peak is that of the
largest shard, or of putting the date together. Rows of `transform` and `score` depend on the brands, the others do not.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

import polars as pl
from cost import Cost, squatwatch
from names import names_of_a_day, popular_brands, write_brands

DATE = "2024-06-13"
REAL = 1_000_000  # real names that others are made from, at most


def main() -> None:
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="squatwatch-benchmark-", dir=arguments.scratch) as folder:
        place = Path(folder)
        home, names = place / "home", write_names(place / "names.txt", arguments.names)
        brands = ["--brands", write_brands(place / "brands.csv", popular_brands(arguments.brands))]
        settings = {"SQUATWATCH_SHARD_NAMES": str(arguments.shard_names), "SQUATWATCH_MAX_LIST_MIB": "4096"}
        print(f"{arguments.names:,} names, {arguments.brands:,} brands, {os.cpu_count()} cores, {settings}\n")
        print(f"{'step':<12}{'CPU s':>9}{'wall s':>9}{'peak MiB':>10}{'CPU s a million names':>24}", flush=True)
        day, costs = ["--date", DATE], []
        for step, what in {
            "download": [*day, "--input", names],
            "load": day,
            "health": day,
            "transform": [*day, *brands],
            "score": day,
            "publish": brands,
        }.items():
            costs.append(squatwatch(home, step, *what, **settings))
            show(step, costs[-1], arguments.names)
        cpu, wall, peak = zip(*costs, strict=True)
        show("all", Cost(sum(cpu), sum(wall), max(peak)), arguments.names)
        candidates, detections = (rows(home, table) for table in ("candidates", "detections"))
        size = sum(path.stat().st_size for path in (home / "published").rglob("*.parquet"))
        print(f"\n{candidates:,} candidates, {detections:,} detections above the floor, {size / 1e6:,.0f} MB")


def write_names(path: Path, count: int) -> Path:
    """Write a list of so many different names: real ones, then others that are put together of two of them."""
    real = pl.Series("name", names_of_a_day(min(count, REAL)))
    names, seed = real, 0
    while len(names) < count:
        seed += 1
        first, second = (real.sample(len(real), shuffle=True, seed=2 * seed + at) for at in (0, 1))
        names = pl.concat([names, put_together(first, second)]).unique(maintain_order=True)
    names.head(count).to_frame().write_csv(path, include_header=False)
    return path


def put_together(first: pl.Series, second: pl.Series) -> pl.Series:
    """Return names with the first half of one label and the second half of another, whose suffix they have."""
    label, other = pl.col("first").str.split(".").list.first(), pl.col("second").str.split(".").list.first()
    rows = pl.DataFrame({"first": first, "second": second}).filter(
        ~pl.col("first").str.starts_with("xn--") & ~pl.col("second").str.starts_with("xn--")
    )
    beginning = label.str.head(label.str.len_chars() // 2 + 1)
    end = other.str.slice(other.str.len_chars() // 2) + pl.col("second").str.strip_prefix(other)
    names = rows.select(name=(beginning + end).str.strip_chars_start("-"))["name"]
    return names.filter(names.str.len_chars() <= 67)


def rows(home: Path, table: str) -> int:
    path = home / table / f"run_date={DATE}" / f"{table}.parquet"
    return int(pl.scan_parquet(path, hive_partitioning=False).select(pl.len()).collect().item())


def show(step: str, cost: Cost, names: int) -> None:
    a_million = cost.cpu * 1_000_000 / names
    print(f"{step:<12}{cost.cpu:>9.1f}{cost.wall:>9.1f}{cost.peak_mib:>10.0f}{a_million:>24.1f}", flush=True)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=10_000_000)
    parser.add_argument("--brands", type=int, default=1_000)
    parser.add_argument("--shard-names", type=int, default=300_000, help="SQUATWATCH_SHARD_NAMES")
    parser.add_argument("--scratch", type=Path, help="a folder with room for some gigabytes")
    return parser.parse_args()


if __name__ == "__main__":
    main()
