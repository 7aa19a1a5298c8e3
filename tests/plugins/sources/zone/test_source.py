"""New names out of zone files, from a server that speaks like ICANN's CZDS and misbehaves, and from a folder."""

import gzip
import io
import json
import os
import random
import subprocess
import sys
import traceback
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import polars as pl
import pytest

from squatwatch.errors import BadList, NotPublishedYet, SquatwatchError, TryLater
from squatwatch.ingest.download import download_list
from squatwatch.ingest.load import load_date
from squatwatch.sentences import sentence
from squatwatch.settings import read_settings
from squatwatch.sources import source_named
from squatwatch.sources.zone import snapshots
from squatwatch.sources.zone import source as zone

DAY = date(2026, 11, 5)  # new on this date: on the morning of the 6th and not on that of the 5th
OLD = ["amber-oak", "blue-fir", "clear-elm", "dry-ash"]
SECRETS = ("analyst@oak.example", "s3cr3t", "t0k3n")
LOGIN = {"username": SECRETS[0], "password": "s3cr3t-pass"}
ATTEMPTS = 3
# seconds to wait for a server that answers, on a busy machine too, and for one that does not
LONG, SHORT = 60, 0.3


def morning(n, hour=3):
    """The morning n days after that of DAY."""
    return datetime.combine(DAY + timedelta(days=n), datetime.min.time(), UTC) + timedelta(hours=hour)


def zone_file(*labels, tld="com"):
    """A zone with these names, as CZDS writes it."""
    lines = [f"{tld}.\t900\tin\tsoa\ta.net. b.net. 1 2 3 4 5", f"{tld}.\t172800\tin\tns\ta.net."]
    lines += [f"{label}.{tld}.\t172800\tin\tns\tns{n}.host.net." for label in labels for n in (1, 2)]
    return gzip.compress("\n".join([*lines, ""]).encode(), mtime=0)


def respond(handler, code, body=b"", **headers):
    handler.send_response(code)
    for name, value in ({"Content_Length": len(body), "Connection": "close"} | headers).items():
        if value is not None:
            handler.send_header(name.replace("_", "-"), str(value))
    handler.end_headers()
    handler.wfile.write(body)


def answer(code, body=b"", **headers):
    return lambda handler: respond(handler, code, body, **headers)


class Api:
    """ICANN's API in small. `zones` are its files; `odd` and `odd_login` are answers in turn that it gives instead."""

    def __init__(self):
        self.zones, self.modified, self.odd, self.odd_login = {}, morning(1), {}, []
        self.asked, self.tokens, self.revoked = [], [], set()

    def __call__(self, handler):
        name = handler.path.rpartition("/")[2].removesuffix(".zone")
        self.asked.append((handler.command, name, dict(handler.headers)))
        if handler.command == "POST":
            body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
            return self.odd_login.pop(0)(handler) if self.odd_login else self.login(handler, body)
        return self.odd[name].pop(0)(handler) if self.odd.get(name) else self.zone(handler, name)

    def login(self, handler, body):
        if body != LOGIN:
            return respond(handler, 401, json.dumps({"message": f"no {body}"}).encode())
        self.tokens.append(f"t0k3n-{len(self.tokens)}")
        return respond(handler, 200, json.dumps({"accessToken": self.tokens[-1], "message": "welcome"}).encode())

    def zone(self, handler, name):
        token = handler.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.tokens or token in self.revoked:
            return respond(handler, 401, b"no " + token.encode())
        if name not in self.zones:
            return respond(handler, 404)
        return respond(handler, 200, self.zones[name], Last_Modified=format_datetime(self.modified, usegmt=True))

    def asked_for(self, name):
        return [headers for _, asked, headers in self.asked if asked == name]


@pytest.fixture
def api(serve, monkeypatch):
    """A server on which zone com was stored yesterday's way; see `yesterday`."""
    server = Api()
    server.address, _ = serve([server])
    connection = {"login": LOGIN["username"], "password": LOGIN["password"]}
    monkeypatch.setenv("AIRFLOW_CONN_CZDS", json.dumps(connection))
    return server


@pytest.fixture
def source(api, tmp_path, waits):
    """source(tlds="com", …) is source `zone` against the server."""

    def build(tlds="com", **settings):
        return source_named(settings_for(api, tmp_path, tlds, **settings), "zone")

    return build


