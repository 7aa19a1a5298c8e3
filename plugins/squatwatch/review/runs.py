"""Airflow's knowledge of the dates: which are being run, where the last run failed, and in which task."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, NamedTuple
from urllib.parse import quote

from airflow.api_fastapi.common.db.common import SessionDep
from airflow.models.dagrun import DagRun
from airflow.models.taskinstance import TaskInstance
from sqlalchemy import select

from squatwatch import DAILY_DAG

LATEST = 500  # runs that are looked at
RUNNING = ("queued", "running")


class FailedTask(NamedTuple):
    """The first task that failed in the latest run of a date; `log` is its page below Airflow's root."""

    task_id: str
    log: str


def run_states(session: SessionDep) -> dict[date, str]:
    """Return `{run_date: "running" or "failed"}`, from the latest run of each date."""
    states: dict[date, str] = {}
    for run_date, _, state in _latest_runs(session):
        states.setdefault(run_date, "running" if state in RUNNING else state)
    return {run_date: state for run_date, state in states.items() if state in ("running", "failed")}


def failures(session: SessionDep) -> Callable[[date], FailedTask | None]:
    """Return a function that finds the failed task of a date's latest run; None where none failed."""

    def failed_task(run_date: date) -> FailedTask | None:
        run_id = next((run_id for day, run_id, _ in _latest_runs(session) if day == run_date), None)
        failed = (
            select(TaskInstance.task_id, TaskInstance.map_index)
            .where(TaskInstance.dag_id == DAILY_DAG, TaskInstance.run_id == run_id, TaskInstance.state == "failed")
            .order_by(TaskInstance.end_date)
        )
        if row := session.execute(failed).first():
            return FailedTask(row.task_id, _log_page(run_id or "", row.task_id, row.map_index))
        return None

    return failed_task


def _latest_runs(session: SessionDep) -> Iterator[tuple[date, str, str]]:
    """Yield run date, run id and state of the latest runs, the newest first."""
    runs = select(DagRun.logical_date, DagRun.conf, DagRun.run_id, DagRun.state).where(DagRun.dag_id == DAILY_DAG)
    latest = runs.order_by(DagRun.id.desc()).limit(LATEST)
    for logical_date, conf, run_id, state in session.execute(latest).tuples():
        if run_date := date_of(logical_date, conf):
            yield run_date, run_id, str(state)


def date_of(logical_date: datetime | None, conf: Mapping[str, Any] | None) -> date | None:
    """Return the date that a run examines, as `squatwatch.airflow_tasks.daily.run_date_of` has it."""
    given = (conf or {}).get("run_date")
    try:
        if given:
            return date.fromisoformat(str(given))
    except ValueError:
        return None
    return logical_date.astimezone(UTC).date() if logical_date else None


def _log_page(run_id: str, task_id: str, map_index: int) -> str:
    mapped = f"/mapped/{map_index}" if map_index >= 0 else ""
    return f"dags/{DAILY_DAG}/runs/{quote(run_id, safe='')}/tasks/{task_id}{mapped}"
