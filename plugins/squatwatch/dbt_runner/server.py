"""dbt as a process that stays: importing it costs seconds, and a run needs it twice, a backfill many times.

It is a process of its own because dbt changes the working directory and keeps global state. It reads one request a
line from its standard input ({"folder": …, "arguments": […]}), builds, and answers with one line; it ends when its
input does, which is when whoever started it has ended.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Lock

from squatwatch.interrupts import children_uninterrupted

OUTPUT = "dbt_output.txt"  # in the folder of a build: what dbt printed


class DbtServer:
    """A process that runs dbt: started when it is first needed, and again where it has died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._lock = Lock()

    def invoke(self, folder: Path, arguments: list[str]) -> int | None:
        """Run dbt in the folder.

        Return 0 where all went well, 1 where something failed, minus the signal where one ended it.
        """
        with self._lock:
            process = self._running()
            assert process.stdin and process.stdout  # both are pipes, see `_running`
            try:
                process.stdin.write(json.dumps({"folder": str(folder), "arguments": arguments}) + "\n")
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
                    env=_environment(),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                )
        return self._process


def _environment() -> dict[str, str]:
    """Return this process's environment without settings of other dbt projects.

    It imports what this process imports, though it runs in another folder. One thread for linear algebra: more would
    add numbers up in an order that depends on the machine.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DBT_")}
    paths = os.pathsep.join(os.path.abspath(path) for path in sys.path if path)
    return inherited | {"DO_NOT_TRACK": "1", "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": paths}


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
                sys.stdout.flush()
            print(0 if result.success else 1, file=answers, flush=True)


if __name__ == "__main__":
    _serve()