def settings_for(api, home, tlds="com", **more):
    urls = {"zone_url": f"http://{api.address}/{{tld}}.zone", "zone_auth_url": f"http://{api.address}/authenticate"}
    limits = {"http_timeout_seconds": LONG, "http_attempts": ATTEMPTS}
    return read_settings(home=home / "data", zone_tlds=tlds, **(urls | limits | more))


def fetch(source, run_date=DAY):
    into = io.BytesIO()
    receipt = source.fetch(run_date, into)
    return into.getvalue().decode().split(), receipt.location


@pytest.fixture
def yesterday(api, source):
    """The snapshot of the morning of DAY is stored, and the server now has that of the next."""
    api.modified = morning(0)
    api.zones["com"] = zone_file(*OLD)
    with pytest.raises(SquatwatchError, match="cannot be told"):
        fetch(source(), DAY - timedelta(days=1))
    api.modified = morning(1)
    api.zones["com"] = zone_file(*OLD, "paypal-login", "xn--caf-dma")
    api.asked.clear()


# --- what a date means -----------------------------------------------------------------------------------------------
def test_new_on_a_date_is_what_the_next_morning_has_and_its_own_had_not(yesterday, source):
    domains, location = fetch(source())
    assert domains == ["paypal-login.com", "xn--caf-dma.com"]
    assert location == "http://127.0.0.1: com 2026-11-05 to 2026-11-06"


def test_the_first_snapshot_has_nothing_to_compare_to_and_the_next_date_has(api, source):
    api.zones["com"] = zone_file(*OLD)
    with pytest.raises(SquatwatchError) as caught:
        fetch(source())
    assert caught.type is SquatwatchError
    assert "The snapshot of 2026-11-06 is stored" in str(caught.value)
    assert "squatwatch download --date 2026-11-06" in str(caught.value)
    api.zones["com"], api.modified = zone_file(*OLD, "new"), morning(2)
    assert fetch(source(), DAY + timedelta(days=1))[0] == ["new.com"]


def test_a_zone_added_later_does_not_cost_the_others_their_date(yesterday, api, source):
    api.zones["net"] = zone_file(*OLD, tld="net")
    domains, location = fetch(source("com,net"))
    assert domains == ["paypal-login.com", "xn--caf-dma.com"]
    assert location.endswith("com 2026-11-05 to 2026-11-06, net 2026-11-06 (the first snapshot, no names of it)")


@pytest.mark.parametrize(("days", "said"), [(2, "a gap: the new names of 2 days"), (7, "a gap: the new names of 7")])
def test_the_names_of_a_gap_belong_to_the_date_after_it(yesterday, api, source, days, said):
    api.modified = morning(days)
    domains, location = fetch(source(), DAY + timedelta(days=days - 1))
    assert domains == ["paypal-login.com", "xn--caf-dma.com"]
    assert said in location


def test_a_gap_of_more_than_a_week_begins_anew(yesterday, api, source):
    api.modified = morning(8)
    with pytest.raises(SquatwatchError, match="no snapshot of 2026-11-12 or up to 6 days before"):
        fetch(source(), DAY + timedelta(days=7))


@pytest.mark.parametrize("modified", [morning(0), morning(0, hour=23), morning(-3)])
def test_a_zone_of_an_earlier_morning_is_waited_for(yesterday, api, source, modified):
    api.modified = modified
    with pytest.raises(NotPublishedYet, match="the zone of 2026-11-06 is not there yet"):
        fetch(source())


def test_the_server_is_told_that_older_zones_are_not_wanted(yesterday, api, source):
    api.odd["com"] = [answer(304)]
    with pytest.raises(NotPublishedYet, match="answered 304"):
        fetch(source())
    (headers,) = api.asked_for("com")
    assert headers["If-Modified-Since"] == "Thu, 05 Nov 2026 23:59:59 GMT"


def test_a_zone_of_a_later_morning_cannot_stand_for_an_earlier_one(yesterday, api, source):
    api.modified = morning(3)
    with pytest.raises(SquatwatchError, match=r"has that of 2026-11-08 only.*download --date 2026-11-07") as caught:
        fetch(source())
    assert caught.type is SquatwatchError


