"""`squatwatch serve` as a process: where it listens, whom it trusts, and how it stops."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import compose_file
import httpx
import pytest
from compose_file import SERVICES
from processes import Program, wait_for
from scoring_server import invoke, runtime_client
from served_models import BANKS, write_copy
from signed_requests import KEY_ID, SECRET, access_rules, write_access_file

from squatwatch.errors import SquatwatchError
from squatwatch.serve import run
from squatwatch.settings import read_settings

PATH = "/endpoints/squatwatch/invocations"


@pytest.fixture
def start(tmp_path):
    """start(**settings) runs the command and gives the program and its address, as soon as it answers."""
    programs = []

    def start_with(**settings):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SQUATWATCH_")}
        environment |= {"SQUATWATCH_HOME": str(tmp_path / "data"), "SQUATWATCH_SERVE_PORT": "0"}
        environment |= {f"SQUATWATCH_{name.upper()}": str(value) for name, value in settings.items()}
        program = Program([sys.executable, "-m", "squatwatch", "serve"], environment, tmp_path / "serve.log")
        programs.append(program)
        return program, _address_of(program)

    yield start_with
    for program in programs:
        program.kill()


def _address_of(program):
    """Return the address of a server, as soon as it answers there."""

    def address():
        program.demand_alive()
        found = re.search(r"serving on (\S+)", program.output)
        return found and found[1]

    url = wait_for(address, "the address")
    with httpx.Client(verify=False) as client:
        wait_for(lambda: _answers(client, url), "an answer")
    return url


def _answers(client, url):
    try:
        return client.get(f"{url}/ping").status_code == 200
    except httpx.ConnectError:
        return False


def test_what_is_asked_when_it_is_stopped_is_answered(start):
    program, url = start()
    host, port = url.removeprefix("http://").split(":")
    assert host == "127.0.0.1"
    with socket.create_connection((host, int(port))) as half:
        head = f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/csv\r\nContent-Length: 23\r\n\r\n"
        half.sendall(head.encode() + b"paypal-login")
        wait_for(lambda: _is_at_work(url), "the request")
        program.process.send_signal(signal.SIGTERM)
        half.sendall(b".com,paypal")
        half.settimeout(60)
        assert b" 200 " in half.recv(1000).split(b"\r\n")[0]
    assert program.process.wait(60) in (0, -signal.SIGTERM)
    assert "Traceback" not in program.output


def _is_at_work(url):
    return httpx.post(url + PATH, content="a.com", headers={"Content-Type": "text/csv"}).status_code == 200


def test_tls_with_an_access_file(start, tmp_path, certificate):
    file, _ = certificate
    access = write_access_file(tmp_path / "access.json", access_rules())
    _, url = start(serve_certificate=file, serve_certificate_key=file, serve_access_file=access)
    assert url.startswith("https://")
    answer = invoke(runtime_client(url, KEY_ID, SECRET, verify=str(file)), "paypal-login.com,paypal")
    assert answer.startswith("paypal-login.com")
    trusted = ssl.create_default_context(cafile=file)
    assert httpx.post(url + PATH, content="a.com", verify=trusted).status_code == 403


def test_the_service_of_the_compose_file_answers_who_is_in_its_access_file_and_writes_nothing(tmp_path):
    """Its command, variables and files, with folders of this machine in the place of the container's."""
    rules = access_rules()
    dot_env = dict.fromkeys(compose_file.SECRETS, "sesame") | {"SQUATWATCH_SERVE_ACCESS": json.dumps(rules)}
    secrets, data = tmp_path / "secrets", tmp_path / "data"
    secrets.mkdir()
    for name, content in compose_file.secret_files("serve", dot_env).items():
        (secrets / name).write_text(content)
    variables = compose_file.environment("serve", dot_env) | {"SQUATWATCH_SERVE_PORT": "0"}
    words = compose_file.command("serve", dot_env)
    here = {"/opt/squatwatch": str(compose_file.ROOT), "/run/secrets": str(secrets), "/data": str(data)}
    here["/tmp/access.json"] = str(tmp_path / "access.json")
    for of_container, path in here.items():
        variables = {name: value.replace(of_container, path) for name, value in variables.items()}
        words = [word.replace(of_container, path) for word in words]
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "SQUATWATCH_"))}
    outside["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    program = Program(words, outside | variables, tmp_path / "serve.log")
    try:
        port = _address_of(program).rpartition(":")[2]
        url = f"http://127.0.0.1:{port}"
        assert invoke(runtime_client(url, KEY_ID, SECRET), "paypal-login.com,paypal").startswith("paypal-login.com")
        assert httpx.post(url + PATH, content="a.com").status_code == 403
        [_, python, *check] = [word.replace("8090", port) for word in SERVICES["serve"]["healthcheck"]["test"]]
        assert python == "python" and subprocess.run([sys.executable, *check]).returncode == 0
    finally:
        program.end()
    assert subprocess.run([sys.executable, *check], capture_output=True).returncode != 0
    assert not data.exists()  # it is mounted to be read


def test_a_container_listens_where_sagemaker_says_and_scores_with_the_model_that_it_put_there(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "PACKED_MODEL", write_copy(tmp_path / "model", BANKS))
    monkeypatch.setenv("SAGEMAKER_BIND_TO_PORT", "9123")
    container = read_settings(home=tmp_path, serve_container=True)
    assert run._place(container) == ("0.0.0.0", 9123)
    assert run._with_packed_model(container).model == tmp_path / "model"
    assert run._with_packed_model(read_settings(home=tmp_path)).model is None


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"serve_host": "0.0.0.0"}, "no SQUATWATCH_SERVE_ACCESS_FILE says who may"),
        ({"serve_host": "::"}, "no SQUATWATCH_SERVE_ACCESS_FILE says who may"),
        ({"serve_host": "scores.example"}, "no SQUATWATCH_SERVE_ACCESS_FILE says who may"),
        ({"serve_container": True, "serve_host": "127.0.0.1"}, "SQUATWATCH_SERVE_HOST has no meaning in a container"),
        ({"serve_container": True, "serve_access_file": "/a.json"}, "SQUATWATCH_SERVE_ACCESS_FILE has no meaning"),
        ({"serve_access_file": "/nothing/here.json"}, "/nothing/here.json"),
        ({"serve_certificate": "/nothing/here.pem"}, "SQUATWATCH_SERVE_CERTIFICATE is /nothing/here.pem"),
        ({"serve_certificate_key": "/nothing/here.pem"}, "SQUATWATCH_SERVE_CERTIFICATE is not set"),
        ({"model": "/nothing/here"}, "/nothing/here"),
        ({"brands_file": "/nothing/here.csv"}, "/nothing/here.csv"),
    ],
)
def test_settings_that_cannot_be_served_stop_with_the_reason(tmp_path, settings, why):
    with pytest.raises(SquatwatchError, match=why):
        run.serve(read_settings(home=tmp_path, serve_port=0, **settings), print)


def test_a_certificate_that_is_none_is_told_before_anything_listens(tmp_path, certificate):
    (tmp_path / "none.pem").write_text("none")
    settings = {"serve_certificate": tmp_path / "none.pem", "serve_certificate_key": certificate[0]}
    with pytest.raises(SquatwatchError, match="cannot be used for TLS"):
        run.serve(read_settings(home=tmp_path, serve_port=0, **settings), print)


def test_a_port_of_sagemaker_that_is_none_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("SAGEMAKER_BIND_TO_PORT", "abc")
    with pytest.raises(SquatwatchError, match="SAGEMAKER_BIND_TO_PORT is 'abc'"):
        run.serve(read_settings(home=tmp_path, serve_container=True), print)


def test_a_port_that_is_taken_is_told(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(SquatwatchError, match="SQUATWATCH_SERVE_PORT"):
        run.serve(read_settings(home=tmp_path, serve_port=taken.getsockname()[1]), print)
    assert threading.active_count() < 50
