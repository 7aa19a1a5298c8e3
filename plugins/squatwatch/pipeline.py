"""The steps of a day, one function each: what the DAG's tasks run and what the command line runs.

This is the one place where `squatwatch` and `squatwatch_ml` meet, inside `score`,
so that importing anything else here never loads the network.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from squatwatch.settings import Settings


def download(settings: Settings, run_date: date, source: str, *, refetch: bool = False) -> str:
    """Puts one source's list of the date under `raw/`. Returns a line for people.

    Raises NotPublishedYet, TryLater, BadList, SquatwatchError.
    """
    from squatwatch.download import download_list
    from squatwatch.sources import source_named

    return str(download_list(settings, run_date, source_named(settings, source), refetch=refetch))


def take_file(settings: Settings, run_date: date, path: Path) -> str:
    """Puts a file given by hand under `raw/` as source `input`."""
    from squatwatch.download import download_list
    from squatwatch.sources import file_given_by_hand

    return str(download_list(settings, run_date, file_given_by_hand(settings, str(path)), refetch=True))


def load(settings: Settings, run_date: date) -> str:
    """Normalises all raw lists of the date into `registrations` and `rejects`."""
    from squatwatch.load import load_date

    return str(load_date(settings, run_date))


def transform(settings: Settings, run_date: date) -> str:
    """Features, allowlist and candidates of the date: one `dbt build`, its tests included."""
    from squatwatch.transform import transform_date

    return str(transform_date(settings, run_date))


def score(settings: Settings, run_date: date) -> str:
    """Scores the date's candidates into `detections`."""
    from squatwatch.detect import detect_date
    from squatwatch_ml.score import Scorer

    scorer = Scorer.load(settings.model, device=settings.device, batch_size=settings.batch_size)
    return str(detect_date(settings, run_date, scorer))


def publish(settings: Settings) -> str:
    """Rebuilds `warehouse.duckdb` over all partitions and swaps it in."""
    from squatwatch.warehouse import publish_warehouse

    return str(publish_warehouse(settings))
