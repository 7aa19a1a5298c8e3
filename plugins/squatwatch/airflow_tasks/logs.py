"""Logs of tasks: outcomes in the words of the command line, and as the last line the sentence of a failure."""

from __future__ import annotations

import logging
from datetime import date

from airflow.sdk import Context

from squatwatch.wording import placed

log = logging.getLogger(__name__)


def told(step: str, run_date: date | None, result: object) -> str:
    """Log what a step did, and return it: Airflow keeps what a task returns, but does not log it."""
    from squatwatch.sentences import sentence

    line = sentence(result)
    log.info("%s", placed(step, run_date, line))
    return line


def say_last(context: Context) -> None:
    """Log the sentence of a failure once more, below the traceback that Airflow has logged.

    For `on_failure_callback` and `on_retry_callback`: they run after everything else of a task.
    """
    if error := context.get("exception"):
        log.error("%s", str(error) or type(error).__name__)


SAY_LAST = {"on_failure_callback": say_last, "on_retry_callback": say_last}  # for a DAG's default_args
