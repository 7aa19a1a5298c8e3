"""Airflow's own code at the gate: a source that fails does not hold up the others, a list that looks wrong stops."""

import logging
from datetime import UTC, date, datetime

import pytest
from airflow.sdk.exceptions import AirflowSkipException

from squatwatch.feed_health.rules import SHIPPED
from squatwatch.lake.partitions import Lake

DAY = date(2026, 11, 5)
AFTER_HEALTH = "transform|score|publish"


@pytest.fixture
def run(airflow_database, load_dags):
    """Runs the DAG for DAY with the steps after health taken as done; gives the state of the run and of its tasks."""

    def run_the_dag():
        midnight = datetime.combine(DAY, datetime.min.time(), UTC)
        outcome = load_dags()["daily_detections"].test(logical_date=midnight, mark_success_pattern=AFTER_HEALTH)
        states = {}
        for task in sorted(outcome.get_task_instances(), key=lambda task: task.map_index):
            states.setdefault(task.task_id, []).append(str(task.state))
        return str(outcome.state), {name: " ".join(each) for name, each in states.items()}

    return run_the_dag


@pytest.fixture
def two_sources(tmp_path, monkeypatch):
    """The sample and a folder of files; gives the file of DAY, which is not there yet."""
    monkeypatch.setenv("SQUATWATCH_SOURCES", "sample,file")
    monkeypatch.setenv("SQUATWATCH_FILE_TEMPLATE", str(tmp_path / "{date:%Y-%m-%d}.txt"))
    return tmp_path / f"{DAY}.txt"


@pytest.fixture
def told(logs, capfd, caplog):
    """All that tasks have told: Airflow writes it to its logs, to the screen, or hands it to Python's logging."""
    caplog.set_level(logging.INFO, "squatwatch")  # as in a task, which logs from INFO on
    return lambda: logs() + "".join(capfd.readouterr()) + caplog.text


def received(home):
    rows = Lake(home).read("feed_health", DAY).filter(check_name="received")
    return dict(rows.select("source", "result").iter_rows())


@pytest.mark.slow
def test_a_date_is_made_from_the_lists_that_came_and_completed_later(run, two_sources, tmp_path, told):
    state, tasks = run()
    assert tasks["download"] == "success failed"
    assert tasks["load"] == tasks["health"] == tasks["publish"] == state == "success"
    assert received(tmp_path / "data") == {"file": "warned", "sample": "passed"}
    output = told()
    assert "PARTIAL: no list from file" in output
    assert "1 warned; received of file: no list came: the date is partial" in output

    two_sources.write_text("".join(f"name-{n}.com\n" for n in range(2000)))
    state, tasks = run()
    assert tasks["download"] == "success success"
    assert received(tmp_path / "data") == {"file": "passed", "sample": "passed"}


def test_where_no_list_came_nothing_is_loaded(run, two_sources, monkeypatch):
    monkeypatch.setenv("SQUATWATCH_SOURCES", "file")
    state, tasks = run()
    assert (state, tasks["download"], tasks["load"]) == ("failed", "failed", "upstream_failed")


def test_where_download_is_skipped_the_rest_is(run, monkeypatch):
    """The scheduler's own run of a day after the sample's last."""

    def skip(run_date, context):
        raise AirflowSkipException("the sample ends")

    monkeypatch.setattr("squatwatch.airflow_tasks.daily._skip_what_the_sample_never_has", skip)
    state, tasks = run()
    assert state == "success"
    assert set(tasks.values()) == {"skipped"}


def test_a_list_that_looks_wrong_fails_at_once_and_says_what_to_do(run, tmp_path, monkeypatch, told):
    rules = tmp_path / "rules.yml"
    rules.write_text(SHIPPED.read_text().replace("stop: {least: 1000, ", "stop: {least: 5000, "))
    monkeypatch.setenv("SQUATWATCH_FEED_HEALTH_FILE", str(rules))
    state, tasks = run()
    assert state == "failed"
    assert (tasks["load"], tasks["health"], tasks["transform"]) == ("success", "failed", "upstream_failed")
    output = told().replace('\\"', '"')
    for part in ("the list of 2026-11-05 from sample", "name_count of sample: 2,789 names", "at least 5,000 expected"):
        assert part in output
    assert "squatwatch run --date 2026-11-05 --refetch" in output
    assert 'squatwatch health --date 2026-11-05 --accept "REASON"' in output
    assert received(tmp_path / "data") == {"sample": "passed"}  # the result is kept also where it stops