def test_a_date_again_has_the_same_bytes_without_the_server(yesterday, api, source, tmp_path):
    settings = settings_for(api, tmp_path)
    first = download_list(settings, DAY, source())
    api.zones["com"], api.modified = zone_file(*OLD, "later"), morning(2)
    assert fetch(source(), DAY + timedelta(days=1))[0] == ["later.com"]
    api.asked.clear()
    assert download_list(settings, DAY, source(), refetch=True).sha256 == first.sha256
    assert api.asked == []


def test_the_order_of_a_zone_file_changes_nothing(yesterday, api, source, tmp_path):
    lines = gzip.decompress(api.zones["com"]).splitlines(keepends=True)
    outcomes = set()
    for seed in range(5):
        random.Random(seed).shuffle(lines)
        api.zones["com"] = gzip.compress(b"".join(lines))
        outcomes.add(tuple(fetch(source())[0]))
        snapshots.Snapshots(tmp_path / "data", "com").path(DAY + timedelta(days=1)).unlink()
    assert outcomes == {("paypal-login.com", "xn--caf-dma.com")}


def test_from_two_zone_files_to_registrations(yesterday, api, source, tmp_path):
    settings = settings_for(api, tmp_path)
    download_list(settings, DAY, source())
    assert sentence(load_date(settings, DAY)).startswith("2 lines: 2 registrations, 0 duplicates, 0 rejects")
    rows = pl.read_parquet(settings.home / f"registrations/run_date={DAY}/registrations.parquet")
    assert rows.select("source", "domain", "domain_unicode").rows() == [
        ("zone", "paypal-login.com", "paypal-login.com"),
        ("zone", "xn--caf-dma.com", "café.com"),
    ]


# --- snapshots -------------------------------------------------------------------------------------------------------
def test_old_snapshots_are_removed(yesterday, api, source, tmp_path):
    def kept():
        return sorted(path.name for path in (tmp_path / "data/zones/tld=com").iterdir())

    for n in range(1, 5):
        api.zones["com"], api.modified = zone_file(*OLD, f"new-{n}"), morning(n)
        fetch(source(zone_keep_days=2), DAY + timedelta(days=n - 1))
    assert kept() == ["snapshot_on=2026-11-07", "snapshot_on=2026-11-08", "snapshot_on=2026-11-09"]
    assert list((tmp_path / "data/work").iterdir()) == []


def test_a_zone_that_shrank_by_more_than_half_is_refused(yesterday, api, source, tmp_path):
    api.zones["com"] = zone_file("how-quickly-daft-jumping-zebras-vex-7")
    with pytest.raises(BadList, match=r"zone com of 2026-11-06: it delegates 1 names, less than half of the 4 of") as e:
        fetch(source())
    assert "remove" in str(e.value) and "snapshot_on=2026-11-05" in str(e.value)
    assert not snapshots.Snapshots(tmp_path / "data", "com").has(DAY + timedelta(days=1))
    api.zones["com"] = zone_file("amber-oak", "new")  # half is not less than half
    assert fetch(source())[0] == ["new.com"]


def test_the_file_of_yesterday_under_today_s_date_is_waited_out(yesterday, api, source, monkeypatch):
    monkeypatch.setattr(zone, "CHANGES_DAILY", len(OLD))
    api.zones["com"] = zone_file(*OLD)
    with pytest.raises(NotPublishedYet, match="zone com of 2026-11-06 is the file of 2026-11-05 again"):
        fetch(source())


def test_a_date_without_a_new_name_is_no_list(yesterday, api, source):
    api.zones["com"] = zone_file(*OLD[:3])
    with pytest.raises(BadList, match=r"no zone has a new name \(com 2026-11-05 to 2026-11-06\).*remove .*2026-11-06"):
        fetch(source())


def test_a_damaged_snapshot_is_named(yesterday, source, tmp_path):
    path = snapshots.Snapshots(tmp_path / "data", "com").path(DAY)
    path.write_bytes(b"PAR1" + bytes(100))
    with pytest.raises(SquatwatchError, match="remove a snapshot that is named as damaged"):
        fetch(source())


# --- how the server may answer ---------------------------------------------------------------------------------------
def silent(handler):
    handler.connection.recv(1)  # until the client hangs up


