"""The figures of a date as a monitoring system gets them: by Airflow's own metrics, here to a StatsD server."""

from __future__ import annotations

import socket
from datetime import date
from types import SimpleNamespace

import pytest

from squatwatch import pipeline
from squatwatch.airflow_tasks.daily import PublishOperator
from squatwatch.warehouse import gauges
from squatwatch.warehouse.gauges import Gauge

DAY = date(2024, 6, 13)


@pytest.fixture
def statsd(monkeypatch):
    """A StatsD server on loopback, and Airflow told to send to it; gives what has arrived."""
    from airflow.sdk.observability import stats
    from airflow.sdk.observability.metrics import stats_utils

    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    server.settimeout(5)
    settings = {"statsd_on": "True", "statsd_host": "127.0.0.1", "statsd_port": server.getsockname()[1]}
    settings |= {"statsd_prefix": "airflow", "statsd_influxdb_enabled": "True"}
    for name, value in settings.items():
        monkeypatch.setenv(f"AIRFLOW__METRICS__{name.upper()}", str(value))
    stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=False)

    def arrived(count):
        return sorted(server.recv(1024).decode() for _ in range(count))

    yield arrived
    monkeypatch.undo()
    stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=False)
    server.close()


def test_what_is_published_of_a_date_is_told_with_its_tags(statsd, monkeypatch):
    figures = [Gauge("detections", 3, {"brand": "amazon"}), Gauge("score_psi", 0.25, {})]
    monkeypatch.setattr(pipeline, "publish_date", lambda settings, run_date: "published")
    monkeypatch.setattr(gauges, "gauges", lambda home, run_date: figures if run_date == DAY else [])
    context = {
        "params": {"run_date": str(DAY)},
        "dag_run": SimpleNamespace(logical_date=None, run_type="manual"),
        "ti": SimpleNamespace(try_number=1),
        "outlet_events": {},
    }
    assert PublishOperator(task_id="publish").execute(context) == "published"
    assert statsd(2) == ["airflow.squatwatch.detections,brand=amazon:3|g", "airflow.squatwatch.score_psi:0.25|g"]
