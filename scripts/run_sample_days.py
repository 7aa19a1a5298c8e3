"""Run the daily DAG (`make run`), by Airflow's own code, for the three newest days of the embedded sample.

No scheduler and no server: `dag.test` runs each date's tasks in this process, in order. Logs go to a file.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from airflow_env import ROOT, airflow_home, data_home, environment, prepare, tail

DAYS = 3


def main() -> None:
    gc.set_threshold(100_000)  # looking for garbage in what Airflow imports, where there is none, takes a sixth of it
    os.environ.update(environment() | {"SQUATWATCH_SOURCES": "sample"})
    say(f"Airflow's own database and logs are in {airflow_home()}, the data in {data_home()}.")
    say("Preparing Airflow …")
    prepare()
    from squatwatch.sources.sample import sample_dates

    log = airflow_home() / "logs" / "run_sample_days.log"
    log.write_bytes(b"")
    dates = sample_dates()[-DAYS:]
    for run_date in dates:
        run_day(run_date, log)
    show(dates)


def run_day(run_date: date, log: Path) -> None:
    """Run the DAG once. End the program with the message of the task that failed where it does not succeed."""
    started = time.monotonic()
    errors: list[str] = []
    with logged_to(log) as screen:
        state = airflow_run(run_date, lambda line: os.write(screen, f"{run_date}  {line}\n".encode()), errors.append)
    if state != "success":
        say("\n".join(errors) or tail(log, 30))
        sys.exit(f"The run of {run_date} ended as {state}; the whole log is {log}")
    say(f"{run_date}  done in {time.monotonic() - started:.0f} s")


def airflow_run(run_date: date, tell: Callable[[str], object], tell_error: Callable[[str], object]) -> str:
    """Run the DAG for the date; return the state that Airflow gives the run."""
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(ROOT / "dags", bundle_name="dags-folder")
    for error in bag.import_errors.values():
        tell_error(error)
        return "import error"
    dag = bag.dags["daily_detections"]
    for task in dag.tasks:
        changed = {
            "retries": 0,  # whoever watches would rather read the error than wait for the next try
            "on_execute_callback": [lambda context: tell(f"{context['ti'].task_id} …")],
            "on_failure_callback": [
                lambda context: tell_error(f"{context['ti'].task_id} failed: {context['exception']}")
            ],
        }
        (task.partial_kwargs if task.is_mapped else vars(task)).update(changed)
    run = dag.test(logical_date=datetime.combine(run_date, datetime.min.time(), UTC))
    return str(run.state)


@contextmanager
def logged_to(log: Path) -> Iterator[int]:
    """Send all output of this process, native libraries included, to the file; yield the descriptor of the screen."""
    sys.stdout.flush()
    screen, errors = os.dup(1), os.dup(2)
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    try:
        yield screen
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(screen, 1)
        os.dup2(errors, 2)
        os.close(screen)
        os.close(errors)


def show(dates: list[date]) -> None:
    """Print the detections of the dates, those that the ranking takes for no squats last, and what to do next."""
    listed = ", ".join(f"'{run_date}'" for run_date in dates)
    sql = (
        "select run_date, brand, domain, domain_unicode, round(score, 3) as score, taken_for, technique, reason"
        " from detections left join rankings using (run_date, detection_id, brand, domain)"
        f" where is_detection and run_date in ({listed})"
        " order by coalesce(taken_for, 'squat') <> 'squat', run_date, brand, score desc, domain"
    )
    squatwatch = Path(sys.executable).with_name("squatwatch")
    if subprocess.run([squatwatch, "query", sql], check=False).returncode:
        sys.exit(1)
    say('Ask for more: .venv/bin/squatwatch query "from detections limit 20"')
    say("Airflow in the browser: make up")


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main()