def silent_in_the_middle(handler):
    respond(handler, 200, zone_file(*OLD)[:60], Content_Length=5000, Last_Modified=format_datetime(morning(1)))
    handler.wfile.flush()
    handler.connection.recv(1)


def patience(words):
    """With a server that will not answer there is little."""
    return {"http_timeout_seconds": SHORT} if "did not answer" in words else {}


def sent(body, **headers):
    return answer(200, body, **({"Last_Modified": format_datetime(morning(1), usegmt=True)} | headers))


def echo(handler):
    """A proxy's page of errors that quotes what it was sent."""
    respond(handler, 200, str(handler.headers).encode(), Last_Modified=format_datetime(morning(1)))


MANY = zone_file(*(f"name-{n}" for n in range(999)))
PAGE = b"<!DOCTYPE html><html><title>Sign in</title>" + b" " * 200
CUT_OFF = sent(MANY[:-50])
CUT_OFF_ENCODED = sent(MANY[:-50], Content_Encoding="gzip")  # httpx would unpack what there is, and be content
CHECK = "check SQUATWATCH_ZONE_URL"

# name: (what the server answers for good; the error; its words; requests made for the zone)
ZONE_CASES = {
    "401": (answer(401), SquatwatchError, "answered 401: it does not take the token that was just issued", 2),
    "403": (answer(403), SquatwatchError, r"not approved for this zone; ask for it at https://czds\.icann\.org", 1),
    "404": (answer(404), NotPublishedYet, "answered 404", 1),
    "400": (answer(400), SquatwatchError, f"answered 400; {CHECK}", 1),
    "429": (answer(429), TryLater, "answered 429", ATTEMPTS),
    "503, an hour": (answer(503, Retry_After=3600), TryLater, "answered 503", 1),
    "500": (answer(500, PAGE), TryLater, "answered 500", ATTEMPTS),
    "silent": (silent, TryLater, "did not answer within 0.3 s", ATTEMPTS),
    "silent in the middle": (silent_in_the_middle, TryLater, "did not answer within 0.3 s", ATTEMPTS),
    "shorter than announced": (sent(MANY[:99], Content_Length=5000), TryLater, "broke off", ATTEMPTS),
    "nothing": (sent(b""), NotPublishedYet, "answered with 0 bytes", 1),
    "HTML": (sent(PAGE), BadList, f"zone com of 2026-11-06: .* an HTML page instead of a zone file; {CHECK}", 1),
    "no gzip": (echo, BadList, f"something else than a gzip file; {CHECK}", 1),
    "cut off": (CUT_OFF, BadList, "zone com of 2026-11-06: the zone file is truncated or damaged", 1),
    "cut off, encoded": (CUT_OFF_ENCODED, BadList, "truncated or damaged", 1),
    "another zone": (sent(zone_file(*OLD, tld="net")), BadList, "it delegates no name directly below com", 1),
    "no date": (sent(MANY, Last_Modified=None), SquatwatchError, "names no Last-Modified that can be read", 1),
    "an odd date": (sent(MANY, Last_Modified="today"), SquatwatchError, "names no Last-Modified", 1),
    "too large": (sent(random.Random(1).randbytes(2 << 20)), BadList, "raise SQUATWATCH_ZONE_MAX_GIB", 1),
}


@pytest.mark.parametrize(("odd", "error", "words", "count"), ZONE_CASES.values(), ids=ZONE_CASES.keys())
def test_an_answer_and_its_outcome(odd, error, words, count, yesterday, api, source, all_logs, tmp_path, monkeypatch):
    api.odd["com"] = [odd] * 9
    built = source(**patience(words))
    object.__setattr__(built.zones, "max_bytes", 1 << 20)
    with pytest.raises(error, match=words) as caught:
        fetch(built)
    assert caught.type is error
    assert len(api.asked_for("com")) == count
    if error is not BadList:  # there download adds who, where and when
        assert "source zone: http://127.0.0.1 for zone com of 2026-11-05" in str(caught.value)
    if error is SquatwatchError:
        assert "squatwatch download --date 2026-11-05" in str(caught.value)
    assert_no_secret(all_logs, caught.value)
    assert not snapshots.Snapshots(tmp_path / "data", "com").has(DAY + timedelta(days=1))
    api.odd.clear()
    assert fetch(source())[0] == ["paypal-login.com", "xn--caf-dma.com"]


