"""Raw lists are kept as received, once; what is bad or does not come changes nothing."""

import gzip
import hashlib
import io
import os
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime

import polars as pl
import pytest

from squatwatch.errors import BadList, NotPublishedYet, SquatwatchError, TryLater
from squatwatch.ingest.download import download_list, raw_lists
from squatwatch.lake.partitions import Lake
from squatwatch.lake.tables import DOWNLOADS
from squatwatch.sentences import sentence
from squatwatch.settings import read_settings
from squatwatch.sources import Receipt

DAY = date(2026, 11, 5)
NAMES = b"amber-oak.com\r\nb\xc3\xa4ckerei-koch.de\r\n"


@dataclass
class Canned:
    """A source that answers with given bytes, or fails after them."""

    content: bytes = NAMES
    error: Exception | None = None
    name: str = "http"
    fetch_count: int = 0

    def location(self, run_date):
        return "https://feeds.example"

    def fetch(self, run_date, into):
        self.fetch_count += 1
        into.write(self.content)
        if self.error:
            raise self.error
        return Receipt(self.location(run_date), 200, "text/plain", '"v1"', None)


def zipped(members):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return archive.getvalue()


def files(home):
    """Every file below the data root with its bytes, hidden ones too."""
    return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("kind", "content"),
    [("txt", NAMES), ("gz", gzip.compress(NAMES)), ("zip", zipped({"domain-names.txt": NAMES}))],
    ids=["txt", "gz", "zip"],
)
def test_the_bytes_are_kept_as_received(settings, kind, content):
    line = sentence(download_list(settings, DAY, Canned(content)))
    path = settings.home / "raw" / "run_date=2026-11-05" / f"http.{kind}"
    assert path.read_bytes() == content
    sha256 = hashlib.sha256(content).hexdigest()
    assert line == f"http: fetched, {len(content)} bytes, sha256 {sha256[:12]}"
    ledger = Lake(settings.home).read("downloads", DAY, "http")
    assert ledger.schema == DOWNLOADS.schema
    (row,) = ledger.drop("fetched_at").rows(named=True)
    assert row == {
        "source": "http",
        "path": f"raw/run_date=2026-11-05/http.{kind}",
        "sha256": sha256,
        "size": len(content),
        "location": "https://feeds.example",
        "http_status": 200,
        "content_type": "text/plain",
        "etag": '"v1"',
        "last_modified": None,
    }
    assert abs((ledger["fetched_at"][0] - datetime.now(UTC)).total_seconds()) < 60
    assert set(files(settings.home)) == {str(path.relative_to(settings.home)), f"downloads/run_date={DAY}/http.parquet"}


def test_a_list_already_there_is_not_fetched_again(settings):
    download_list(settings, DAY, Canned())
    before, again = files(settings.home), Canned(b"other.com\n")
    assert not download_list(settings, DAY, again).is_new
    assert (again.fetch_count, files(settings.home)) == (0, before)


def test_unless_asked(settings):
    download_list(settings, DAY, Canned())
    download_list(settings, DAY, Canned(b"other.com\n"), refetch=True)
    (raw,) = raw_lists(settings.home, DAY)
    assert raw.path.read_bytes() == b"other.com\n"


def test_another_format_replaces_the_file_of_the_first(settings):
    download_list(settings, DAY, Canned())
    download_list(settings, DAY, Canned(gzip.compress(NAMES)), refetch=True)
    assert set(files(settings.home / "raw")) == {"run_date=2026-11-05/http.gz"}
    (raw,) = raw_lists(settings.home, DAY)
    assert raw.path.name == "http.gz"


def test_another_source_and_another_date_stay(settings):
    for name, day in (("http", DAY), ("s3", DAY), ("http", date(2026, 11, 4))):
        download_list(settings, day, Canned(name=name))
    before = files(settings.home)
    download_list(settings, DAY, Canned(b"other.com\n"), refetch=True)
    after = files(settings.home)
    changed = {path for path in before if before[path] != after[path]}
    assert changed == {"raw/run_date=2026-11-05/http.txt", "downloads/run_date=2026-11-05/http.parquet"}
    assert after.keys() == before.keys()


@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_a_raw_file_that_does_not_fit_the_ledger_is_fetched_again(settings, harm):
    download_list(settings, DAY, Canned())
    path = settings.home / "raw" / "run_date=2026-11-05" / "http.txt"
    path.unlink() if harm == "gone" else path.write_bytes(b"changed.com\n")
    assert download_list(settings, DAY, Canned()).is_new
    assert path.read_bytes() == NAMES


