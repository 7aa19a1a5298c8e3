"""One `dbt build` in a folder (`build_folder`), and what it says when it fails."""

from __future__ import annotations

import atexit
import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from squatwatch.dbt_runner.parsed import keep, kept_reading, take
from squatwatch.dbt_runner.server import OUTPUT, DbtServer
from squatwatch.errors import SquatwatchError

FLAGS = ("--no-use-colors", "--no-version-check", "--no-send-anonymous-usage-stats", "--partial-parse", "--quiet")
TIME = re.compile(r"^\d\d:\d\d:\d\d\s+")
HEADING = re.compile(r"Encountered an error:|\w+ Error( in .*)?|Python model failed:")
FAILED = ("error", "fail", "runtime error")

dbt = DbtServer()
atexit.register(dbt.stop)


def dbt_build(
    folder: Path,
    target: str,
    select: Sequence[str],
    variables: dict[str, object],
    *,
    what: str,
    again: str,
    log: Path,
    cache: Path,
) -> list[str]:
    """Build models and tests of the project in `folder`, whose profile is there too, for one of its targets.

    The same project built before is not read again, and its unit tests are not run again (`dbt_parsed`, in `cache`).
    `select` are dbt's options; `what` is the same in words, and `again` the command to try it again with. Returns the
    tests that warn, a line each. Raises SquatwatchError naming the first model or test that failed, having put dbt's
    log at `log`.
    """
    reading = kept_reading(cache, folder, {"target": target, **variables})
    options = ["--project-dir", ".", "--profiles-dir", ".", "--target", target, "--vars", json.dumps(variables)]
    if take(reading, folder):
        options += ["--exclude-resource-type", "unit_test"]
    ended = dbt.invoke(folder, [*FLAGS, "build", *select, *options])
    if ended:
        _keep_log(folder, log)
        raise SquatwatchError(
            f"dbt build of {what} failed: {_failure(folder, ended)}. Nothing published was changed; "
            f"the whole log is {log}; to try again run: {again}"
        )
    log.unlink(missing_ok=True)  # of an earlier failure
    keep(folder, reading)
    return [_warning(result) for result in _results(folder) if result["status"] == "warn"]


def _keep_log(folder: Path, log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    written = folder / "logs/dbt.log"
    if written.is_file():
        shutil.copyfile(written, log)
    with log.open("a", encoding="utf-8") as file:
        file.write(f"\n{_output(folder)}")


def _output(folder: Path) -> str:
    path = folder / OUTPUT
    return path.read_text("utf-8", "replace") if path.is_file() else ""


def _failure(folder: Path, ended: int) -> str:
    if ended < 0:
        return f"it was ended by signal {-ended} (9 is often a lack of memory)"
    failed = [result for result in _results(folder) if result["status"] in FAILED]
    if not failed:
        return _telling_line(_output(folder))
    more = f" (and {len(failed) - 1} more)" if len(failed) > 1 else ""
    kind, _, *names = failed[0]["unique_id"].split(".")
    name = names[-1] if kind == "unit_test" else names[0]
    return f"{kind.replace('_', ' ')} {name}: {_telling_line(failed[0]['message'] or '')}{more}"


def _results(folder: Path) -> list[dict[str, Any]]:
    path = folder / "target/run_results.json"
    results: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["results"] if path.is_file() else []
    return results


def _warning(result: dict[str, Any]) -> str:
    """Return a test that warns as a sentence; it is named as what should hold: no_brand_raises_twice_its_budget."""
    name = result["unique_id"].split(".")[2].replace("_", " ")
    return f"not so: {name} ({result['failures']:,} rows)"


def _telling_line(message: str) -> str:
    """Return the line that says what happened: a Python traceback's last, else the first that is no heading of dbt."""
    lines = [TIME.sub("", line).strip() for line in message.splitlines()]
    lines = [line for line in lines if line and not HEADING.fullmatch(line)]
    if not lines:
        return "no message"
    telling = lines[-1] if "Traceback (most recent call last):" in lines else lines[0]
    return telling.rstrip(" .:")