AUTH = "source zone: http://127.0.0.1 for a token of 2026-11-05"
CHECK_AUTH = "check SQUATWATCH_ZONE_AUTH_URL, then run: squatwatch download --date 2026-11-05"
NO_TOKEN = f"answered without an accessToken; {CHECK_AUTH}"
LOGIN_CASES = {
    "401": (answer(401), SquatwatchError, "it refuses login and password; correct them in the Airflow connection", 1),
    "404": (answer(404), SquatwatchError, f"answered 404; {CHECK_AUTH}", 1),
    "redirect": (answer(307, Location="/elsewhere"), SquatwatchError, f"answered 307; {CHECK_AUTH}", 1),
    "429": (answer(429), TryLater, "answered 429", ATTEMPTS),
    "429, five minutes": (answer(429, Retry_After=300), TryLater, "answered 429", 1),
    "503": (answer(503), TryLater, "answered 503", ATTEMPTS),
    "silent": (silent, TryLater, "did not answer", ATTEMPTS),
    "HTML": (answer(200, PAGE), SquatwatchError, NO_TOKEN, 1),
    "nothing": (answer(200), SquatwatchError, NO_TOKEN, 1),
    "a list": (answer(200, b'["s3cr3t"]'), SquatwatchError, NO_TOKEN, 1),
    "no token": (answer(200, b'{"message": "s3cr3t"}'), SquatwatchError, NO_TOKEN, 1),
    "a number": (answer(200, b'{"accessToken": 7}'), SquatwatchError, NO_TOKEN, 1),
    "a token with a line break": (answer(200, b'{"accessToken": "t0k3n\\nX: y"}'), SquatwatchError, NO_TOKEN, 1),
    "deep": (answer(200, b"[" * 60_000), SquatwatchError, NO_TOKEN, 1),
    "endless": (answer(200, b" " * (1 << 20)), SquatwatchError, NO_TOKEN, 1),
}


@pytest.mark.parametrize(("odd", "error", "words", "count"), LOGIN_CASES.values(), ids=LOGIN_CASES.keys())
def test_a_login_and_its_outcome(odd, error, words, count, yesterday, api, source, all_logs):
    api.odd_login = [odd] * 9
    with pytest.raises(error, match=words) as caught:
        fetch(source("com,net", **patience(words)))
    assert caught.type is error
    assert str(caught.value).startswith(AUTH)
    assert [name for _, name, _ in api.asked] == ["authenticate"] * count
    assert_no_secret(all_logs, caught.value)


def test_a_wrong_password_is_asked_about_once(yesterday, api, source, all_logs, monkeypatch):
    connection = {"login": LOGIN["username"], "password": "s3cr3t-typo"}
    monkeypatch.setenv("AIRFLOW_CONN_CZDS", json.dumps(connection))
    with pytest.raises(SquatwatchError, match="refuses login and password") as caught:
        fetch(source("com,net"))
    assert len(api.asked) == 1
    assert_no_secret(all_logs, caught.value)


# --- tokens ----------------------------------------------------------------------------------------------------------
def test_one_token_serves_all_zones_and_is_renewed_once(yesterday, api, source):
    api.zones |= {tld: zone_file(*OLD, tld=tld) for tld in ("net", "org")}
    api.odd["net"] = [lambda handler: (api.revoked.add("t0k3n-0"), api.zone(handler, "net"))]
    api.tokens.clear()
    fetch(source("com,net,org"))
    used = [(name, headers.get("Authorization")) for _, name, headers in api.asked]
    assert used == [
        ("authenticate", None),
        ("com", "Bearer t0k3n-0"),
        ("net", "Bearer t0k3n-0"),
        ("authenticate", None),
        ("net", "Bearer t0k3n-1"),
        ("org", "Bearer t0k3n-1"),
    ]


def test_a_redirect_to_another_host_goes_without_the_token(yesterday, api, source, serve):
    seen = []

    def elsewhere(handler):
        seen.append(dict(handler.headers))
        sent(api.zones["com"])(handler)

    address, _ = serve([elsewhere])
    api.odd["com"] = [answer(302, Location=f"http://{address}/com.zone")]
    assert fetch(source())[0] == ["paypal-login.com", "xn--caf-dma.com"]
    assert len(seen) == 1
    assert not [secret for secret in SECRETS if secret in str(seen)]


