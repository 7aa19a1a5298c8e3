"""The button that has a date made again, by Airflow's own runs."""

from __future__ import annotations

from datetime import date

import pytest

from squatwatch.review import refresh

DAY = date(2026, 11, 7)
OTHER = date(2026, 11, 5)


@pytest.fixture
def triggered(monkeypatch):
    """What Airflow was asked for; nothing is run."""
    runs: list[tuple[str, str, str]] = []

    def trigger_dag(dag_id, *, conf, triggering_user_name, **_):
        runs.append((dag_id, conf["run_date"], triggering_user_name))

    monkeypatch.setattr(refresh, "trigger_dag", trigger_dag)
    monkeypatch.setattr(refresh, "is_paused", lambda session: False)
    monkeypatch.setattr(refresh, "outdated_dates", lambda settings: [OTHER, DAY])
    return runs


def test_a_date_is_triggered_under_the_name_of_who_asks(page, triggered):
    answer = page().post("/refresh")
    assert answer.json() == {"words": "Airflow runs 2026-11-07 now. Reload the page in a minute."}
    assert triggered == [("daily_detections", "2026-11-07", "uma")]


def test_without_a_date_all_that_are_out_of_date_are(page, triggered):
    answer = page().post("/refresh", run_date=None)
    assert answer.json()["words"].startswith("Airflow runs 2026-11-05, 2026-11-07 now.")
    assert [run_date for _, run_date, _ in triggered] == ["2026-11-05", "2026-11-07"]


def test_what_is_being_run_is_not_started_twice(page, triggered):
    answer = page(runs={DAY: "running"}).post("/refresh")
    assert "being run already" in answer.json()["words"] and triggered == []


def test_a_paused_dag_is_said_to_be_paused(page, triggered, monkeypatch):
    monkeypatch.setattr(refresh, "is_paused", lambda session: True)
    assert "is paused: switch it on in Airflow" in page().post("/refresh").json()["words"]


def test_nothing_out_of_date_starts_nothing(page, triggered, monkeypatch):
    monkeypatch.setattr(refresh, "outdated_dates", lambda settings: [])
    assert page().post("/refresh", run_date=None).json() == {"words": "No date is out of date."}


def test_only_who_may_trigger_and_only_from_here(page, triggered):
    assert page(role="VIEWER").post("/refresh").status_code == 403
    assert page(role="").post("/refresh").status_code == 401
    assert page().post("/refresh", {"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert page().post("/refresh", wrong=1).status_code == 422
    assert triggered == []


def test_what_airflow_refuses_is_told(page, monkeypatch):
    from airflow.exceptions import DagNotFound

    def trigger_dag(*_, **__):
        raise DagNotFound("Dag id daily_detections not found in DagModel")

    monkeypatch.setattr(refresh, "trigger_dag", trigger_dag)
    answer = page().post("/refresh")
    assert answer.status_code == 409 and "did not start daily_detections for 2026-11-07" in answer.json()["detail"]


def test_an_outdated_date_offers_the_button_and_keeps_the_command_for_engineers(page, monkeypatch):
    from squatwatch.review.day import routes
    from squatwatch.review.day.freshness import Stale

    stale = Stale(DAY, DAY, 1, ("the brands have changed",), "squatwatch backfill --from 2026-11-07 --to 2026-11-07")
    monkeypatch.setattr(routes, "stale_or_none", lambda settings, run_date: stale)
    text = page().get("/").text
    assert 'data-refresh="2026-11-07" >Refresh 2026-11-07<' in text and 'data-refresh="">' in text
    assert "squatwatch backfill" in text.split('<details class="for-engineers">')[1]
    viewer = page(role="VIEWER").get("/").text
    assert "data-refresh" not in viewer and "read only" in viewer
    assert "Somebody who may trigger the DAG <code>daily_detections</code> can refresh it" in viewer
