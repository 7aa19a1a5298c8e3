"""Popularity lists: packaged, fetched from a server, and what a bad answer leaves behind."""

from __future__ import annotations

import gzip
import io
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import polars as pl
import pytest

from squatwatch.errors import BadList, SquatwatchError, TryLater
from squatwatch.lists import popularity, popularity_refresh
from squatwatch.sentences import sentence
from squatwatch.settings import Settings

TRANCO = [(1, "google.com"), (2, "amazonaws.com"), (3, "Wikipedia.org"), (4, "bbc.co.uk")]


class Server(ThreadingHTTPServer):
    """Answers every request with `status` and `body`."""

    status, body = 200, b""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/secret-key/top-1m.csv.zip"


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def settings(tmp_path, server) -> Settings:
    return Settings(home=tmp_path, tranco_url=server.url, umbrella_url=server.url, http_timeout_seconds=5)


def zipped(content: str | bytes, *names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names or ["top-1m.csv"]:
            archive.writestr(name, content)
    return buffer.getvalue()


def csv_of(rows: list[tuple[object, str]]) -> str:
    return "".join(f"{rank},{name}\r\n" for rank, name in rows)


def ranks(path) -> dict[str, int]:
    return dict(pl.read_parquet(path).select("domain", "rank").rows())


def test_packaged_lists_are_written_once_and_reused(tmp_path):
    settings = Settings(home=tmp_path)
    path = popularity.packaged_list(settings.home, "tranco10k")
    rows = pl.read_parquet(path)
    assert rows.schema == popularity.SCHEMA
    assert rows.height == rows["domain"].n_unique() == 10_000
    assert rows.filter(domain="google.com").row(0) == ("google.com", "tranco10k", 10_000, None)
    written = path.stat().st_mtime_ns
    assert popularity.packaged_list(settings.home, "tranco10k") == path
    assert path.stat().st_mtime_ns == written


def test_packaged_lists_are_in_force_until_tranco_was_fetched(settings, server):
    names = {path.stem for path in popularity.lists_in_force(settings.home)}
    assert names == {"tranco10k", "tranco"}
    assert pl.read_parquet(settings.home / "popularity/tranco.parquet")["rank"].null_count() == 1_000_000
    server.body = zipped(csv_of(TRANCO))
    popularity_refresh.refresh(settings, "umbrella", fewest_rows=3)
    names = {path.stem for path in popularity.lists_in_force(settings.home)}
    assert names == {"umbrella_ranked", "tranco10k", "tranco"}
    popularity_refresh.refresh(settings, "tranco", fewest_rows=3)
    assert {path.stem for path in popularity.lists_in_force(settings.home)} == {"tranco_ranked", "umbrella_ranked"}


def test_fetched_list_has_ranks_and_a_time(settings, server):
    server.body = zipped(csv_of(TRANCO))
    refreshed = popularity_refresh.refresh(settings, "tranco", fewest_rows=4)
    rows = pl.read_parquet(refreshed.path)
    assert refreshed.path == settings.home / "popularity/tranco_ranked.parquet"
    assert rows.schema == popularity.SCHEMA
    assert ranks(refreshed.path) == {"google.com": 1, "amazonaws.com": 2, "wikipedia.org": 3, "bbc.co.uk": 4}
    assert rows["fetched_at"].null_count() == 0 and rows["list"].unique().to_list() == ["tranco_ranked"]
    assert "4 ranked domains of tranco" in sentence(refreshed)


def test_umbrella_hosts_give_their_best_rank_to_the_registrable_domain(settings, server):
    hosts = [(1, "www.google.com"), (2, "api.netflix.com"), (3, "google.com"), (4, "a.b.bbc.co.uk")]
    many = [(10 + i, f"host.site{i}.com") for i in range(100)]
    server.body = zipped(csv_of([*hosts, (5, "com"), *many]))  # a bare top-level domain, as Umbrella has some
    refreshed = popularity_refresh.refresh(settings, "umbrella", fewest_rows=4)
    found = ranks(refreshed.path)
    assert {domain: rank for domain, rank in found.items() if "site" not in domain} == {
        "google.com": 1,
        "netflix.com": 2,
        "bbc.co.uk": 4,
    }
    assert len(found) == 103


@pytest.mark.parametrize("pack", [str.encode, lambda text: gzip.compress(text.encode())], ids=["plain", "gz"])
def test_list_that_is_not_zipped_is_read_as_well(settings, server, pack):
    server.body = pack(csv_of(TRANCO))
    assert popularity_refresh.refresh(settings, "tranco", fewest_rows=4).domain_count == 4


LONG = csv_of([(i, f"site{i}.com") for i in range(1, 2000)])
BAD_ANSWERS = {
    "HTML with status 200": (200, b"<!DOCTYPE html><html>sorry</html>", BadList, "HTML"),
    "truncated zip": (200, zipped(LONG)[:-400], BadList, "truncated"),
    "zip with two members": (200, zipped(LONG, "a.csv", "b.csv"), BadList, "2 members"),
    "empty": (200, b"", BadList, "empty"),
    "a stump": (200, zipped(csv_of(TRANCO[:2])), BadList, "2 rows, fewer than 4"),
    "rank that is no number": (200, zipped("1,google.com\nsecond,amazonaws.com\n" + LONG), BadList, "line 2 is not"),
    "no rank": (200, zipped("google.com\namazonaws.com\n" + LONG), BadList, "line 1 is not"),
    "rank nought": (200, zipped("0,google.com\n" + LONG), BadList, "line 1 is not"),
    "no domains": (200, zipped(csv_of([(i, f"<script>{i}") for i in range(1, 50)])), BadList, "no registrable domain"),
    "not there": (404, b"", BadList, "404"),
    "too many requests": (429, b"", TryLater, "429"),
    "broken": (503, b"", TryLater, "503"),
}


@pytest.mark.parametrize(("status", "body", "error", "message"), BAD_ANSWERS.values(), ids=BAD_ANSWERS)
def test_bad_answer_leaves_the_list_as_it_was(settings, server, status, body, error, message):
    server.body = zipped(csv_of(TRANCO))
    path = popularity_refresh.refresh(settings, "tranco", fewest_rows=4).path
    before = path.read_bytes()
    server.status, server.body = status, body
    with pytest.raises(error, match=message) as raised:
        popularity_refresh.refresh(settings, "tranco", fewest_rows=4)
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == [path.name]
    assert "the list from before stays" in str(raised.value) and "SQUATWATCH_TRANCO_URL" in str(raised.value)
    assert "secret-key" not in str(raised.value)


def test_list_that_is_too_large_is_not_read_to_its_end(settings, server, monkeypatch):
    monkeypatch.setattr(popularity_refresh, "LARGEST_DOWNLOAD", 1 << 20)
    server.body = b"x" * (3 << 20)
    with pytest.raises(BadList, match="larger than 1 MiB"):
        popularity_refresh.refresh(settings, "tranco")


def test_stump_of_a_list_is_refused_by_default(settings, server):
    server.body = zipped(csv_of(TRANCO))
    with pytest.raises(BadList, match=r"4 rows, fewer than 100,000.*packaged list stays in force"):
        popularity_refresh.refresh(settings, "tranco")


def test_server_that_is_away_is_asked_again_later(tmp_path):
    settings = Settings(home=tmp_path, tranco_url="http://127.0.0.1:9/list.zip", http_timeout_seconds=2)
    with pytest.raises(TryLater, match=r"tranco list cannot be used: http://127\.0\.0\.1 could not be reached"):
        popularity_refresh.refresh(settings, "tranco")


def test_unknown_list_is_named(settings):
    with pytest.raises(SquatwatchError, match="unknown popularity list 'alexa': choose from tranco, umbrella"):
        popularity_refresh.refresh(settings, "alexa")
