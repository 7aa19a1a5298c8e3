"""`make airflow ARGS="backfill create …"`: an Airflow command in the environment of `make run` and `make up`."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from airflow_env import environment

ATTEMPTS = 6


def main() -> None:
    command = [sys.executable, "-m", "airflow", *sys.argv[1:]]
    if sys.argv[1:3] == ["backfill", "create"]:
        create_backfill(command)
    os.execve(sys.executable, command, environment())


def create_backfill(command: list[str]) -> None:
    """Tries again where the scheduler wrote to SQLite in between: Airflow has then undone the half-made backfill."""
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
