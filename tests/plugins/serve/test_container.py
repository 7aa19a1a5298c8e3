"""The API of a container of SageMaker: batch transform, and a multi-model endpoint that loads and unloads."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from scoring_server import serving
from served_models import BANKS, SHIPPED, write_copy

PAIRS = '{"name": "paypal-login.com", "brand": "paypal"}\n{"name": "garden.com", "brand": "paypal"}\n'


@pytest.fixture(scope="module")
def container(root):
    """A client of a server that is a container."""
    with (
        serving(root.model_copy(update={"serve_container": True})) as running,
        httpx.Client(base_url=running.url) as http,
    ):
        yield http


@pytest.fixture
def unpacked(tmp_path):
    """An artifact where SageMaker has unpacked one."""
    return write_copy(tmp_path / "opt/ml/models/9f3a/model", BANKS, threshold=1.0, thresholds={})


def load(container, name, folder):
    return container.post("/models", json={"model_name": name, "url": str(folder)})


def test_batch_transform_gets_a_line_for_a_line(container):
    assert container.get("/ping").status_code == 200
    answer = container.post("/invocations", content=PAIRS, headers={"Content-Type": "application/jsonlines"})
    high, low = [json.loads(line) for line in answer.text.splitlines()]
    assert (high["name"], low["name"]) == ("paypal-login.com", "garden.com")
    assert high["score"] > 0.9 > 0.1 > low["score"] and high["model_version"].startswith(SHIPPED)
    csv = container.post("/invocations", content="paypal-login.com,paypal", headers={"Content-Type": "text/csv"})
    assert csv.text.startswith("paypal-login.com,paypal-login.com,paypal,0.99")


def test_a_model_is_loaded_listed_invoked_and_unloaded(container, unpacked):
    assert load(container, "hash-1", unpacked).status_code == 200
    described = {"modelName": "hash-1", "modelUrl": str(unpacked)}
    assert container.get("/models/hash-1").json() == described
    assert container.get("/models").json() == {"models": [described]}
    asked = {"content": PAIRS, "headers": {"Content-Type": "application/jsonlines"}}
    answer = container.post("/models/hash-1/invoke", **asked)
    assert [json.loads(line)["threshold"] for line in answer.text.splitlines()] == [1.0, 1.0]
    assert json.loads(answer.text.splitlines()[0])["model_version"] == BANKS
    assert container.delete("/models/hash-1").status_code == 200
    for gone in (
        container.delete("/models/hash-1"),
        container.get("/models/hash-1"),
        container.post("/models/hash-1/invoke", **asked),
    ):
        assert gone.status_code == 404


def test_an_archive_may_hold_the_artifact_s_folder(container, unpacked, tmp_path):
    (tmp_path / "other").mkdir()
    shutil.copytree(unpacked, tmp_path / "other" / BANKS)
    assert load(container, "inside", tmp_path / "other").status_code == 200
    assert container.get("/models/inside").json()["modelUrl"].endswith(BANKS)
    container.delete("/models/inside")


def test_a_long_listing_has_pages(container, unpacked):
    for name in "abc":
        load(container, name, unpacked)
    first = container.get("/models", params={"limit": 2}).json()
    assert [model["modelName"] for model in first["models"]] == ["a", "b"]
    rest = container.get("/models", params={"limit": 2, "next_page_token": first["nextPageToken"]}).json()
    assert [model["modelName"] for model in rest["models"]] == ["c"] and "nextPageToken" not in rest
    for name in "abc":
        container.delete(f"/models/{name}")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"[]", 400),
        (b'{"model_name": "x"}', 400),
        (b'{"model_name": 1, "url": "/x"}', 400),
        (b'{"model_name": "x", "url": "relative"}', 400),
        (b'{"model_name": "x", "url": "/nothing/here"}', 424),
        (b'{"model_name": "", "url": "/opt"}', 400),
        (b'{"model_name": "a/b", "url": "/opt"}', 400),
        (b'{"model_name": "\\ud800", "url": "/opt"}', 400),
        (b'{"model_name": "x", "url": "/' + b"a" * 5000 + b'"}', 400),
    ],
)
def test_what_cannot_be_loaded_is_told(container, body, status):
    answer = container.post("/models", content=body)
    assert answer.status_code == status and answer.json()["Message"]
    assert container.get("/models").json() == {"models": []}


def test_a_name_is_taken_once(container, unpacked):
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: load(container, "once", unpacked).status_code, range(4)))
    assert sorted(answers) == [200, 409, 409, 409]
    container.delete("/models/once")


@pytest.mark.parametrize("limit", ["0", "-1", "x", "1e9", "99999999999"])
def test_a_listing_of_no_number(container, limit):
    assert container.get("/models", params={"limit": limit}).status_code == 400


def test_the_runtime_s_own_path_is_not_open_in_a_container(container):
    assert container.post("/endpoints/squatwatch/invocations", content="a.com").status_code == 404


def test_the_paths_of_a_container_are_not_open_elsewhere(served):
    assert httpx.get(f"{served.url}/models").status_code == 404
    assert httpx.post(f"{served.url}/models", json={"model_name": "x", "url": "/etc"}).status_code == 404
