"""dbt as a process that stays: importing it costs seconds, and a run needs it twice, a backfill many times.

It is a process of its own because dbt changes the working directory and keeps global state. It reads one request a
line from its standard input ({"folder": …, "arguments": […], "plan_for": …}), builds, makes a plan of the build where
one is asked for, and answers with one line; it ends when its input does, which is when whoever started it has ended.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from squatwatch.dbt_runner.environment import environment
from squatwatch.interrupts import children_uninterrupted

OUTPUT = "dbt_output.txt"  # in the folder of a build: what dbt printed
MADE_PLAN = Path("target/plan.json")  # there too: the plan of the build
WHY_NO_PLAN = Path("target/no_plan.txt")  # or why there is none


class DbtServer:
    """A process that runs dbt: started when it is first needed, and again where it has died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._lock = Lock()

    def invoke(self, folder: Path, arguments: list[str], plan_for: Mapping[str, object] | None = None) -> int | None:
        """Run dbt in the folder; `plan_for` are target, key and inputs of a plan to make of it.

        Return 0 where all went well, 1 where something failed, minus the signal where one ended it.
        """
        with self._lock:
            process = self._running()
            assert process.stdin and process.stdout  # both are pipes, see `_running`
            try:
                process.stdin.write(
                    json.dumps({"folder": str(folder), "arguments": arguments, "plan_for": plan_for}) + "\n"
                )
                process.stdin.flush()
                answer = process.stdout.readline()
            except BrokenPipeError:
                answer = ""
            except KeyboardInterrupt:
                process.kill()
                raise
            ended: int = json.loads(answer) if answer else (process.wait() or 1)
            return ended

    def kill(self) -> None:
        """End the process at once, whatever it is building."""
        if self._process:
            self._process.kill()

    def stop(self) -> None:
        """Let the process finish what it builds, then end it."""
        with self._lock:
            if self._process:
                assert self._process.stdin  # a pipe, see `_running`
                self._process.stdin.close()
                self._process.wait()
                self._process = None

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            with children_uninterrupted():
                # -P: nothing in the working directory is imported by accident
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "squatwatch.dbt_runner.server"],
                    env=environment(),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
        return self._process


def _serve() -> None:
    gc.set_threshold(100_000)  # dbt makes many objects that stay; looking through them seldom saves a tenth of its time
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    with os.fdopen(os.dup(1), "w") as answers:
        for line in sys.stdin:
            request = json.loads(line)
            os.chdir(request["folder"])
            with Path(OUTPUT).open("w") as output:
                os.dup2(output.fileno(), 1)
                os.dup2(output.fileno(), 2)
                result = dbtRunner().invoke(request["arguments"])
                # the next build has another database at the same path
                DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call] # dbt-duckdb has none
                if result.exception:
                    print(result.exception, flush=True)
                if result.success and request["plan_for"]:
                    _write_plan(**request["plan_for"])
                sys.stdout.flush()
            print(0 if result.success else 1, file=answers, flush=True)


def _write_plan(target: str, key: str, inputs: list[str]) -> None:
    """Leave the plan of the build. One that cannot be made costs time, later, and not this build."""
    from squatwatch.dbt_runner.compile import NotPlannable, compile_plan

    try:
        MADE_PLAN.write_text(compile_plan(Path(), target, key, inputs).written(), "utf-8")
    except NotPlannable as reason:
        WHY_NO_PLAN.write_text(str(reason), "utf-8")
    except Exception as error:
        traceback.print_exc()
        WHY_NO_PLAN.write_text(f"{type(error).__name__}: {error}", "utf-8")


if __name__ == "__main__":
    _serve()
