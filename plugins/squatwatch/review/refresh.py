"""Have dates run by Airflow: the button that stands where an analyst would need a shell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from airflow.api.common.trigger_dag import trigger_dag
from airflow.api_fastapi.common.db.common import SessionDep
from airflow.models.dag import DagModel
from airflow.sdk.exceptions import AirflowException
from airflow.utils.types import DagRunTriggeredByType
from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict

from squatwatch import DAILY_DAG
from squatwatch.errors import SquatwatchError
from squatwatch.review.access import json_body
from squatwatch.review.day.freshness import outdated_dates
from squatwatch.review.runs import run_states
from squatwatch.settings import settings

FEWEST = 5  # dates that are named one by one


class Wanted(BaseModel):
    """The date to make again, whatever its state; without one, all dates that are out of date."""

    model_config = ConfigDict(extra="forbid")

    run_date: date | None = None


def router() -> APIRouter:
    """Return the route `POST /refresh`, which answers with a sentence in `words`."""
    posts = APIRouter()

    @posts.post("/refresh")
    def refresh(
        request: Request,
        session: SessionDep,
        body: bytes = Depends(json_body),
        runs: Mapping[date, str] = Depends(run_states),
    ) -> dict[str, str]:
        wanted = Wanted.model_validate_json(body)
        run_dates = [wanted.run_date] if wanted.run_date else outdated_dates(settings())
        idle = [run_date for run_date in run_dates if runs.get(run_date) != "running"]
        trigger(idle, request.state.reader.name)
        return {"words": words(run_dates, idle, is_paused(session))}

    return posts


def trigger(run_dates: Sequence[date], user_name: str) -> None:
    """Start a run of `daily_detections` for each date. Raises SquatwatchError where Airflow refuses."""
    for run_date in run_dates:
        try:
            trigger_dag(
                DAILY_DAG,
                triggered_by=DagRunTriggeredByType.UI,
                triggering_user_name=user_name,
                conf={"run_date": run_date.isoformat()},
            )
        except (AirflowException, ValueError) as error:
            raise SquatwatchError(f"Airflow did not start {DAILY_DAG} for {run_date}: {error}") from None


def is_paused(session: SessionDep) -> bool:
    """Tell whether the DAG is switched off in Airflow, so that runs wait."""
    dag = session.get(DagModel, DAILY_DAG)
    return bool(dag and dag.is_paused)


def words(run_dates: Sequence[date], started: Sequence[date], paused: bool) -> str:
    """Return what the button has done, in a sentence or two."""
    if not run_dates:
        return "No date is out of date."
    if not started:
        return f"{_named(run_dates)}: being run already. Reload the page in a minute."
    begun = f"Airflow runs {_named(started)} now."
    if paused:
        return f"{begun} It waits, because the DAG {DAILY_DAG} is paused: switch it on in Airflow."
    return f"{begun} Reload the page in a minute."


def _named(run_dates: Sequence[date]) -> str:
    if len(run_dates) > FEWEST:
        return f"{len(run_dates)} dates, {min(run_dates)} to {max(run_dates)},"
    return ", ".join(map(str, run_dates))
