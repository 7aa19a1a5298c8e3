"""`make airflow ARGS="backfill create …"`: an Airflow command in the environment of `make run` and `make up`."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from airflow_env import AIRFLOW, database_file, environment

ATTEMPTS = 6
WITHOUT_DATABASE = ("db", "version", "info", "config", "providers", "standalone", "cheat-sheet")


def main() -> None:
    command = [*AIRFLOW, *sys.argv[1:]]
    if sys.argv[1:] and sys.argv[1] not in WITHOUT_DATABASE and not sys.argv[1].startswith("-"):
        demand_database()
    if sys.argv[1:3] == ["backfill", "create"]:
        create_backfill(command)
    os.execve(sys.executable, command, environment())


def demand_database() -> None:
    """End the program where Airflow has no database yet, and say which command makes it."""
    database = database_file()
    if not database.is_file():
        sys.exit(f"Airflow has no database yet ({database}): run `make up` or `make run` first; they make it")


def create_backfill(command: list[str]) -> None:
    """Create the backfill; try again where the scheduler wrote to SQLite in between and Airflow undid it."""
    for attempt in range(1, ATTEMPTS + 1):
        done = subprocess.run(
            command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        if done.returncode == 0 or "database is locked" not in done.stdout or attempt == ATTEMPTS:
            print(done.stdout, end="")
            sys.exit(done.returncode)
        print(f"Airflow's database is busy; trying again ({attempt + 1} of {ATTEMPTS})", flush=True)
        time.sleep(attempt)


main()
