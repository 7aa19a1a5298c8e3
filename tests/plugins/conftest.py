"""What tests of the daily job share: a feed's lists under their dates, finished dates, servers that misbehave."""

from __future__ import annotations

import contextlib
import logging
import shutil
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import polars as pl
import pytest

from squatwatch import pipeline
from squatwatch.detect.score import history_name
from squatwatch.feed_health import run_checks
from squatwatch.ingest.download import RawList
from squatwatch.ingest.load import made_from_lists
from squatwatch.lake.partitions import Lake
from squatwatch.lake.provenance import Provenance
from squatwatch.lake.tables import DETECTIONS, DOWNLOADS, LOAD_COUNTS, RANKINGS, REGISTRY, SCORE_COUNTS
from squatwatch.net import retries
from squatwatch.settings import read_settings
from squatwatch.state.made_from import candidate_inputs, detection_inputs
from squatwatch.warehouse.catalog import SQL_TYPES, views

ROOT = Path(__file__).resolve().parents[2]
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
        """Checks the date; gives the row of one check."""
        rows = run_checks(self.settings, run_date).rows.filter(source="file")
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
        self.write_verdicts(run_date, [{"domain": domain, "brand": brand} for domain in domains], also)

    def write_verdicts(
        self,
        run_date: date,
        verdicts: list[dict],
        also: tuple[str, ...] = (),
        below_floor: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """A done date with these rows in detections; what they do not say is as for a detection at .9.

        Pairs of domain and brand `below_floor` are candidates that left no row.
        """
        pairs = [*((row["domain"], row["brand"]) for row in verdicts), *below_floor]
        named = dict.fromkeys(domain for domain, _ in pairs)
        domains = list(named | dict.fromkeys(also))
        lists = self.lists(run_date, *domains)
        none = {name: 0 for tables in (LOAD_COUNTS, SCORE_COUNTS) for name in tables.columns if name.endswith("_count")}
        listed = [{"source": "sample", "domain": domain} for domain in domains]
        counts = none | {
            "source": "sample",
            "is_received": True,
            "line_count": len(domains),
            "kept_count": len(domains),
        }
        self.put("load", run_date, lists, registrations=listed, load_counts=[counts])
        self.put("health", run_date, run_checks(self.settings, run_date).made_from)
        summary = {"domain_count": len(domains), "candidate_domain_count": len(named), "set_aside_count": 0}
        summary |= {"resembles_no_brand_count": len(domains) - len(named), "candidate_pair_count": len(pairs)}
        made_from = candidate_inputs(self.settings, run_date)
        candidates = [{"domain": domain, "brand": brand} for domain, brand in pairs]
        self.put("transform", run_date, made_from, candidates=candidates, feature_summary=[summary])
        said = {"score": 0.9, "threshold": 0.5, "is_detection": True, "model_version": self.model_version}
        said |= {"scored_at": datetime(2026, 11, 25, tzinfo=UTC)}
        found = [said | identity(row) | row for row in verdicts]
        counts = none | {"model_version": self.model_version, "candidate_count": len(pairs)}
        counts |= {"below_floor_count": len(below_floor)}
        made_from = detection_inputs(self.settings, run_date, self.model_version)
        detections = pl.DataFrame(found, schema=DETECTIONS.schema)
        self.lake.write("detections_history", run_date, detections, name=history_name(made_from))
        self.put("score", run_date, made_from, detections=detections, score_counts=[counts])

    def write_rankings(self, run_date: date, rankings: list[dict]) -> None:
        """Rankings of the date, whose rows say domain, brand, squat and use; what else they do not say is nothing."""
        none = {f"component_{kind}": 0.0 for kind in ("brand", "wave", "memory")} | {"note": "", "wave_id": None}
        none |= {
            "wave_size": 1,
            "is_lifted": False,
            "ranker_version": "ranker-1",
            "model_version": self.model_version,
            "judged_count": 0,
        }
        none |= {"ranked_at": datetime(2026, 11, 26, tzinfo=UTC)}
        rows = [
            none
            | {"other": 1 - row["squat"] - row["use"], "priority": row["squat"] + row["use"] / 4, "taken_for": "squat"}
            | identity(row)
            | row
            for row in rankings
        ]
        self.lake.write("rankings", run_date, RANKINGS.conform(pl.DataFrame(rows)))

    def publish(self) -> pipeline.Publication:
        return pipeline.publish_with(self.settings, self.model_version)

    def lists(self, run_date: date, *domains: str) -> Provenance:
        """What registrations of these names are made from, and a row for it in the ledger."""
        sha256 = f"{hash(domains):x}"
        row = {"source": "sample", "path": f"raw/run_date={run_date}/sample.txt", "sha256": sha256}
        self.lake.write("downloads", run_date, pl.DataFrame([row], schema=DOWNLOADS.schema), "sample")
        return made_from_lists([RawList("sample", self.settings.home / row["path"], sha256)], [])

    def put(self, step: str, run_date: date, made_from: Provenance, **rows) -> None:
        """The step's tables; those without rows are empty."""
        for table in REGISTRY.required_of(step):
            given = rows.get(table.name, [])
            frame = given if isinstance(given, pl.DataFrame) else pl.DataFrame(given, schema=self.schema(table.name))
            self.lake.write(table.name, run_date, frame, made_from=made_from)

    def schema(self, table: str) -> pl.Schema:
        """The table's columns, of a mart as dbt describes them."""
        types = {sql: type_ for type_, sql in SQL_TYPES.items()} | OTHER_TYPES
        return pl.Schema({name: types[sql] for name, sql in described_tables()[table].types.items()})


OTHER_TYPES = {"bigint[]": pl.List(pl.Int64), "double[]": pl.List(pl.Float64)}


def identity(verdict: dict) -> dict:
    return {"detection_id": f"{verdict['brand']}|{verdict['domain']}", "domain_unicode": verdict["domain"]}


@cache
def described_tables():
    return {view.name: view for view in views(read_settings().dbt_project)}


@pytest.fixture(scope="session")
def made_by_dbt(once_a_test_run):
    """A folder with the plans that `make plans` would write, and the data root in which dbt itself built for them.

    dbt's unit tests have passed there; made once a test run.
    """

    def make(folder: Path) -> None:
        subprocess.run([sys.executable, ROOT / "scripts/plans.py", folder], check=True)

    return once_a_test_run("made-by-dbt", make)


@pytest.fixture(scope="session")
def new_dates(new_home):
    """new_dates(home, model_version, **settings) gives a writer of dates into a data root."""

    def new(home: Path, model_version: str = "bilstm-1", **settings: object) -> Dates:
        if not (home / "popularity").exists():
            new_home(home)
        return Dates(read_settings(home=home, **settings), model_version)

    return new


@pytest.fixture
def dates(settings, new_dates):
    return new_dates(settings.home)


class Handler(BaseHTTPRequestHandler):
    """Answers each request with the next of `server.answers`, the last one for good."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.paths.append(self.path)
        answers = self.server.answers
        answer = answers[min(len(self.server.paths), len(answers)) - 1]
        with contextlib.suppress(OSError):  # the client left first
            answer(self)
        self.close_connection = True

    do_POST = do_GET

    def log_message(self, *_):
        pass


@pytest.fixture
def serve():
    """serve(answers, context=None) starts a server and gives (its address, the paths asked for)."""
    servers = []

    def start(answers, context=None):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.answers, server.paths, server.daemon_threads = answers, [], True
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        servers.append(server)
        return f"127.0.0.1:{server.server_port}", server.paths

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def waits(monkeypatch):
    """The seconds that the source would have slept."""
    slept = []
    monkeypatch.setattr(retries, "sleep", slept.append)
    return slept


@pytest.fixture
def all_logs(caplog):
    """The log at its most talkative, httpx's and httpcore's own lines included if they got out."""
    for name in ("httpx", "httpcore", "squatwatch"):
        caplog.set_level(logging.DEBUG, logger=name)
    caplog.set_level(logging.DEBUG)
    return caplog


@pytest.fixture
def certificate(tmp_path):
    """A certificate for 127.0.0.1 signed by itself, and the server's context with it."""
    from certificates import certified

    own = certified("127.0.0.1")
    path = tmp_path / "server.pem"
    path.write_bytes(own.key_pem + own.pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return path, context