def test_stopped_between_file_and_ledger_the_list_is_fetched_again(settings, monkeypatch):
    download_list(settings, DAY, Canned())
    with monkeypatch.context() as patch:
        patch.setattr(Lake, "write", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            download_list(settings, DAY, Canned(b"newer.com\n"), refetch=True)
    with pytest.raises(SquatwatchError, match="not the file that was received"):
        raw_lists(settings.home, DAY)
    assert download_list(settings, DAY, Canned(b"newer.com\n")).is_new
    assert len(raw_lists(settings.home, DAY)) == 1


# --- what is refused -------------------------------------------------------------------------------------------------
ZIP = zipped({"domain-names.txt": NAMES * 100})
BAD = {
    "truncated zip": (ZIP[:-30], "truncated or damaged"),
    "truncated gz": (gzip.compress(NAMES * 100)[:-12], "truncated or damaged"),
    "zip with a wrong checksum": (ZIP.replace(ZIP[14:18], b"\0\0\0\0"), "truncated or damaged"),
    "HTML": (b"<!DOCTYPE html><html>Sign in</html>", "HTML page"),
    "HTML in a zip": (zipped({"domain-names.txt": "<html>Sign in</html>"}), "HTML page"),
    "empty": (b"", "empty"),
    "only line breaks": (b"\r\n\r\n", "empty"),
    "empty in a zip": (zipped({"domain-names.txt": ""}), "empty"),
    "zip with no member": (zipped({}), "has 0 members"),
    "zip with two members": (zipped({"a.txt": "a.com", "b.txt": "b.com"}), "has 2 members"),
    "zip that climbs out": (zipped({"../../evil.txt": "a.com"}), "unsafe name"),
    "zip bomb": (zipped({"domain-names.txt": bytes(3 << 20)}), "unpacks to more than 1 MiB"),
    "gz bomb": (gzip.compress(bytes(3 << 20)), "unpacks to more than 1 MiB"),
    # what servers send with status 200 in the place of a list
    "JSON error": (
        b'{"ok": false, "why": "this plan ended on 2026-11-01", "docs": "https://feeds.example/plans/key99"}',
        r"an answer in JSON that reports a failure, not a list; it begins with '\{\"ok\": false",
    ),
    "JSON error over lines": (
        b'{\n  "error": "no such list",\n  "domain": "feeds.example"\n}\n',
        "JSON that reports a failure",
    ),
    "JSON error that names a domain": (b'{"error": "not paid", "domain": "feed-shop.com"}\n', "reports a failure"),
    "JSON error with mirrors": (b'{"message": "not paid", "mirrors": ["feed-shop.com"]}', "reports a failure"),
    "JSON status": (b'{"status": 403, "domain": "feed-shop.com"}', "reports a failure"),
    "JSON success": (b'{"success": false, "domains": ["feed-shop.com"]}', "reports a failure"),
    "JSON array without names": (b'[{"code": 7}, {"code": 8}]', "JSON without a list of names"),
    "JSON array of nothing": (b"[]", "JSON without a list of names"),
    "a name and a sentence": (b"feed-shop.com\nquota exceeded\n", "only 50% of its lines are"),
    "a sentence in columns": (b"Error,quota exceeded,feed-shop.com", "not one of its 1 lines"),
    "HTML behind a comment": (b"<!-- closed today -->\n<html><body>back soon</body></html>", "HTML page"),
    "HTML behind BOM and white space": (b"\xef\xbb\xbf\r\n \t<HTML><body>back soon</body></HTML>", "HTML page"),
    "XML": (b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "HTML page or XML"),
    "a piece of HTML": (b"<h1>Too many requests</h1>", "HTML page or XML"),
    "HTML in gz": (gzip.compress(b"<center>502 Bad Gateway</center>"), "HTML page or XML"),
    "plain text": (b"Daily quota exceeded", "not one of its 1 lines is a registrable domain"),
    "plain text in gz": (gzip.compress(b"Rate limit reached, try tomorrow\n"), "not one of its 1 lines"),
    "plain text in UTF-16": ("Daily quota exceeded".encode("utf-16"), "not one of its 1 lines"),
    "plain text with a name": (b"The list moved.\nSee\nnew-feed.com\nfor all lists.\n", "only 25% of its lines are"),
    "a third of names": (b"Sorry, go to\nfeed-shop.com\nfor the list\n", "only 33% of its lines are"),
    "only comments": (b"# no names today\n# ask support\n", "none of its 2 lines .*only a comment"),
}


def test_what_an_error_page_says_of_keys_and_paths_is_not_repeated(settings):
    text = b"Forbidden: key 77aa88bb99 may not read /lists/s3cr3t-path?token=abc of feed 1234567890"
    with pytest.raises(BadList, match="it begins with 'Forbidden: key") as caught:
        download_list(settings, DAY, Canned(text))
    assert not [secret for secret in ("77aa88bb99", "s3cr3t", "abc", "1234567890") if secret in str(caught.value)]


@pytest.mark.parametrize(
    "content",
    [
        b"one-name.li\n",
        b"alp-haus.li\nbergbahn.li\nkuhglocke.li\n",
        b"# of 2026-11-05\n# three names\n\n\none-name.li\n",
        "überall.li\n".encode(),
        "one-name.li\r\ntwo-names.li\r\n".encode("utf-16"),
        b"www.one-name.li\nshop.two-names.li\nthree-names.li\n",
        b"domain,reason\none-name.li,added\n" + b"gone.li,dropped\n" * 5,
    ],
)
def test_a_short_list_and_one_with_much_beside_its_names_are_lists(settings, content):
    assert download_list(settings, DAY, Canned(content)).is_new


@pytest.mark.parametrize("before", ["nothing before", "a list before"])
@pytest.mark.parametrize(("content", "words"), BAD.values(), ids=BAD.keys())
def test_a_bad_list_is_refused_and_nothing_changes(tmp_path, content, words, before):
    settings = read_settings(home=tmp_path, max_list_mib=1)
    if before == "a list before":
        download_list(settings, DAY, Canned())
    kept = files(tmp_path)
    with pytest.raises(BadList, match=words) as caught:
        download_list(settings, DAY, Canned(content), refetch=True)
    assert files(tmp_path) == kept
    message = str(caught.value)
    assert "source http of 2026-11-05 from https://feeds.example is refused" in message
    assert "run: squatwatch download --date 2026-11-05 --source http --refetch" in message


@pytest.mark.parametrize(
    "error",
    [NotPublishedYet("not yet"), TryLater("busy"), SquatwatchError("denied"), BadList("odd"), OSError(28, "full")],
)
def test_a_list_that_does_not_come_leaves_what_was_there(settings, error):
    download_list(settings, DAY, Canned())
    kept = files(settings.home)
    with pytest.raises(SquatwatchError):
        download_list(settings, DAY, Canned(b"half of a na", error), refetch=True)
    assert files(settings.home) == kept


def test_a_date_whose_list_does_not_come_leaves_no_folder(settings):
    with pytest.raises(NotPublishedYet):
        download_list(settings, DAY, Canned(error=NotPublishedYet("not yet")))
    assert not list((settings.home / "raw").iterdir())
    assert not (settings.home / "downloads").exists()


def test_a_data_root_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    settings = read_settings(home=tmp_path / "file")
    with pytest.raises(SquatwatchError, match=r"source http of 2026-11-05 cannot be stored in .*file"):
        download_list(settings, DAY, Canned())


# --- what load gets --------------------------------------------------------------------------------------------------
def test_raw_lists_are_in_order_of_source(settings):
    for name in ("whoisds", "file", "sample"):
        download_list(settings, DAY, Canned(name=name))
    assert [(raw.source, raw.path.is_file()) for raw in raw_lists(settings.home, DAY)] == [
        ("file", True),
        ("sample", True),
        ("whoisds", True),
    ]


def test_without_a_download_load_says_what_to_run(settings):
    with pytest.raises(SquatwatchError, match=r"no lists of 2026-11-05 .* run: squatwatch download --date 2026-11-05"):
        raw_lists(settings.home, DAY)


@pytest.mark.parametrize(("harm", "words"), [("changed", "sha256 differs from the ledger"), ("gone", "is gone")])
def test_a_raw_file_that_changed_stops_load(settings, harm, words):
    download_list(settings, DAY, Canned())
    (raw,) = raw_lists(settings.home, DAY)
    raw.path.unlink() if harm == "gone" else raw.path.write_bytes(b"changed.com\n")
    with pytest.raises(SquatwatchError, match=words) as caught:
        raw_lists(settings.home, DAY)
    message = str(caught.value)
    assert "http.txt, the list of source http of 2026-11-05" in message
    assert "squatwatch download --date 2026-11-05 --source http --refetch" in message


def test_a_data_root_can_be_moved(settings, tmp_path):
    download_list(settings, DAY, Canned())
    os.rename(settings.home, tmp_path / "elsewhere")
    (raw,) = raw_lists(tmp_path / "elsewhere", DAY)
    assert raw.path.read_bytes() == NAMES


def test_the_ledger_reads_as_one_table(settings):
    for day in (date(2026, 11, 4), DAY):
        download_list(settings, day, Canned())
    ledger = pl.read_parquet(settings.home / "downloads/*/*.parquet", hive_partitioning=True)
    assert ledger.sort("run_date")["run_date"].to_list() == [date(2026, 11, 4), DAY]
