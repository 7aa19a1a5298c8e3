"""What becomes of each way a server can answer. The servers are real and misbehave on loopback."""

import gzip
import io
import socket
import struct
import time
import traceback
import zipfile
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import polars as pl
import pytest

from squatwatch.errors import BadList, NotPublishedYet, SquatwatchError, TryLater
from squatwatch.ingest.download import download_list
from squatwatch.net import retries
from squatwatch.settings import read_settings
from squatwatch.settings.of_sources import WHOISDS_URL
from squatwatch.sources import source_named

DAY = date(2026, 11, 5)
LIST = b"".join(b"name-%04d.example.com\r\n" % n for n in range(200))
PAGE = b"<!DOCTYPE html><html><title>Sign in</title>" + b" " * 200
SECRETS = ("s3cr3t-path", "pa55word", "t0ken")
ATTEMPTS = 3
# seconds to wait for a server that answers, on a busy machine too, and for one that does not
LONG, SHORT = 60, 0.2


# --- answers ---------------------------------------------------------------------------------------------------------
def status(code, body=b"", **headers):
    headers = {"Content_Length": len(body), "Connection": "close", **headers}

    def answer(handler):
        handler.send_response(code)
        for name, value in headers.items():
            if value is not None:
                handler.send_header(name.replace("_", "-"), str(value))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def http_date(ahead):
    return format_datetime(datetime.now(UTC) + ahead, usegmt=True)


