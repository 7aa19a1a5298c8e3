"""A year of 55 million registrations: its size on disk, the ten questions of docs/questions, and a day's cost on top.

    python benchmarks/year.py [--days 365] [--names 150000] [--home FOLDER]

One real day (SQUATWATCH_REAL_LISTS, else packaged names) goes through the whole pipeline; the other dates are written
from it, as the steps write them, with names of their own: registrations and features in full, candidates and detections
as many as that day had. Between, one more real day is run on top of ever longer histories. Then each question is asked
three times of the published year; the quickest counts, since the questions are asked of a warm machine.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from cost import squatwatch
from names import DAY, names_of_a_day, write_list

from squatwatch import pipeline
from squatwatch.lake.partitions import Lake
from squatwatch.lake.provenance import Provenance
from squatwatch.lake.tables import REGISTRY
from squatwatch.sentences import sentence
from squatwatch.settings import Settings, read_settings
from squatwatch.state.made_from import candidate_inputs, detection_inputs
from squatwatch.warehouse.connection import ask

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = sorted((ROOT / "docs/questions").glob("*.sql"))
FIRST = date(2025, 1, 1)
HISTORIES = (1, 30, 120)  # dates before the one that is run; and then all


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--names", type=int, default=DAY)
    parser.add_argument("--home", type=Path, help="where the year goes; kept afterwards")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="squatwatch-year-") as scratch:
        settings = read_settings(home=arguments.home or Path(scratch))
        pattern = make_first_day(settings, arguments.names)
        written = 1
        print(f"{'dates before':>12}{'CPU s of a run':>16}{'wall s':>8}{'peak MiB':>10}")
        for before in sorted({each for each in HISTORIES if each < arguments.days} | {arguments.days}):
            for number in range(written, before):
                write_day(settings, pattern, FIRST + timedelta(days=number), number)
            written = before
            published = publish(settings)
            a_day_on_top(settings, before, arguments.names)
        print(published)
        sizes(settings)
        questions(settings)


def a_day_on_top(settings: Settings, before: int, count: int) -> None:
    """Run one more date, of other names, and take it away again."""
    listed = write_list(settings.home / "another.txt", names_of_a_day(2 * count)[1::2])
    run_date = FIRST + timedelta(days=before)
    cost = squatwatch(settings.home, "run", "--date", run_date, "--input", listed)
    print(f"{before:12,}{cost.cpu:16.1f}{cost.wall:8.1f}{cost.peak_mib:10.0f}", flush=True)
    for folder in settings.home.glob(f"*/run_date={run_date}"):
        shutil.rmtree(folder)


def make_first_day(settings: Settings, count: int) -> dict[str, pl.DataFrame]:
    """Run the first date for real, of every other name; return its tables, from which the other dates are made."""
    listed = write_list(settings.home / "first.txt", names_of_a_day(2 * count)[::2])
    pipeline.take_file(settings, FIRST, listed)
    for step in pipeline.STEPS.values():
        step(settings, FIRST)
    lake = Lake(settings.home)
    return {table.name: lake.read(table.name, FIRST) for table in REGISTRY.required()}


def write_day(settings: Settings, pattern: dict[str, pl.DataFrame], run_date: date, number: int) -> None:
    """Return the first date's tables under another date, each name with a mark of its own before its suffix."""
    lake = Lake(settings.home)
    ledger = lake.read("downloads", FIRST, "input").with_columns(sha256=pl.lit(f"{number:064x}"))
    lake.write("downloads", run_date, ledger, "input")
    lists = replace(lake.made_from("registrations", FIRST), lists={"input": f"{number:064x}"})
    marked = {table: renamed(rows, number) for table, rows in pattern.items()}
    marked["load_counts"] = marked["load_counts"].with_columns(list_sha256=pl.lit(f"{number:064x}"))
    for table in REGISTRY.required_of("load"):
        lake.write(table.name, run_date, marked[table.name], made_from=lists)
    judge = Provenance(upstream={"registrations": lists.fingerprint})
    lake.write("feed_health", run_date, marked["feed_health"], made_from=judge)
    for step, made_from in (
        ("transform", candidate_inputs),
        ("score", lambda *given: detection_inputs(*given, pipeline.model_version(settings))),
    ):
        recorded = made_from(settings, run_date)
        for table in REGISTRY.required_of(step):
            lake.write(table.name, run_date, marked[table.name], made_from=recorded)
    lake.write("detections_history", run_date, marked["detections"], name="first")


def renamed(rows: pl.DataFrame, number: int) -> pl.DataFrame:
    """Return the rows with `paypal-login.com` as `paypal-login-17.com`; their other columns stay."""
    names = [column for column in ("domain", "domain_unicode") if column in rows.columns]
    return rows.with_columns(pl.col(name).str.replace(".", f"-{number}.", literal=True) for name in names)


def publish(settings: Settings) -> str:
    started, used = time.monotonic(), time.process_time()
    outcome = pipeline.publish(settings)
    wall, cpu = time.monotonic() - started, time.process_time() - used
    cost = f"the last publish took {wall:.1f} s, {cpu:.1f} CPU s without dbt, peak {peak_mib():.0f} MiB"
    return f"\n{sentence(outcome)}; {cost}"


def sizes(settings: Settings) -> None:
    sql = """
        select "table", count(*) as files, round(sum(size) / 1e6, 1) as megabytes
        from published_files where retired_at is null group by all order by megabytes desc"""
    [(registrations,)] = ask(settings.home, "select count(*) from registrations")[1]
    rows = ask(settings.home, sql)[1]
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
            rows = ask(settings.home, sql)[1]
            times.append(time.monotonic() - started)
        print(f"{path.stem:44}{min(times):14.2f}{len(rows):7,}")


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
