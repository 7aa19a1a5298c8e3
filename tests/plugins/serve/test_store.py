"""A server of a data root in a store: a model that another machine adds can be asked for without a new start."""

from __future__ import annotations

import time

from botocore.exceptions import ClientError
from scoring_server import invoke, runtime_client, serving
from served_models import BANKS, write_copy

from squatwatch.models.registry import keep_artifact, use
from squatwatch.serve import server as server_module
from squatwatch.settings import read_settings
from squatwatch.store.door import work_on
from squatwatch.store.scope import Scope


def test_a_model_that_another_machine_adds(tmp_path, monkeypatch):
    monkeypatch.setattr(server_module, "LOOK_SECONDS", 0.1)
    (tmp_path / "share").mkdir()
    here, there = (
        read_settings(
            home=f"file://{tmp_path}/share", scratch=tmp_path / name, database_url=f"sqlite:///{tmp_path}/labels.db"
        )
        for name in ("here", "there")
    )
    artifact = write_copy(tmp_path / "artifact", BANKS, threshold=1.0, thresholds={})

    def add(root):
        keep_artifact(root.home, "banks", artifact, BANKS)
        use(root.home, "banks", BANKS, "ana")

    with serving(here) as served:
        client = runtime_client(served.url)
        assert ask(client) == "there is no model banks; put one there: squatwatch models add banks FOLDER"
        work_on(there, Scope([]), add)
        end = time.monotonic() + 60
        while "0.99" not in (said := ask(client)):
            assert time.monotonic() < end, said
            time.sleep(0.05)
        assert b"ModelDownloadingTime_count" in served.server.metrics.text()


def ask(client):
    try:
        return invoke(client, "paypal-login.com,paypal", TargetModel="banks")
    except ClientError as error:
        return error.response["Error"]["Message"]
