"""A year of 55 million registrations: its size on disk, the ten questions of docs/questions, and a day's cost on top.

    python benchmarks/year.py [--days 365] [--names 150000] [--home FOLDER]

One real day (../shared/data, else packaged names) goes through the whole pipeline; the other dates are written from it,
as the steps write them, with names of their own: registrations and features in full, candidates and detections as many
as that day had. Then the warehouse is published and each question asked three times; the quickest counts, since the
questions are asked of a warm machine. Last, one more real day is run on top of ever longer histories.
"""

from __future__ import annotations

import argparse
import gzip
import resource
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from squatwatch import pipeline
from squatwatch.inputs import candidate_inputs, detection_inputs
from squatwatch.lake import Lake, fingerprint
from squatwatch.settings import Settings, read_settings
from squatwatch.status import TABLES_OF
from squatwatch.warehouse import ask

ROOT = Path(__file__).resolve().parents[1]
REAL_DAYS = ROOT.parent / "shared/data/registrations"
QUESTIONS = sorted((ROOT / "docs/questions").glob("*.sql"))
FIRST = date(2025, 1, 1)
HISTORIES = (0, 30, 120, 364)  # dates before the one that is run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--names", type=int, default=150_000)
    parser.add_argument("--home", type=Path, help="where the year goes; kept afterwards")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="squatwatch-year-") as scratch:
        settings = read_settings(home=arguments.home or Path(scratch))
        pattern = make_first_day(settings, arguments.names)
        started = time.monotonic()
        for number in range(1, arguments.days):
            write_day(settings, pattern, FIRST + timedelta(days=number), number)
        print(f"{arguments.days} dates of {arguments.names:,} names written in {time.monotonic() - started:.0f} s")
        publish(settings)
        sizes(settings)
        questions(settings)


def make_first_day(settings: Settings, count: int) -> dict[str, pl.DataFrame]:
    """Runs the first date for real; returns its tables, from which the other dates are made."""
    names = names_of_days()[:count]
    listed = settings.home / "first.txt"
    listed.parent.mkdir(parents=True, exist_ok=True)
    listed.write_text("\n".join(names))
    pipeline.take_file(settings, FIRST, listed)
    for step in ("load", "health", "transform", "score"):
        getattr(pipeline, step)(settings, FIRST)
    lake = Lake(settings.home)
    return {table: lake.read(table, FIRST) for tables in TABLES_OF.values() for table in tables}


def names_of_days() -> list[str]:
    if REAL_DAYS.is_dir():
        lists = [gzip.decompress(path.read_bytes()).decode().split() for path in sorted(REAL_DAYS.glob("*.gz"))]
        return list(dict.fromkeys(name for names in lists[-2:] for name in names))
    from squatwatch_ml.names import popular_domains

    return popular_domains()


def write_day(settings: Settings, pattern: dict[str, pl.DataFrame], run_date: date, number: int) -> None:
    """The first date's tables under another date, each name with a mark of its own before its suffix."""
    lake = Lake(settings.home)
    ledger = lake.read("downloads", FIRST, "input").with_columns(sha256=pl.lit(f"{number:064x}"))
    lake.write("downloads", run_date, ledger, "input")
    lists = lake.made_from("registrations", FIRST) | {"list input": f"{number:064x}"}
    marked = {table: renamed(rows, number) for table, rows in pattern.items()}
    for table in TABLES_OF["load"]:
        lake.write(table, run_date, marked[table], made_from=lists)
    judge = {"registrations": fingerprint(lists)}
    lake.write("feed_health", run_date, marked["feed_health"], made_from=judge)
    for step, made_from in (
        ("transform", candidate_inputs),
        ("score", lambda *given: detection_inputs(*given, pipeline.model_version(settings))),
    ):
        recorded = made_from(settings, run_date)
        for table in TABLES_OF[step]:
            lake.write(table, run_date, marked[table], made_from=recorded)
    lake.write("detections_history", run_date, marked["detections"], name="first")


def renamed(rows: pl.DataFrame, number: int) -> pl.DataFrame:
    """`paypal-login.com` as `paypal-login-17.com`; what is said of a name stays."""
    names = [column for column in ("domain", "domain_unicode") if column in rows.columns]
    return rows.with_columns(pl.col(name).str.replace(".", f"-{number}.", literal=True) for name in names)


def publish(settings: Settings) -> None:
    started, used = time.monotonic(), time.process_time()
    print(pipeline.publish(settings))
    wall, cpu = time.monotonic() - started, time.process_time() - used
    print(f"published in {wall:.1f} s, {cpu:.1f} CPU s without dbt, peak {peak_mib():.0f} MiB")


def sizes(settings: Settings) -> None:
    sql = """
        select "table", count(*) as files, round(sum(size) / 1e6, 1) as megabytes
        from published_files where retired_at is null group by all order by megabytes desc"""
    [(registrations,)] = ask(settings, "select count(*) from registrations")[1]
    rows = ask(settings, sql)[1]
    print(f"\n{registrations:,} registrations\n{'table':24}{'files':>8}{'MB':>10}{'MB per million':>16}")
    for table, files, megabytes in rows:
        print(f"{table:24}{files:8,}{megabytes:10,.1f}{megabytes / registrations * 1e6:16.2f}")
    total = sum(row[2] for row in rows)
    print(f"{'all':24}{sum(row[1] for row in rows):8,}{total:10,.1f}{total / registrations * 1e6:16.2f}")


def questions(settings: Settings) -> None:
    print(f"\n{'question':44}{'seconds, warm':>14}{'rows':>7}")
    for path in QUESTIONS:
        sql = path.read_text()
        times = []
        for _ in range(3):
            started = time.monotonic()
            rows = ask(settings, sql)[1]
            times.append(time.monotonic() - started)
        print(f"{path.stem:44}{min(times):14.2f}{len(rows):7,}")


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
