"""What a person sees where something went wrong: a page, never raw JSON."""

from __future__ import annotations

import pytest

PERSON = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    "path, status, words",
    [
        ("/nowhere", 404, "There is nothing here"),
        ("/static/nothing.js", 404, "There is nothing here"),
        ("/labels", 404, "There is nothing here"),
        ("/?date=2026-13-45", 422, "date has to be written as 2024-06-13"),
        ("/?date=yesterday", 422, "This address cannot be understood"),
    ],
)
def test_a_wrong_address_is_a_page_for_a_person_and_json_for_a_program(page, path, status, words):
    answer = page().get(path, headers=PERSON)
    assert answer.status_code in (status, 405) and answer.headers["content-type"].startswith("text/html")
    assert words in answer.text and "To the newest day" in answer.text and "{&#34;" not in answer.text
    assert "Content-Security-Policy" in answer.headers
    assert page().get(path).headers["content-type"] == "application/json"


def test_who_may_not_read_the_dag_is_told_whom_to_ask(page, monkeypatch):
    from fastapi import HTTPException

    from squatwatch.review import access

    def refuse() -> None:
        raise HTTPException(403, "Forbidden")

    somebody = page()
    somebody.client.app.dependency_overrides[access.may_read] = refuse
    answer = somebody.get("/", headers=PERSON)
    assert answer.status_code == 403 and "may not read the DAG daily_detections" in answer.text
    assert "paypal" not in answer.text and "Content-Security-Policy" in answer.headers


def test_an_error_that_nobody_foresaw_is_a_page_without_its_text(page, monkeypatch):
    from fastapi.testclient import TestClient

    from squatwatch.review.day import routes

    def fail(*_: object) -> None:
        raise RuntimeError("postgresql://user:secret@host")

    monkeypatch.setattr(routes, "days", fail)
    client = TestClient(page().client.app, raise_server_exceptions=False)
    answer = client.get("/", headers=PERSON)
    assert answer.status_code == 500 and "nobody foresaw" in answer.text and "secret" not in answer.text
    assert "Content-Security-Policy" in answer.headers
    assert "The log of Airflow's API server has the whole error" in client.get("/").json()["detail"]


def test_a_verdict_that_the_database_cannot_take_is_kept_by_the_page_and_one_that_is_wrong_is_not(page, monkeypatch):
    """The page keeps what is answered by 503 and sends it again; what is answered by 409 would be refused again."""
    from squatwatch.errors import DatabaseTrouble, SquatwatchError
    from squatwatch.review.judging import routes

    def fail_with(error: Exception) -> int:
        def fail(*_: object) -> None:
            raise error

        monkeypatch.setattr(routes, "judge", fail)
        return page().post("/labels", run_date="2026-11-07", detection_ids=["1"], verdict="watch").status_code

    assert fail_with(DatabaseTrouble("the database at postgresql://desk cannot be written")) == 503
    assert fail_with(SquatwatchError("there are no detections of 2026-11-07")) == 409


def test_whose_session_has_ended_is_asked_to_log_in(page):
    answer = page(role="").get("/?date=2026-11-07", headers=PERSON)
    assert answer.status_code == 401 and "Your session has ended" in answer.text
    assert 'href="./../api/v2/auth/login?next=%2F%3Fdate%3D2026-11-07"' in answer.text


def test_a_failed_date_names_its_task_and_leads_to_its_log(page):
    from datetime import date

    from squatwatch.review.runs import FailedTask

    failed = FailedTask("load", "dags/daily_detections/runs/r%2F1/tasks/load")
    text = page(runs={date(2026, 11, 9): "failed"}, failed_task=failed).get("/?date=2026-11-09").text
    assert "The task <code>load</code> failed" in text
    assert 'href="./../dags/daily_detections/runs/r%2F1/tasks/load" data-airflow' in text
    assert "nothing is loaded" in text and 'data-refresh="2026-11-09"' in text


def test_a_held_date_says_why_with_its_checks_as_a_table(page, home):
    from datetime import date

    import polars as pl

    from squatwatch.lake.partitions import Lake
    from squatwatch.lake.tables import FEED_HEALTH

    day, detail = date(2026, 11, 9), "12 names; at least 1,000 are usual"
    rows = [
        ("name_count", "stopped", detail),
        ("repeats", "skipped", "no earlier list"),
        ("tld_count", "passed", "3 TLDs"),
    ]
    empty = dict.fromkeys(FEED_HEALTH.columns) | {"source": "whoisds"}
    checks = [empty | {"check_name": name, "result": result, "detail": text} for name, result, text in rows]
    Lake(home).write("feed_health", day, pl.DataFrame(checks))
    text = page(runs={day: "failed"}).get(f"/?date={day}").text
    assert "2 of 3 checks made" in text and '<details class="feed" id="feed" open>' in text
    table = text.split('<table class="checks">')[1].split("</table>")[0]
    assert detail in table and "not made" in table and table.count("<tr>") == 4
