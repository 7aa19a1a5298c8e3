"""A store in a bucket: its calls, and what becomes of each fault of a server."""

from __future__ import annotations

import threading

import pytest
from s3_server import client, connection, no_credentials_of_the_machine, s3_server

from squatwatch.errors import Missing, SquatwatchError, TryLater
from squatwatch.net.faults import NeedsAPerson
from squatwatch.store import s3 as module
from squatwatch.store.s3 import Denied, S3Store

KEY = "commits/run_date=2024-02-29/00000001.json"


@pytest.fixture(scope="module")
def server():
    """The address of a server, with machine credentials out of the way."""
    with no_credentials_of_the_machine(), s3_server() as address:
        yield address


@pytest.fixture
def store(proxy, server, request):
    """A store of the test's own, in a bucket of its own."""
    bucket = f"test-{abs(hash(request.node.name))}"
    client(server).create_bucket(Bucket=bucket)
    return S3Store(bucket, "squat/watch", "aws_default")


@pytest.fixture
def file(tmp_path):
    def with_text(text: str):
        path = tmp_path / f"{text[:8]}.txt"
        path.write_text(text)
        return path

    return with_text


@pytest.fixture
def got(store, tmp_path):
    def text_of(key: str) -> str:
        store.get(key, tmp_path / "got")
        return (tmp_path / "got").read_text()

    return text_of


def test_an_object_is_created_once_read_listed_and_removed(store, file, got):
    assert store.create(KEY, file("first"))
    assert not store.create(KEY, file("second"))
    assert got(KEY) == "first"
    assert store.keys("commits/") == [KEY] and store.keys("catalog/") == []
    store.delete(KEY)
    assert store.keys("") == []
    with pytest.raises(Missing, match=r"there is no s3://test-\d+/squat/watch/commits/"):
        got(KEY)


def test_of_many_writers_one_is_first(store, file):
    """Each with a file of its own, all at the same moment."""
    files, start, firsts = [file(f"{n}-writes") for n in range(12)], threading.Barrier(12), []

    def write(path):
        start.wait()
        firsts.append(store.create(KEY, path))

    threads = [threading.Thread(target=write, args=(path,)) for path in files]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(firsts) == [False] * 11 + [True]


def test_an_answer_that_was_lost_is_no_lost_race(store, proxy, file, got):
    """Boto asks again, and is told that the object is there: it is our own."""
    proxy.once("lost", "PUT", KEY)
    assert store.create(KEY, file("ours"))
    assert [method for method, path in proxy.seen if method == "PUT"] == ["PUT", "PUT"]
    proxy.once("lost", "PUT", KEY)
    assert not store.create(KEY, file("another"))


def test_a_listing_of_more_than_a_page_is_whole_or_none(store, server, file, proxy, monkeypatch):
    monkeypatch.setattr(module, "PAGE", 2)
    for number in range(5):
        store.create(f"commits/{number}", file("text"))
    assert len(store.keys("commits/")) == 5
    proxy.once((500, "InternalError"), "GET", "continuation-token")
    assert len(store.keys("commits/")) == 5
    proxy.fault = lambda method, path: (503, "SlowDown") if "continuation-token" in path else None
    with pytest.raises(TryLater, match="the store is busy"):
        store.keys("commits/")


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """Pauses between attempts are those of the code, a thousandth as long."""
    import time

    sleep = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: sleep(seconds / 1000))


@pytest.mark.parametrize(
    "fault", [(500, "InternalError"), (503, "SlowDown"), (409, "ConditionalRequestConflict"), "lost"]
)
def test_a_fault_that_passes_is_not_noticed(store, proxy, file, got, fault):
    proxy.once(fault, "PUT", KEY)
    assert store.create(KEY, file("text"))
    proxy.once(fault, "GET", KEY)
    assert got(KEY) == "text"


def test_a_body_that_is_cut_off_is_asked_for_again(store, proxy, file, got):
    store.create(KEY, file("a text of some length"))
    proxy.once("cut", "GET", KEY)
    assert got(KEY) == "a text of some length"
    proxy.fault = lambda method, path: "cut" if method == "GET" else None
    with pytest.raises(TryLater, match=r"no proper answer \(.*\); run the command again, nothing is half done"):
        got(KEY)


@pytest.mark.parametrize(
    ("status", "code", "error", "words"),
    [
        (503, "SlowDown", TryLater, r"the store is busy \(SlowDown\); run the command again"),
        (500, "InternalError", TryLater, "the store is busy"),
        (403, "AccessDenied", Denied, r"denied \(AccessDenied\); squatwatch store policy prints what"),
        (400, "ExpiredToken", Denied, r"denied \(ExpiredToken\); renew what connection 'aws_default' has"),
        (403, "SignatureDoesNotMatch", Denied, "; correct the keys of connection 'aws_default', then run"),
        (403, "RequestTimeTooSkewed", SquatwatchError, "; set the clock of this machine, which is off by more"),
        (404, "NoSuchBucket", SquatwatchError, "; make the bucket, or correct SQUATWATCH_HOME, then run"),
        (301, "PermanentRedirect", SquatwatchError, "; set region_name of connection 'aws_default' to the"),
        (400, "AuthorizationHeaderMalformed", SquatwatchError, "; set region_name of connection 'aws_default' to"),
        (405, "MethodNotAllowed", SquatwatchError, "; check SQUATWATCH_HOME and connection 'aws_default', then"),
    ],
)
def test_a_fault_that_stays_names_the_object_and_what_to_do(store, proxy, file, status, code, error, words):
    proxy.fault = lambda method, path: (status, code) if method == "PUT" else None
    with pytest.raises(error, match=words) as caught:
        store.create(KEY, file("text"))
    assert caught.type is error and f"s3://{store.bucket}/squat/watch/{KEY}" in str(caught.value)
    assert "s3cr3t-key" not in str(caught.value)


def test_what_is_denied_because_it_is_not_there_is_missing(store, proxy, file, got):
    """S3 does not say so to whoever may not list the whole bucket."""
    store.create(KEY, file("text"))
    proxy.fault = lambda method, path: (403, "AccessDenied") if method == "GET" and "list-type" not in path else None
    with pytest.raises(SquatwatchError, match=r"denied \(AccessDenied\)"):
        got(KEY)
    store.delete(KEY)
    with pytest.raises(Missing, match=f"there is no s3://.*/{KEY}"):
        got(KEY)


def test_an_endpoint_without_encryption_is_refused_unless_it_is_this_machine(store, monkeypatch, tmp_path):
    for address, host in [("http://192.0.2.7:9000", "192.0.2.7:9000"), ("http://store.example", "store.example")]:
        monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", connection(address))
        module._client.cache_clear()
        with pytest.raises(NeedsAPerson, match=f"http://{host}.*would be asked without encryption; write https://"):
            store.keys("")
