"""Dates without waiting for them: a feed's lists loaded under their dates, and dates as all steps leave them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from squatwatch import pipeline
from squatwatch.catalog import SQL_TYPES, views
from squatwatch.download import RawList
from squatwatch.feed_health import judge_date
from squatwatch.inputs import candidate_inputs, detection_inputs
from squatwatch.lake import Lake, fingerprint
from squatwatch.load import made_from_lists
from squatwatch.popularity import lists_in_force
from squatwatch.settings import read_settings
from squatwatch.status import TABLES_OF
from squatwatch.tables import DETECTIONS, DOWNLOADS, REGISTRATIONS

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


class Dates:
    """Writes dates into a data root: every table of a date, each made from the one before."""

    def __init__(self, settings, model_version="bilstm-1"):

        self.settings, self.lake, self.model_version = settings, Lake(settings.home), model_version

    def write(self, run_date: date, *domains: str, brand: str = "paypal", also: tuple[str, ...] = ()) -> None:
        """A done date whose `domains` are detections of the brand; `also` were registered and resemble nothing."""

        listed = [{"source": "sample", "domain": domain} for domain in (*domains, *also)]
        lists = self.lists(run_date, *domains, *also)
        registrations = pl.DataFrame(listed, schema=REGISTRATIONS.schema)
        counts = {"source": "sample", "is_received": True, "kept_count": len(listed), "line_count": len(listed)}
        self.put("load", run_date, lists, registrations=registrations, load_counts=[counts])
        self.put("health", run_date, {"registrations": fingerprint(lists)})
        made_from = candidate_inputs(self.settings, run_date)
        self.put("transform", run_date, made_from)
        verdict = {"brand": brand, "score": 0.9, "threshold": 0.5, "is_detection": True}
        verdict |= {"model_version": self.model_version}
        found = [verdict | {"domain": domain, "detection_id": f"{brand}|{domain}"} for domain in domains]
        counts = {"model_version": self.model_version, "candidate_count": len(found), "detection_count": len(found)}
        made_from = detection_inputs(self.settings, run_date, self.model_version)
        detections = pl.DataFrame(found, schema=DETECTIONS.schema)
        self.put("score", run_date, made_from, detections=detections, score_counts=[counts | {"below_floor_count": 0}])

    def lists(self, run_date: date, *domains: str) -> dict[str, str]:
        """What registrations of these names are made from, and a row for it in the ledger."""

        sha256 = f"{hash(domains):x}"
        row = {"source": "sample", "path": f"raw/run_date={run_date}/sample.txt", "sha256": sha256}
        self.lake.write("downloads", run_date, pl.DataFrame([row], schema=DOWNLOADS.schema), "sample")
        return made_from_lists([RawList("sample", self.settings.home / row["path"], sha256)], [])

    def put(self, step: str, run_date: date, made_from: dict[str, str], **rows) -> None:
        """The step's tables; those without rows are empty."""

        for table in TABLES_OF[step]:
            given = rows.get(table, [])
            frame = given if isinstance(given, pl.DataFrame) else pl.DataFrame(given, schema=self.schema(table))
            self.lake.write(table, run_date, frame, made_from=made_from)

    def schema(self, table: str) -> pl.Schema:
        """The table's columns, of a mart as dbt describes them."""

        types = {sql: type_ for type_, sql in SQL_TYPES.items()}
        return pl.Schema({name: types[sql] for name, sql in described_tables()[table].types.items()})


@cache
def described_tables():
    return {view.name: view for view in views(read_settings())}


@pytest.fixture(scope="session")
def popularity_lists(tmp_path_factory):
    """The packaged popularity lists, unpacked once."""
    settings = read_settings(home=tmp_path_factory.mktemp("popularity"))
    lists_in_force(settings)
    return settings.home / "popularity"


@pytest.fixture
def dates(settings, popularity_lists):
    shutil.copytree(popularity_lists, settings.home / "popularity", copy_function=os.link)
    return Dates(settings)