def test_a_redirect_from_https_to_http_stops(certificate, yesterday, api, source, serve, monkeypatch, all_logs):
    path, context = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    plain, seen_in_the_open = serve([sent(api.zones["com"])])
    address, _ = serve([answer(302, Location=f"http://{plain}/com.zone")], context)
    with pytest.raises(SquatwatchError, match="redirects from https to http") as caught:
        fetch(source(zone_url=f"https://{address}/{{tld}}.zone"))
    assert seen_in_the_open == []
    assert_no_secret(all_logs, caught.value)


@pytest.mark.parametrize("setting", ["zone_url", "zone_auth_url"])
@pytest.mark.parametrize("url", ["http://czds.example/s3cr3t", "ftp://czds.example/s3cr3t", "https:///s3cr3t"])
def test_secrets_do_not_travel_in_the_open(setting, url, api, source):
    with pytest.raises(SquatwatchError, match=f"SQUATWATCH_{setting.upper()}") as caught:
        fetch(source(**{setting: url}))
    assert api.asked == []
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "there is no Airflow connection 'czds' that can be read; .* set AIRFLOW_CONN_CZDS"),
        ('{"login": "s3cr3t', "there is no Airflow connection 'czds' that can be read"),
        ('{"login": "s3cr3t"}', "connection 'czds' lacks login or password"),
        ("s3cr3t", "connection 'czds' lacks login or password"),
    ],
)
def test_a_connection_that_does_not_do_says_how_to_add_it(value, words, api, source, monkeypatch, all_logs):
    monkeypatch.setenv("AIRFLOW_CONN_CZDS", value) if value else monkeypatch.delenv("AIRFLOW_CONN_CZDS")
    with pytest.raises(SquatwatchError, match=words) as caught:
        fetch(source())
    assert "squatwatch download --date 2026-11-05" in str(caught.value)
    assert api.asked == []
    assert_no_secret(all_logs, caught.value)


def test_secrets_are_in_no_ledger_log_or_repr(yesterday, api, source, all_logs, tmp_path):
    settings = settings_for(api, tmp_path)
    built = source()
    downloaded = download_list(settings, DAY, built)
    assert "zone com of 2026-11-06 has 6 names" in all_logs.text
    ledger = settings.home / "downloads" / f"run_date={DAY}" / "zone.parquet"
    assert pl.read_parquet(ledger)["location"].to_list() == ["http://127.0.0.1: com 2026-11-05 to 2026-11-06"]
    written = [path.read_bytes() for path in settings.home.rglob("*") if path.is_file()]
    assert len(written) == 4  # two snapshots, the list, the ledger
    assert_no_secret(all_logs, built, downloaded, settings, written)


def assert_no_secret(logs, *things):
    shown = logs.text + "".join(repr(thing) + str(thing) for thing in things)
    for error in (thing for thing in things if isinstance(thing, BaseException)):
        shown += "".join(traceback.format_exception(error))
    assert not [secret for secret in SECRETS if secret in shown]


# --- several zones ---------------------------------------------------------------------------------------------------
def test_one_zone_that_fails_stops_the_date_and_the_others_are_kept(yesterday, api, source):
    """Today's zones are gone tomorrow, so they are not left behind because another one is late."""
    api.zones["org"] = zone_file(*OLD, tld="org")
    for odd, error in ((answer(403), SquatwatchError), (answer(404), NotPublishedYet)):
        api.odd["net"] = [odd]
        with pytest.raises(error, match="zone net") as caught:
            fetch(source("net,com,org"))
        assert caught.type is error
    api.zones["net"] = zone_file(*OLD, tld="net")
    assert fetch(source("net,com,org"))[0] == ["paypal-login.com", "xn--caf-dma.com"]
    assert [len(api.asked_for(tld)) for tld in ("net", "com", "org")] == [3, 1, 1]


def test_what_a_person_must_see_to_is_said_before_what_only_takes_time(yesterday, api, source):
    api.odd |= {"net": [answer(404)], "org": [answer(403)]}
    with pytest.raises(SquatwatchError, match=r"zone org .* not approved"):
        fetch(source("net,org,com"))


