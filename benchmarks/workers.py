"""One worker, then two, on a backfill of eight dates: wall seconds from the request until the last date is published.

    python benchmarks/workers.py [--dates 8] [--names 20000] [--at-once 4] [--turns 1]

The services of docker-compose.yml run as processes of this machine, as tests/test_cluster.py starts them, so PostgreSQL
and Redis have to be installed. One cluster makes all backfills, each of other dates, after a first date that is not
counted. All share the cores of this machine: what two machines would gain is not measured here.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from names import names_of_a_day, write_list

sys.path.insert(0, str(Path(__file__).parents[1] / "tests/servers"))
import postgresql
from cluster import DAG, Cluster, cluster
from processes import wait_for

FIRST = date(2024, 6, 1)


def main() -> None:
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="squatwatch-benchmark-") as folder:
        place, programs = Path(folder), postgresql.programs()
        if programs is None:
            sys.exit("no PostgreSQL server is installed")
        names = names_of_a_day(arguments.names)
        first, *others = windows = [dates(number, arguments.dates) for number in range(2 * arguments.turns + 1)]
        for run_date in (run_date for window in windows for run_date in window):
            marked = [name.replace(".", f"-{run_date:%y%j}.", 1) for name in names]
            write_list(place / f"{run_date}.txt", marked)
        dot_env = {
            "SQUATWATCH_SOURCES": "file",
            "SQUATWATCH_FILE_TEMPLATE": f"{place}/{{date:%Y-%m-%d}}.txt",
            "SQUATWATCH_SHARDS_AT_ONCE": str(arguments.at_once),
        }
        quicker = {"AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "600", "SQUATWATCH_DEVICE": "cpu"}
        with (
            postgresql.server(programs) as server,
            cluster(place / "cluster", server.url, dot_env, quicker) as services,
        ):
            print(f"{arguments.dates} dates of {arguments.names:,} names, {os.cpu_count()} cores", flush=True)
            services.programs.pop("gpu-worker").end()  # nobody scores on it here
            print(f"the first date of the data root: {backfilled(services, first[:1]):.0f} s", flush=True)
            for one, two in zip(others[::2], others[1::2], strict=True):
                print(f"one worker:  {backfilled(services, one):.0f} s", flush=True)
                services.start("worker", "worker-2")
                wait_for(lambda: services.waits_for_tasks("worker-2"), "the second worker")
                print(f"two workers: {backfilled(services, two):.0f} s", flush=True)
                services.programs.pop("worker-2").end()


def dates(number: int, count: int) -> list[date]:
    return [FIRST + timedelta(number * count + day) for day in range(count)]


def backfilled(services: Cluster, of: list[date]) -> float:
    """Return how long a backfill of the dates takes."""
    services.ask(f"/api/v2/dags/{DAG}", "PATCH", is_paused=False)
    window = {"from_date": f"{of[0]}T00:00:00Z", "to_date": f"{of[-1]}T00:00:00Z"}
    asked = {"dag_id": DAG, "max_active_runs": len(of), **window}
    # one backfill at a time, and one that is done is noted as such a little later
    wait_for(lambda: "id" in services.ask("/api/v2/backfills", "POST", **asked), "the backfill before")
    began = time.monotonic()
    while states(services, of) != {"success"}:
        time.sleep(1)
    return time.monotonic() - began


def states(services: Cluster, of: list[date]) -> set[str]:
    """Return the states of the dates' runs. Raises AssertionError where one has failed."""
    of_dates = [run for run in services.runs() if date.fromisoformat(run["logical_date"][:10]) in of]
    states = {run["state"] for run in of_dates}
    assert "failed" not in states
    return states if len(of_dates) == len(of) else set()


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dates", type=int, default=8)
    parser.add_argument("--names", type=int, default=20_000)
    parser.add_argument("--turns", type=int, default=1, help="how often both are measured")
    parser.add_argument("--at-once", type=int, default=4, help="SQUATWATCH_SHARDS_AT_ONCE")
    return parser.parse_args()


if __name__ == "__main__":
    main()
