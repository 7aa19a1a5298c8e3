"""One `dbt build` in a folder, as a process of its own: dbt changes the working directory and keeps global state."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from squatwatch.dbt_parsed import keep, kept_reading, take
from squatwatch.errors import SquatwatchError

FLAGS = ("--no-use-colors", "--no-version-check", "--no-send-anonymous-usage-stats", "--partial-parse", "--quiet")
# dbt makes many objects that stay until it ends; looking through them less often for garbage saves a tenth of its time
DBT = "import gc; gc.set_threshold(100_000); from dbt.cli.main import cli; cli()"
TIME = re.compile(r"^\d\d:\d\d:\d\d\s+")
HEADING = re.compile(r"Encountered an error:|\w+ Error( in .*)?|Python model failed:")
FAILED = ("error", "fail", "runtime error")


def dbt_build(folder: Path, variables: dict[str, object], *, what: str, again: str, log: Path, cache: Path) -> None:
    """Builds seeds, models and tests of the project in `folder`; its profile is there too.

    The same project built before is not read again, and its unit tests are not run again (`dbt_parsed`, in `cache`).

    Raises SquatwatchError naming the first model or test that failed, having put dbt's log at `log`. `what` is built,
    in words, and `again` the command to try it again with.
    """
    reading = kept_reading(cache, folder, variables)
    is_known = take(reading, folder)
    # -P: nothing in `folder` is imported by accident
    command = [sys.executable, "-P", "-c", DBT, *FLAGS, "build"]
    command += ["--exclude-resource-type", "unit_test"] if is_known else []
    result = subprocess.run(
        [*command, "--project-dir", ".", "--profiles-dir", ".", "--vars", json.dumps(variables)],
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if result.returncode:
        _keep_log(folder, log, result.stdout)
        raise SquatwatchError(
            f"dbt build of {what} failed: {_failure(folder, result)}. Nothing published was changed; "
            f"the whole log is {log}; to try again run: {again}"
        )
    log.unlink(missing_ok=True)  # of an earlier failure
    keep(folder, reading)


def _environment() -> dict[str, str]:
    """This process's environment without settings of other dbt projects.

    It imports what this process imports, though it runs in another folder. One thread for linear algebra: more would
    add numbers up in an order that depends on the machine.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DBT_")}
    if paths := inherited.get("PYTHONPATH"):
        inherited["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, paths.split(os.pathsep)))
    return inherited | {"DO_NOT_TRACK": "1", "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1"}


def _keep_log(folder: Path, log: Path, output: str) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    written = folder / "logs/dbt.log"
    if written.is_file():
        shutil.copyfile(written, log)
    with log.open("a", encoding="utf-8") as file:
        file.write(f"\n{output}")


def _failure(folder: Path, result: subprocess.CompletedProcess[str]) -> str:
    if result.returncode < 0:
        return f"it was ended by signal {-result.returncode} (9 is often a lack of memory)"
    results = folder / "target/run_results.json"
    failed = [
        each
        for each in (json.loads(results.read_text("utf-8"))["results"] if results.is_file() else [])
        if each["status"] in FAILED
    ]
    if not failed:
        return _telling_line(result.stdout)
    more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
    kind, _, *names = failed[0]["unique_id"].split(".")
    name = names[-1] if kind == "unit_test" else names[0]
    return f"{kind.replace('_', ' ')} {name}: {_telling_line(failed[0]['message'] or '')}{more}"


def _telling_line(message: str) -> str:
    """The line that says what happened: of a Python traceback the last, else the first that is no heading of dbt's."""
    lines = [TIME.sub("", line).strip() for line in message.splitlines()]
    lines = [line for line in lines if line and not HEADING.fullmatch(line)]
    if not lines:
        return "no message"
    telling = lines[-1] if "Traceback (most recent call last):" in lines else lines[0]
    return telling.rstrip(" .:")
