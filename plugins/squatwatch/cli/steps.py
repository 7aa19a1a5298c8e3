"""`squatwatch download`, `load`, `transform`, `score`, `publish`, and `run`, which does a whole day."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.console import Console

from squatwatch import pipeline
from squatwatch.cli.log_lines import told_lines
from squatwatch.dates import parse_run_date
from squatwatch.errors import PartialDate, SquatwatchError, squatwatch_error
from squatwatch.ingest.fetch import demand_complete
from squatwatch.lake.partitions import Lake
from squatwatch.lake.shards import parse_shard
from squatwatch.lists.brands import read_brands
from squatwatch.lists.brands_in_force import brands_path, remember_brands
from squatwatch.sentences import sentence
from squatwatch.settings import SOURCE_NAMES, Settings, read_settings
from squatwatch.state.brand_lists import demand_made_with, demand_same_list
from squatwatch.state.made_from import brands_hash
from squatwatch.store.door import follow
from squatwatch.wording import placed

Date = Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="The day whose registrations are examined.")]
Brands = Annotated[
    Path | None,
    typer.Option(
        "--brands",
        metavar="FILE.csv",
        help="Brands to look for: columns brand, brand_domain. The data root remembers the list; `packaged` is the one "
        "that comes with squatwatch.",
    ),
]
Input = Annotated[
    Path | None,
    typer.Option("--input", metavar="FILE", help="A list at hand (zip, gz, text, CSV) instead of the sources."),
]
First = Annotated[str, typer.Option("--from", metavar="YYYY-MM-DD", help="First date.")]
Last = Annotated[str, typer.Option("--to", metavar="YYYY-MM-DD", help="Last date, included.")]
Source = Annotated[
    str | None, typer.Option("--source", metavar="NAME", help=f"One source only: {', '.join(SOURCE_NAMES)}.")
]
OfShard = Annotated[
    str | None,
    typer.Option(
        "--shard",
        metavar="3/16",
        help="One shard of a large date, so that several machines can work on it; without it, all.",
    ),
]
Refetch = Annotated[bool, typer.Option("--refetch", help="Fetch again what is already there.")]

SHOWN = ("brand", "domain", "domain_unicode", "score", "technique", "reason")  # of a detection, after a run
MOST_SHOWN = 40  # a screenful; a real day has hundreds

progress = Console(stderr=True, highlight=False)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    for command in (download, load, transform, score, publish, run):
        app.command()(command)


def download(date: Date, source: Source = None, input: Input = None, refetch: Refetch = False) -> None:
    """Fetch the date's list from every configured source (or one) into raw/."""
    settings, run_date = read_settings(), parse_run_date(date)
    names = [source] if source else None
    with step("download", run_date, input) as tell:
        fetched = pipeline.fetch(settings, run_date, input, refetch, names)
        if fetched.failures:
            raise SquatwatchError("; ".join([*fetched.failures.values(), *map(sentence, fetched.came)]))
        tell(fetched)


def load(date: Date) -> None:
    """Normalise the date's raw lists into registrations and rejects."""
    one_step("load", date, pipeline.load)


def transform(date: Date, brands: Brands = None, shard: OfShard = None) -> None:
    """Compute features, allowlist and candidates of the date, as the dbt project says."""
    run_date = parse_run_date(date)
    settings = settings_for_brands(brands)
    with step("transform", run_date) as tell:
        follow(settings, [run_date])
        for line in demand_same_list(settings, [run_date]):
            tell(line)
        tell(_of_shard("transform", shard)(settings, run_date))


def score(date: Date, shard: OfShard = None) -> None:
    """Score the date's candidates with the network into detections."""
    one_step("score", date, _of_shard("score", shard))


def _of_shard(name: str, shard: str | None) -> Callable[[Settings, date], object]:
    """Return the step, or what makes one shard of it. Raises SquatwatchError where the shard is none."""
    if shard is None:
        return pipeline.STEPS[name]
    one, make = parse_shard(shard), pipeline.STEPS_OF_SHARDS[name]
    return lambda settings, run_date: make(settings, run_date, one)


def publish(brands: Brands = None) -> None:
    """Rebuild warehouse.duckdb over all partitions and swap it in."""
    with step("publish") as tell:
        tell(pipeline.publish(settings_for_brands(brands)))