def reset(handler):
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def half_then_reset(handler):
    status(200, LIST[: len(LIST) // 2], Content_Length=len(LIST))(handler)
    handler.wfile.flush()
    reset(handler)


def half_a_chunk(handler):
    status(200, b"800\r\n" + LIST[:500], Transfer_Encoding="chunked", Content_Length=None)(handler)


def silent(handler):
    handler.connection.recv(1)  # until the client hangs up


def silent_in_the_middle(handler):
    status(200, LIST[:500], Content_Length=len(LIST))(handler)
    handler.wfile.flush()
    handler.connection.recv(1)


def trickling(handler):
    status(200, Content_Length=10_000)(handler)
    for _ in range(100):
        handler.wfile.write(b"a\r\n")
        handler.wfile.flush()
        time.sleep(0.02)


short = status(200, LIST[:500], Content_Length=len(LIST))
good = status(200, LIST, Content_Type="text/plain", ETag='"v1"', Last_Modified="Fri, 06 Nov 2026 00:10:00 GMT")
to_itself = status(302, Location="/s3cr3t-path/again")
to_nonsense = status(302, Location="http://127.0.0.1:s3cr3t-path/list")


# --- what they lead to -----------------------------------------------------------------------------------------------
# name: (answers in turn, the last one for good; the error; its words; requests made)
CASES = {
    "404": ([status(404, PAGE)], NotPublishedYet, "answered 404: it is not published yet", 1),
    "410": ([status(410)], NotPublishedYet, "answered 410", 1),
    "under 100 bytes": ([status(200, b"no file found")], NotPublishedYet, "answered with 13 bytes", 1),
    "nothing": ([status(200)], NotPublishedYet, "answered with 0 bytes", 1),
    "400": ([status(400)], SquatwatchError, "answered 400; check SQUATWATCH_HTTP_URL", 1),
    "401": ([status(401)], SquatwatchError, "answered 401; check SQUATWATCH_HTTP_URL", 1),
    "403": ([status(403, PAGE)], SquatwatchError, "answered 403; check SQUATWATCH_HTTP_URL", 1),
    "304 unasked": ([status(304)], SquatwatchError, "answered 304", 1),
    "429": ([status(429)], TryLater, "answered 429", ATTEMPTS),
    "500": ([status(500, PAGE)], TryLater, "answered 500", ATTEMPTS),
    "503": ([status(503)], TryLater, "answered 503", ATTEMPTS),
    "reset": ([reset], TryLater, r"broke off \(\w+\)", ATTEMPTS),
    "reset in the middle": ([half_then_reset], TryLater, r"broke off \(\w+\)", ATTEMPTS),
    "shorter than Content-Length": ([short], TryLater, r"broke off \(RemoteProtocolError\)", ATTEMPTS),
    "half a chunk": ([half_a_chunk], TryLater, r"broke off \(RemoteProtocolError\)", ATTEMPTS),
    "silent": ([silent], TryLater, "did not answer within 0.2 s", ATTEMPTS),
    "silent in the middle": ([silent_in_the_middle], TryLater, "did not answer within 0.2 s", ATTEMPTS),
    "HTML": (
        [status(200, PAGE)],
        BadList,
        "answered with an HTML page instead of a list; check SQUATWATCH_HTTP_URL",
        1,
    ),
    "HTML by its header": (
        [status(200, b"<p>" + b"sign in " * 20, Content_Type="text/html; charset=utf-8")],
        BadList,
        "answered with an HTML page",
        1,
    ),
    "too large": ([status(200, LIST * 1000)], BadList, "larger than 1 MiB as received", 1),
    "redirects for ever": ([to_itself], SquatwatchError, "redirects without end", 6),
    "redirect to nonsense": ([to_nonsense], TryLater, r"broke off \(RemoteProtocolError\)", ATTEMPTS),
}


@pytest.fixture
def source(tmp_path):
    """source(address) is source `http` with secrets all over its URL."""

    def build(address, scheme="http", seconds=LONG):
        url = f"{scheme}://me:pa55word@{address}/s3cr3t-path/{{date:%Y-%m-%d}}.txt?key=t0ken"
        settings = read_settings(
            home=tmp_path, http_url=url, http_timeout_seconds=seconds, http_attempts=ATTEMPTS, max_list_mib=1
        )
        return source_named(settings, "http")

    return build


@pytest.mark.parametrize(("answers", "error", "words", "request_count"), CASES.values(), ids=CASES.keys())
def test_an_answer_and_its_outcome(answers, error, words, request_count, serve, source, waits, all_logs):
    address, paths = serve(answers)
    seconds = SHORT if "within" in words else LONG
    with pytest.raises(error, match=words) as caught:
        source(address, seconds=seconds).fetch(DAY, io.BytesIO())
    assert caught.type is error
    assert len(paths) == request_count
    if error is not BadList:  # there download adds who, where and when
        assert "source http: http://127.0.0.1 for the list of 2026-11-05" in str(caught.value)
    shown = all_logs.text + repr(caught.value) + "".join(traceback.format_exception(caught.value))
    assert not [secret for secret in SECRETS if secret in shown]


@pytest.mark.parametrize(
    ("retry_after", "waited"),
    [
        ("7", [7, 7]),
        ("0", [0, 0]),
        pytest.param(http_date(timedelta(hours=-1)), [0, 0], id="an hour ago"),
        ("soon", [1, 2]),
        ("-5", [1, 2]),
        (None, [1, 2]),
    ],
)
def test_a_short_wait_is_waited_out_here(retry_after, waited, serve, source, waits):
    address, _ = serve([status(429, **({"Retry_After": retry_after} if retry_after else {}))])
    with pytest.raises(TryLater):
        source(address).fetch(DAY, io.BytesIO())
    assert waits == waited


@pytest.mark.parametrize(
    ("retry_after", "after"),
    [
        ("3600", timedelta(hours=1)),
        ("61", timedelta(seconds=61)),
        (lambda: http_date(timedelta(hours=2)), timedelta(hours=2)),
        ("9" * 30, retries.LONGEST_RETRY_AFTER),
    ],
)
def test_a_long_wait_is_left_to_the_scheduler(retry_after, after, serve, source, waits):
    value = retry_after() if callable(retry_after) else retry_after  # a date is two hours from now, not from collection
    address, paths = serve([status(503, Retry_After=value)])
    with pytest.raises(TryLater) as caught:
        source(address).fetch(DAY, io.BytesIO())
    assert abs(caught.value.after - after) < timedelta(seconds=30)
    assert (len(paths), waits) == (1, [])


def zipped(members):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return archive.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        b"alp-haus.li\nbergbahn.li\n",
        b"domain;date\nalp-haus.li;2026-11-05\n",
        gzip.compress(b"alp-haus.li\n"),
        zipped({"l": "alp-haus.li"}),
    ],
    ids=["text", "CSV", "gz", "zip"],  # an archive's bytes, which hold the time, would be another name in each process
)
def test_a_small_country_s_list_is_a_list(body, serve, source):
    address, _ = serve([status(200, body)])
    into = io.BytesIO()
    source(address).fetch(DAY, into)
    assert into.getvalue() == body


@pytest.mark.parametrize(
    "body",
    [b"", b"\n", b"not ready", b"No data for 2026-11-05.", zipped({}), gzip.compress(b"")],
    ids=["nothing", "line break", "words", "sentence", "empty zip", "empty gz"],
)
def test_an_answer_of_few_bytes_without_a_name_is_waited_for(body, serve, source, waits):
    address, _ = serve([status(200, body)])
    with pytest.raises(NotPublishedYet, match=f"answered with {len(body)} bytes: it is not published yet"):
        source(address).fetch(DAY, io.BytesIO())