def test_a_busy_server_is_not_asked_for_the_other_zones(yesterday, api, source):
    api.odd["net"] = [answer(429, Retry_After=600)]
    with pytest.raises(TryLater) as caught:
        fetch(source("net,com"))
    assert caught.value.after == timedelta(minutes=10)
    assert api.asked_for("com") == []


@pytest.mark.parametrize("tlds", ["../etc", "com/net", "c om", "-com", "com..net", "рф"])
def test_what_is_no_zone_is_no_setting(tlds):
    with pytest.raises(SquatwatchError, match=r"SQUATWATCH_ZONE_TLDS: .* is not the name of a zone"):
        read_settings(zone_tlds=tlds)


def test_zones_are_written_as_people_write_them():
    assert read_settings(zone_tlds=".COM, net.,xn--p1ai,com").zone_tlds == ["com", "net", "xn--p1ai"]


# --- a folder of zone files ------------------------------------------------------------------------------------------
@pytest.fixture
def archive(tmp_path):
    """archive(n, *labels) puts the zone of the morning n days after DAY's into the folder of the template."""

    def put(n, *labels, tld="com"):
        path = tmp_path / "zones" / tld / f"{DAY + timedelta(days=n)}.zone.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(zone_file(*labels, tld=tld))
        return path

    put.settings = read_settings(
        home=tmp_path / "data", zone_tlds="com", zone_url=f"{tmp_path}/zones/{{tld}}/{{date:%Y-%m-%d}}.zone.gz"
    )
    return put


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_old_dates_come_out_of_a_folder_in_any_order(archive, order):
    for n, labels in enumerate([OLD, [*OLD, "x"], [*OLD, "x", "y"], [*OLD, "z"]]):
        archive(n, *labels)
    source = source_named(archive.settings, "zone")
    lists = {n: fetch(source, DAY + timedelta(days=n))[0] for n in order}
    assert lists == {0: ["x.com"], 1: ["y.com"], 2: ["z.com"]}


def test_a_folder_without_the_morning_before_gives_an_earlier_one(archive):
    archive(-2, *OLD)
    archive(1, *OLD, "x")
    domains, location = fetch(source_named(archive.settings, "zone"))
    assert domains == ["x.com"]
    assert location.endswith("com 2026-11-03 to 2026-11-06 (a gap: the new names of 3 days)")


def test_a_file_that_is_not_there_yet_is_waited_for(archive, tmp_path):
    archive(0, *OLD)
    with pytest.raises(NotPublishedYet, match=r"2026-11-06\.zone\.gz, wanted for 2026-11-05, is not there yet"):
        fetch(source_named(archive.settings, "zone"))
    (tmp_path / "zones/com/2026-11-06.zone.gz").mkdir()
    with pytest.raises(SquatwatchError, match="is no file: check SQUATWATCH_ZONE_URL"):
        fetch(source_named(archive.settings, "zone"))


def test_a_bad_template_names_its_fields():
    source = source_named(read_settings(zone_tlds="com", zone_url="/zones/{zone}.gz"), "zone")
    with pytest.raises(SquatwatchError, match=r"SQUATWATCH_ZONE_URL is not a template .* \{date:%Y-%m-%d\}, \{tld\}"):
        fetch(source)


# --- the command -----------------------------------------------------------------------------------------------------
def test_the_command_needs_no_metadata_database(yesterday, api, tmp_path):
    """A new process, an Airflow home with nothing in it, the connection in a variable."""
    environment = os.environ | {
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "SQUATWATCH_HOME": str(tmp_path / "data"),
        "SQUATWATCH_ZONE_TLDS": "com",
        "SQUATWATCH_ZONE_URL": f"http://{api.address}/{{tld}}.zone",
        "SQUATWATCH_ZONE_AUTH_URL": f"http://{api.address}/authenticate",
        "SQUATWATCH_SOURCES": "zone",
    }
    command = [sys.executable, "-m", "squatwatch.cli", "--debug"]
    done = [
        subprocess.run([*command, *words], env=environment, capture_output=True, text=True, timeout=120)
        for words in (["download", "--date", str(DAY)], ["settings"])
    ]
    assert [each.returncode for each in done] == [0, 0], done
    assert "zone: fetched" in done[0].stderr
    assert not [secret for secret in SECRETS if secret in "".join(each.stdout + each.stderr for each in done)]
    assert not list(tmp_path.rglob("*.db"))