def run(date: Date, input: Input = None, brands: Brands = None, refetch: Refetch = False) -> None:
    """Do a whole day: download, load, health, transform, score, publish; then print its detections.

    A source that fails does not hold up the others; the command then exits with status 1.
    """
    run_date = parse_run_date(date)
    settings = settings_for_brands(brands)
    partial = None
    try:
        run_day(settings, run_date, input, refetch)
    except PartialDate as error:
        partial = error
    # of the date's own file: what is asked of the warehouse grows with the dates that it has
    print_detections(Lake(settings.home).read("detections", run_date).filter("is_detection"), run_date)
    if partial:
        raise partial


def print_detections(detections: pl.DataFrame, run_date: date) -> None:
    """Print a date's detections by brand; of many the highest scores, and the command that prints all."""
    from squatwatch.cli.query import print_table

    best = detections.sort(["score", "domain", "brand"], descending=[True, False, False]).head(MOST_SHOWN)
    in_order = best.sort(["brand", "score", "domain"], descending=[False, True, False])
    print_table(list(SHOWN), in_order.with_columns(pl.col("score").round(3)).select(SHOWN).rows())
    if detections.height > MOST_SHOWN:
        print(
            f"These are the {MOST_SHOWN} highest scores of {detections.height:,} detections; all of them: squatwatch "
            f"query \"from detections where run_date = '{run_date}' and is_detection order by brand, score desc\""
        )


def run_day(settings: Settings, run_date: date, input: Path | None, refetch: bool) -> None:
    """Run the steps of one date and print each with its time. What cannot work is found before anything is written.

    Raises PartialDate after the last step where a source has failed but the date was done from the others, and
    SquatwatchError where another run has made the date with another brand list meanwhile.
    """
    with step("check", run_date, input) as tell:
        follow(settings, [run_date])
        tell(pipeline.check(settings))
        brands = brands_hash(settings)
        for line in demand_same_list(settings, [run_date]):
            tell(f"{line}, and it is made with that now")
    with step("download", run_date, input) as tell:
        fetched = pipeline.fetch(settings, run_date, input, refetch)
        fetched.demand_some()
        tell(fetched)
    for name, function in pipeline.STEPS.items():
        with step(name, run_date, input) as tell:
            outcome = function(settings, run_date)
            if name == "score":
                demand_made_with(settings, run_date, brands)
            tell(outcome)
    with step("publish", run_date, input) as tell:
        tell(pipeline.publish(settings))
    demand_complete(settings.home, fetched)


@contextmanager
def step(name: str, run_date: date | None = None, input: Path | None = None) -> Iterator[Callable[[object], None]]:
    """Show that a step is at work, then its outcome and time; a failure names step, date and file."""
    started = time.monotonic()
    outcome: list[object] = []
    try:
        with progress.status(f"{name} …"), told_lines(lambda line: _print(f"            {line}")):
            yield outcome.append
    except SquatwatchError as error:
        raise SquatwatchError(placed(name, run_date, str(error), input)) from error
    except Exception as error:
        if named := squatwatch_error(error):
            raise type(named)(placed(name, run_date, str(named), input)) from error
        raise RuntimeError(placed(name, run_date, f"{type(error).__name__}: {error}", input)) from error
    _print(f"  {name:<9} {time.monotonic() - started:5.1f} s  {'; '.join(map(sentence, outcome))}")


def _print(line: str) -> None:
    progress.print(line, markup=False, soft_wrap=True)


def one_step(name: str, date_text: str, function: Callable[[Settings, date], object]) -> None:
    """Run one step of a date and print its outcome."""
    settings, run_date = read_settings(), parse_run_date(date_text)
    with step(name, run_date) as tell:
        tell(function(settings, run_date))


def window(first: str, last: str) -> tuple[date, date]:
    """Return the dates of --from and --to. Raises SquatwatchError where one is no date, or --from is after --to."""
    begin, end = parse_run_date(first), parse_run_date(last)
    if begin > end:
        raise SquatwatchError(f"--from {begin} is after --to {end}")
    return begin, end


def settings_with(**overrides: object) -> Settings:
    """Return settings from the environment; an option that was not given overrides nothing."""
    return read_settings(**{name: value for name, value in overrides.items() if value is not None})


def settings_for_brands(brands: Path | None) -> Settings:
    """Return the settings for work with the brand list of --brands, which the data root remembers from now on.

    One in a store remembers none, because the list is a file of this machine.

    Raises SquatwatchError where the list cannot be read; the data root then remembers what it did before.
    """
    settings = settings_with(brands_file=brands)
    if settings.brands_file and brands:
        read_brands(brands_path(settings))
        if settings.store_url is None and (line := remember_brands(settings.home, settings.brands_file)):
            progress.print(line, markup=False, soft_wrap=True)
    return settings
