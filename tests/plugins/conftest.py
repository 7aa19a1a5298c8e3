"""A feed for tests: the lists that one source sends, loaded under their dates."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from squatwatch import pipeline
from squatwatch.feed_health import judge_date
from squatwatch.lake import Lake
from squatwatch.settings import read_settings

DAY = date(2026, 11, 5)
TLDS = [*["com"] * 14, *["net"] * 3, *["org"] * 2, "shop"]  # of twenty names
INITIALS = "abcdefghijklmnopqrstuvwxyz0123456789"


class Feed:
    """The source `file`; `before` are the dates before `day` that it has sent ordinary lists of."""

    day = DAY
    before = tuple(DAY - timedelta(days=n) for n in (4, 3, 2, 1))

    def __init__(self, root: Path, **settings: object):
        self.root = root
        template = str(root / "{date:%Y-%m-%d}.txt")
        self.settings = read_settings(
            **{"home": root / "data", "sources": "file", "file_template": template} | settings
        )
        self.lake = Lake(self.settings.home)

    @staticmethod
    def names(run_date: date, count: int = 2000) -> list[str]:
        """An ordinary list: names never seen before, with every first character, 1 % of them xn--."""
        ordinary = [f"{INITIALS[n % 36]}name{n}-{run_date:%y%m%d}.{TLDS[n % 20]}" for n in range(count * 99 // 100)]
        return ordinary + [f"xn--{n}-{run_date:%y%m%d}-tza.com" for n in range(count - len(ordinary))]

    def send(self, run_date: date, lines: Iterable[str], encoding: str = "utf-8") -> None:
        """Sends a list and loads it."""
        self.path(run_date).write_text("".join(f"{line}\n" for line in lines), encoding=encoding)
        pipeline.download(self.settings, run_date, "file", refetch=True)
        pipeline.load(self.settings, run_date)

    def path(self, run_date: date) -> Path:
        return self.root / f"{run_date}.txt"

    def check(self, name: str, run_date: date = DAY) -> dict:
        """Judges the date; gives the row of one check."""
        rows = judge_date(self.settings, run_date).rows.filter(source="file")
        return rows.row(by_predicate=pl.col("check_name") == name, named=True)


@pytest.fixture
def new_feed(tmp_path):
    """A feed that has sent nothing so far."""
    return Feed(tmp_path)


@pytest.fixture(scope="session")
def four_dates(tmp_path_factory):
    """The folder of a feed after its four ordinary dates."""
    feed = Feed(tmp_path_factory.mktemp("feed"))
    for run_date in Feed.before:
        feed.send(run_date, feed.names(run_date))
    return feed.root


@pytest.fixture
def feed(four_dates, tmp_path):
    """A feed that has sent ordinary lists of 2,000 names on the four dates before its `day`."""
    shutil.copytree(four_dates, tmp_path, dirs_exist_ok=True)
    return Feed(tmp_path)
