"""What a server does with too much, too slow, and many at once."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import httpx
import pytest
from scoring_server import runtime_client, serving
from signed_requests import access_rules, write_access_file

from squatwatch.serve import server as server_module
from squatwatch.serve.http import protocol
from squatwatch.serve.inference.answered import Answered

PATH = "/endpoints/squatwatch/invocations"
CSV = {"Content-Type": "text/csv"}


def ask(served, body=b"paypal-login.com,paypal", **options):
    return httpx.post(served.url + PATH, content=body, headers=CSV, timeout=60, **options)


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_of_100_megabytes_is_refused(served, announced):
    parts = (b"a" * 1_000_000 for _ in range(100))
    body = b"".join(parts) if announced else parts
    try:
        answer = ask(served, body)
    except httpx.NetworkError:  # the server had answered and closed before all was sent
        return
    assert answer.status_code == 413 and "more than 5,000,000 bytes" in answer.json()["Message"]
    assert ask(served).status_code == 200


def test_ten_thousand_names_are_taken_and_one_more_is_not(served):
    lines = b"garden.com\n" * 10_000
    assert ask(served, lines).status_code == 200
    answer = ask(served, lines + b"paypal.com")
    assert answer.status_code == 413 and "more than 10,000 names" in answer.json()["Message"]


@pytest.mark.slow
def test_a_thousand_calls_at_once_are_all_answered(root, monkeypatch):
    """Each on a connection of its own, and none is sent before there are a thousand threads to send them."""
    monkeypatch.setattr(protocol, "HEADER_SECONDS", 600)  # a thousand threads of one process take turns to send
    together = threading.Barrier(1000)

    def call(name):
        together.wait()
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=600)) as connection:
            connection.request("POST", PATH, name, CSV)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    names = [f"paypal-login{number}.com,paypal" for number in range(1000)]
    with (
        serving(root.model_copy(update={"serve_waiting": 1000, "serve_seconds": 600})) as served,
        ThreadPoolExecutor(1000) as pool,
    ):
        answers = list(pool.map(call, names))
    assert {status for status, _ in answers} == {200}
    assert [text.split(",")[0] for _, text in answers] == [name.split(",")[0] for name in names]


def test_while_too_many_wait_others_are_told_to_come_again(root, monkeypatch):
    began, go_on = threading.Event(), threading.Event()

    def slow(*given, **options):
        began.set()
        assert go_on.wait(60)
        return []

    with serving(root.model_copy(update={"serve_at_once": 1, "serve_waiting": 1})) as served:
        monkeypatch.setattr("squatwatch.serve.http.invoke.infer", slow)
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(ask, served)
            assert began.wait(60)
            second = pool.submit(ask, served)
            while served.server._waiting < 2:
                time.sleep(0.01)
            refused = ask(served)
            assert refused.status_code == 503 and refused.headers["Retry-After"] == "1"
            assert refused.headers["x-amzn-ErrorType"] == "ServiceUnavailable"
            assert httpx.get(f"{served.url}/ping").status_code == 200
            go_on.set()
            assert first.result().status_code == second.result().status_code == 200


def test_who_still_waits_when_a_stop_has_taken_its_time_is_told_to_come_again(root, monkeypatch):
    began, go_on = threading.Event(), threading.Event()

    def slow(*given, **options):
        began.set()
        assert go_on.wait(60)
        return []

    monkeypatch.setattr("squatwatch.serve.http.invoke.infer", slow)
    with ThreadPoolExecutor(2) as pool:
        with serving(root.model_copy(update={"serve_at_once": 1, "serve_seconds": 1})) as served:
            answers = [pool.submit(ask, served) for _ in range(2)]
            assert began.wait(60)
            while served.server._waiting < 2:
                time.sleep(0.01)
        go_on.set()
        for answer in (each.result() for each in answers):  # the one that was scored, and the one behind it
            assert answer.status_code == 503 and answer.headers["Retry-After"] == "5"
            assert "the server stops" in answer.json()["Message"]


def test_a_client_that_stalls_in_its_body_is_told_so_and_holds_nobody_up(root):
    with (
        serving(root.model_copy(update={"serve_seconds": 5})) as served,  # in which the other is answered
        socket.create_connection(("127.0.0.1", served.port)) as stalled,
    ):
        head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: 100\r\n\r\npay"
        stalled.sendall(head.encode())
        assert ask(served).status_code == 200
        stalled.settimeout(60)
        assert b" 408 " in stalled.recv(1000).split(b"\r\n")[0]


def test_a_client_that_sends_nothing_is_closed(root, monkeypatch):
    monkeypatch.setattr(protocol, "HEADER_SECONDS", 0.5)
    with serving(root) as served, socket.create_connection(("127.0.0.1", served.port)) as stalled:
        stalled.sendall(b"POST ")
        stalled.settimeout(60)
        assert stalled.recv(1000) == b""


def test_a_second_request_that_stalls_is_closed(root, monkeypatch):
    with serving(root) as served, socket.create_connection(("127.0.0.1", served.port)) as stalled:
        stalled.settimeout(60)
        stalled.sendall(b"GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b" 200 " in stalled.recv(1000)
        monkeypatch.setattr(protocol, "HEADER_SECONDS", 0.5)
        stalled.sendall(b"GET /pi")
        assert stalled.recv(1000) == b""


@pytest.mark.parametrize("beginning", [b"GET /ping HTTP/1.1\r\nHost: x\r\nX: ", b"GET /"])
def test_headers_without_an_end_are_cut_off(served, beginning):
    with socket.create_connection(("127.0.0.1", served.port)) as endless:
        endless.settimeout(60)
        endless.sendall(beginning)
        sent = 0
        with contextlib.suppress(ConnectionError):
            while sent < 50_000_000:
                sent += endless.send(b"a" * 65_536)
        assert sent < 10_000_000
    assert ask(served).status_code == 200


def test_an_answer_that_nobody_reads_is_given_up(root, monkeypatch):
    monkeypatch.setattr(protocol, "READ_SECONDS", 0.5)
    answers = [Answered("a" * 2000)] * 10_000
    monkeypatch.setattr("squatwatch.serve.http.invoke.infer", lambda *given, **options: answers)
    head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: 5\r\n\r\n"
    with serving(root) as served, socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.connect(("127.0.0.1", served.port))
        deaf.sendall(head.encode() + b"a.com")
        wait_until(lambda: metric(served, 'Invocations_total{status="200"}', 0) == 1)
        wait_until(lambda: deaf.getsockname() not in {connection.client for connection in served.connections})
        deaf.settimeout(60)
        received = 0
        with contextlib.suppress(ConnectionError):
            while part := deaf.recv(1 << 20):
                received += len(part)
        assert received < 10_000_000  # of twice as much


def test_bodies_on_their_way_are_bounded(root, monkeypatch):
    monkeypatch.setattr(server_module, "LARGEST_HELD", 2)
    head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: 4999999\r\n\r\n"
    with serving(root) as served:
        with contextlib.ExitStack() as held:
            for _ in range(2):
                connection = held.enter_context(socket.create_connection(("127.0.0.1", served.port)))
                connection.sendall(head.encode() + b"a")
            wait_until(lambda: served.server._held == 2 * 4_999_999)
            assert ask(served).status_code == 503
        wait_until(lambda: ask(served).status_code == 200)


def test_who_is_not_known_sends_no_body(root, tmp_path):
    access = write_access_file(tmp_path / "access.json", access_rules())
    with serving(root.model_copy(update={"serve_access_file": access})) as served:
        for authorization in ("", f"Authorization: {unknown_authorization()}\r\n"):
            head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\n{authorization}Content-Length: 4999999\r\n\r\n"
            with socket.create_connection(("127.0.0.1", served.port)) as stranger:
                stranger.settimeout(60)
                stranger.sendall(head.encode())
                assert b" 403 " in stranger.recv(1000).split(b"\r\n")[0]


def unknown_authorization():
    day = f"{datetime.now(UTC):%Y%m%d}"
    scope = f"AKIAUNKNOWN/{day}/us-east-1/sagemaker/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature={'0' * 64}"


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_a_page_in_a_browser_cannot_ask_the_server_of_its_visitor(served, headers):
    answer = httpx.post(served.url + PATH, content=b"a.com", headers=CSV | headers)
    assert answer.status_code == 403


def status_for(served, host_lines):
    """The status of a request with these lines in place of its Host."""
    head = b"POST %s HTTP/1.1\r\n%sContent-Type: text/csv\r\nContent-Length: 5\r\nConnection: close\r\n\r\na.com"
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as connection:
        connection.sendall(head % (PATH.encode(), host_lines))
        return int(connection.recv(1000).split()[1])


@pytest.mark.parametrize(
    "host",
    [
        b"evil.com", b"evil.com:", b"a{b.evil.com:18391", b"a`b.evil.com", b'a"b.evil.com', b"\xe9.evil.com",
        "é.evil.com".encode(), b"localhost@evil.com", b"evil.com@localhost", b"localhost/.evil.com",
        b"127.0.0.1.evil.com", b"[::1", b"[", b"[::1].evil.com", b"localhost:x", b"",
    ],
)  # fmt: skip
def test_a_host_that_is_not_this_machine_or_cannot_be_parsed_is_refused(served, host):
    assert status_for(served, b"Host: " + host + b"\r\n") == 403


def test_a_request_has_one_host(served):
    assert status_for(served, b"") in (400, 403)
    assert status_for(served, b"Host: evil.com\r\nHost: localhost\r\n") in (400, 403)


@pytest.mark.parametrize("host", [b"localhost", b"LOCALHOST:8090", b"127.0.0.1:8090", b"127.0.0.2", b"[::1]:8090"])
def test_this_machine_is_asked_by_any_of_its_names(served, host):
    assert status_for(served, b"Host: " + host + b"\r\n") == 200


def test_names_that_resemble_too_many_brands(root):
    with serving(root.model_copy(update={"serve_names": 10})) as served:
        assert ask(served, b"paypal-login.com\n" * 10).status_code == 200
        answer = ask(served, b"paypal-dhl-santander.com\n" * 10)
        assert answer.status_code == 413 and "resemble 30 brands, of 20 at most" in answer.json()["Message"]


def test_a_packed_body_is_refused(served):
    assert httpx.post(served.url + PATH, content=b"x", headers=CSV | {"Content-Encoding": "gzip"}).status_code == 415


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", PATH, 405), ("POST", f"{PATH}/", 404), ("GET", "/", 404)]
)
def test_what_there_is_none_of_is_told_in_the_service_s_own_form(served, method, path, status):
    answer = httpx.request(method, served.url + path)
    assert answer.status_code == status and answer.json()["Code"] == "UnknownOperationException"


def test_a_client_that_goes_away_in_its_body_leaves_the_server_at_work(served):
    with socket.create_connection(("127.0.0.1", served.port)) as gone:
        gone.sendall(f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\npay".encode())
    assert ask(served).status_code == 200


def test_what_nobody_foresaw_is_told_without_its_words(served, monkeypatch, caplog):
    def fails(*given, **options):
        raise RuntimeError("a secret")

    monkeypatch.setattr("squatwatch.serve.http.invoke.infer", fails)
    answer = ask(served)
    assert answer.status_code == 500 and "secret" not in answer.text
    assert answer.json()["Code"] == "InternalFailure" and "a secret" in caplog.text


def test_brands_and_thresholds_are_looked_at_anew(root, monkeypatch, tmp_path):
    monkeypatch.setattr(server_module, "LOOK_SECONDS", 0.05)
    listed, looks = tmp_path / "brands.csv", []
    listed.write_text("brand,brand_domain\npaypal,paypal.com\n")

    def look(settings):
        looks.append(settings)
        raise ZeroDivisionError

    with serving(root.model_copy(update={"brands_file": listed})) as served:
        assert ask(served, b"dhl-paket.com").text == ""
        listed.write_text("brand,brand_domain\npaypal,paypal.com\ndhl,dhl.com\n")
        wait_until(lambda: ask(served, b"dhl-paket.com").text.startswith("dhl-paket.com"))
        listed.write_text("no brands")  # what cannot be read stays as it was
        monkeypatch.setattr(server_module, "look", look)  # and what nobody foresaw ends no watch
        wait_until(lambda: len(looks) >= 2)
        assert ask(served, b"dhl-paket.com").text
        monkeypatch.undo()
        listed.write_text("brand,brand_domain\nebay,ebay.com\n")
        wait_until(lambda: ask(served, b"ebay-shop.com").text)


def wait_until(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_one_model_is_loaded_once_however_many_ask(root):
    with serving(root) as served:
        served.server.networks.unload(root.home / "models/banks/bilstm-0123456789")
        before = metric(served, "ModelLoadingTime_count")
        client = runtime_client(served.url, max_pool_connections=20)
        with ThreadPoolExecutor(20) as pool:
            list(pool.map(lambda _: _invoke(client), range(20)))
        assert metric(served, "ModelLoadingTime_count") - before == 1
        assert metric(served, "ModelCacheHit_sum") < metric(served, "ModelCacheHit_count")


def _invoke(client):
    client.invoke_endpoint(
        EndpointName="squatwatch", Body="santander-login.com", ContentType="text/csv", TargetModel="banks"
    )


def metric(served, name, default=None):
    lines = httpx.get(f"{served.url}/metrics").text.splitlines()
    return next((float(line.split()[-1]) for line in lines if line.split()[0] == name), default)


def test_the_figures_count_what_was_asked_and_answered(root):
    with serving(root) as served:
        ask(served, b"a.com\nb.com")
        ask(served, b"\xff")
        text = httpx.get(f"{served.url}/metrics").text
        assert 'Invocations_total{status="200"} 1.0' in text and 'Invocations_total{status="400"} 1.0' in text
        assert metric(served, "Names_total") == 2 and metric(served, "ModelLatency_count") == 2
        assert metric(served, "LoadedModelCount") >= 2 and 0 < metric(served, "MemoryUtilization") < 1
        assert "paypal" not in text and "banks" not in text
