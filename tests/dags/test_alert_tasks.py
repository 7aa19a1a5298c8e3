"""Who is told and asked from within Airflow, when, and what a sink that is down does to a run."""

from __future__ import annotations

import pytest
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from squatwatch import pipeline
from squatwatch.airflow_tasks import between_days as alert_tasks
from squatwatch.airflow_tasks.daily import AlertsOperator, EnrichOperator
from squatwatch.alerts.results import Delivered, Delivery
from squatwatch.errors import SquatwatchError
from squatwatch.settings import settings as settings_of_process

DAY = "2026-11-07"


@pytest.fixture
def with_settings(monkeypatch, tmp_path):
    def put(**values):
        monkeypatch.setenv("SQUATWATCH_HOME", str(tmp_path))
        for name, value in values.items():
            monkeypatch.setenv(f"SQUATWATCH_{name.upper()}", str(value))
        settings_of_process.cache_clear()

    put()
    yield put
    settings_of_process.cache_clear()


def run(run_type="scheduled", **params):
    class DagRun:
        logical_date = None

    DagRun.run_type = run_type
    return {"params": {"run_date": DAY, **params}, "dag_run": DagRun}


@pytest.fixture
def told(monkeypatch):
    """The dates that the sinks were told of."""
    dates = []
    monkeypatch.setattr(
        pipeline, "alerts", lambda settings, run_date=None: dates.append(str(run_date)) or "siem: 3 sent"
    )
    return dates


def test_without_a_sink_nobody_is_told(with_settings, told):
    for somebody in (lambda: AlertsOperator(task_id="alerts").execute(run()), alert_tasks.deliver):
        with pytest.raises(AirflowSkipException, match="SQUATWATCH_ALERTS_FILE is not set"):
            somebody()
    assert told == []


def test_a_backfill_tells_nothing_unless_it_is_asked_to(with_settings, told):
    with_settings(alerts_file="alerts.yml")
    alerts = AlertsOperator(task_id="alerts")
    with pytest.raises(AirflowSkipException, match="with the param alert it does"):
        alerts.execute(run("backfill"))
    assert told == []
    assert alerts.execute(run("backfill", alert=True)) == alerts.execute(run("manual")) == "siem: 3 sent"
    assert told == [DAY, DAY]


def test_a_sink_that_is_down_fails_deliver_alerts_and_not_the_date(with_settings, monkeypatch):
    with_settings(alerts_file="alerts.yml")

    down = Delivered([Delivery("siem", problem="answered 500"), Delivery("mail", sent=3)])
    monkeypatch.setattr(pipeline, "alerts", lambda settings, run_date=None: down)
    line = "siem: answered 500 (siem: 0 sent; mail: 3 sent). What was not sent waits; squatwatch alerts sends it"
    assert AlertsOperator(task_id="alerts").execute(run()) == line
    with pytest.raises(AirflowFailException) as failure:
        alert_tasks.deliver()
    assert str(failure.value) == line


def test_an_alerts_file_that_does_not_do_fails_the_date(with_settings, monkeypatch):
    with_settings(alerts_file="alerts.yml")
    with pytest.raises(AirflowFailException, match=r"alerts\.yml cannot be read"):
        AlertsOperator(task_id="alerts").execute(run())


def test_nobody_is_asked_about_a_name_unless_that_is_switched_on(with_settings, monkeypatch):
    monkeypatch.setattr(pipeline, "enrich", lambda settings, run_date: f"{run_date}: 3 of 3 names looked up")
    monkeypatch.setattr(pipeline, "recheck", lambda settings: "1 of 1 names looked up")
    enrich = EnrichOperator(task_id="enrich")
    for somebody in (lambda: enrich.execute(run()), alert_tasks.recheck):
        with pytest.raises(AirflowSkipException, match="SQUATWATCH_ENRICH is not true"):
            somebody()
    with_settings(enrich="true")
    assert enrich.execute(run()) == f"{DAY}: 3 of 3 names looked up" and "1 of 1" in alert_tasks.recheck()


def test_a_database_that_cannot_be_written_fails_the_recheck(with_settings, monkeypatch):
    with_settings(enrich="true")

    def fail(settings):
        raise SquatwatchError("the database cannot be written")

    monkeypatch.setattr(pipeline, "recheck", fail)
    with pytest.raises(AirflowFailException, match="the database cannot be written"):
        alert_tasks.recheck()
