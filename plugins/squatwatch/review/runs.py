"""What Airflow knows of the dates: which are being run, and where the last run failed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from airflow.api_fastapi.common.db.common import SessionDep
from airflow.models.dagrun import DagRun
from sqlalchemy import select

from squatwatch.review.access import DAG

LATEST = 500  # runs that are looked at
RUNNING = ("queued", "running")


def run_states(session: SessionDep) -> dict[date, str]:
    """By date `running` or `failed`, from the latest run of each."""
    latest = select(DagRun.logical_date, DagRun.conf, DagRun.state).where(DagRun.dag_id == DAG)
    states: dict[date, str] = {}
    for logical_date, conf, state in session.execute(latest.order_by(DagRun.id.desc()).limit(LATEST)):
        run_date = date_of(logical_date, conf)
        if run_date and run_date not in states:
            states[run_date] = "running" if str(state) in RUNNING else "failed" if str(state) == "failed" else ""
    return {run_date: state for run_date, state in states.items() if state}


def date_of(logical_date: datetime | None, conf: Mapping[str, Any] | None) -> date | None:
    """The date that a run examines, as `squatwatch.airflow_tasks.daily.run_date_of` has it."""
    given = (conf or {}).get("run_date")
    try:
        if given:
            return date.fromisoformat(str(given))
    except ValueError:
        return None
    return logical_date.astimezone(UTC).date() if logical_date else None
