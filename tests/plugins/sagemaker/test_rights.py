"""The list of rights has the calls that are made, and no other."""

from __future__ import annotations

import pytest
from faulty_proxy import faulty_proxy
from s3_rights import _asked as asked_of
from sagemaker_server import connection
from scored_remotely import DAY

from squatwatch import pipeline
from squatwatch.errors import SquatwatchError
from squatwatch.sagemaker.rights import CALLS, JOBS
from squatwatch.store import s3

pytestmark = pytest.mark.slow  # a container and a service are started for it


def test_all_calls_that_are_made_are_listed_and_no_others(machine, remote, monkeypatch):
    """Answers are refused, a put meets its own object, a job is too old: so each call is made."""
    with faulty_proxy(remote.s3) as proxy:
        monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", connection(proxy.address, remote.address))
        s3._client.cache_clear()
        remote.sagemaker.spoil = lambda lines: lines[:-1]
        for settings in (machine(), machine(sagemaker_timeout_minutes=1e-6)):
            proxy.once("lost", "PUT", "/pairs/")
            with pytest.raises(SquatwatchError):
                pipeline.score(settings, DAY)
            remote.sagemaker.go_on.clear()
    s3._client.cache_clear()
    used = {(f"sagemaker:{action}", JOBS) for action, _ in remote.sagemaker.asked}
    root = settings.sagemaker_url.removeprefix("s3://scoring/")
    for method, path in proxy.seen:
        action, resource, prefix = asked_of(method, path)
        below = (prefix or resource.partition("scoring/")[2]).removeprefix(f"{root}/")
        used.add((action, below.partition("/")[0] + "/"))
    assert used == set(CALLS)