def test_after_resets_the_list_comes_whole_and_once(serve, source, waits):
    address, _ = serve([half_then_reset, status(503), good])
    into = io.BytesIO()
    receipt = source(address).fetch(DAY, into)
    assert into.getvalue() == LIST
    assert (receipt.http_status, receipt.content_type, receipt.etag) == (200, "text/plain", '"v1"')
    assert (receipt.location, receipt.last_modified) == ("http://127.0.0.1", "Fri, 06 Nov 2026 00:10:00 GMT")


def test_a_redirect_is_followed(serve, source):
    elsewhere, _ = serve([good])
    address, paths = serve([status(302, Location=f"http://{elsewhere}/moved")])
    into = io.BytesIO()
    assert source(address).fetch(DAY, into).location == "http://127.0.0.1"
    assert into.getvalue() == LIST
    assert paths == ["/s3cr3t-path/2026-11-05.txt?key=t0ken"]


def test_a_server_that_trickles_does_not_hold_a_worker_for_ever(serve, source, waits, monkeypatch):
    monkeypatch.setattr("squatwatch.sources.exchange.LIST_TIMEOUTS", 1)
    address, _ = serve([trickling])
    with pytest.raises(TryLater, match=r"was still sending after 0\.2 s"):
        source(address, seconds=SHORT).fetch(DAY, io.BytesIO())


def test_nobody_listens(source, waits):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(TryLater, match=r"could not be reached \(.*refused"):
            source(f"127.0.0.1:{free.getsockname()[1]}").fetch(DAY, io.BytesIO())
    assert waits == [1, 2]


# --- https -----------------------------------------------------------------------------------------------------------
def test_a_certificate_that_nobody_signed_stops(certificate, serve, source, waits):
    _, context = certificate
    address, _ = serve([good], context)
    with pytest.raises(SquatwatchError, match=r"https://127\.0\.0\.1 .* certificate that is not trusted") as caught:
        source(address, "https").fetch(DAY, io.BytesIO())
    assert (caught.type, waits) == (SquatwatchError, [])


def test_a_redirect_from_https_to_http_stops(certificate, serve, source, monkeypatch):
    path, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    plain, seen_in_the_open = serve([good])
    address, _ = serve([status(302, Location=f"http://{plain}/s3cr3t-path/list")], context)
    with pytest.raises(SquatwatchError, match="redirects from https to http"):
        source(address, "https").fetch(DAY, io.BytesIO())
    assert seen_in_the_open == []


# --- settings, templates, the ledger ---------------------------------------------------------------------------------
def test_whoisds_wants_the_date_in_base64(settings):
    url = source_named(settings, "whoisds")._url(date(2024, 6, 13))
    assert str(url) == WHOISDS_URL.replace("{base64}", "MjAyNC0wNi0xMy56aXA=")


@pytest.mark.parametrize(
    "template",
    [
        "https://feeds.example/s3cr3t-path/{token}.zip",
        "https://feeds.example/s3cr3t-path/{date:%Y-%m-%d.zip",
        "https://feeds.example/s3cr3t-path/{}",
        "https://feeds.example/s3cr3t-path/{base64:%Y}",
        "https://feeds.example/s3cr3t-path/{date.nothing}",
        "feeds.example/s3cr3t-path/{date}.zip",
        "ftp://feeds.example/s3cr3t-path/{date}.zip",
        "https:///s3cr3t-path",
        "https://[s3cr3t-path/{date}",
    ],
)
def test_a_bad_template_names_its_setting_and_not_itself(template):
    source = source_named(read_settings(http_url=template), "http")
    with pytest.raises(SquatwatchError, match="SQUATWATCH_HTTP_URL") as caught:
        source.fetch(DAY, io.BytesIO())
    assert caught.type is SquatwatchError
    assert "s3cr3t-path" not in "".join(traceback.format_exception(caught.value))


def test_secrets_are_in_no_repr_and_in_no_ledger(serve, source, settings, all_logs):
    address, _ = serve([good])
    http_source = source(address)
    downloaded = download_list(settings, DAY, http_source)
    ledger = settings.home / "downloads" / f"run_date={DAY}" / "http.parquet"
    assert pl.read_parquet(ledger)["location"].to_list() == ["http://127.0.0.1"]
    shown = repr(http_source) + str(downloaded) + str(pl.read_parquet(ledger).rows()) + all_logs.text
    shown += ledger.read_bytes().decode("latin-1")
    assert not [secret for secret in SECRETS if secret in shown]


def test_what_is_refused_names_source_host_date_and_next_command(serve, source, settings):
    address, _ = serve([status(200, PAGE)])
    with pytest.raises(BadList) as caught:
        download_list(settings, DAY, source(address))
    message = str(caught.value)
    assert "source http of 2026-11-05 from http://127.0.0.1 is refused" in message
    assert "squatwatch download --date 2026-11-05 --source http --refetch" in message
