"""Results of a build, dbt's own or a plan's: what failed in a sentence, what warns in lines."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TIME = re.compile(r"^\d\d:\d\d:\d\d\s+")
HEADING = re.compile(r"Encountered an error:|\w+ Error( in .*)?|Python model failed:")
FAILED = ("error", "fail", "runtime error")


@dataclass(frozen=True)
class Result:
    """The result of one model, seed or test, as dbt words it."""

    unique_id: str
    status: str  # success, pass, warn, fail, error, skipped
    message: str = ""
    failures: int = 0  # rows that a test found
    seconds: float = 0.0


def results_of_dbt(target: Path) -> list[Result]:
    """Return the results that dbt left in its target folder, in the order in which they came; none where it did not."""
    path = target / "run_results.json"
    results = json.loads(path.read_text("utf-8"))["results"] if path.is_file() else []
    return [
        Result(
            result["unique_id"],
            result["status"],
            result["message"] or "",
            result["failures"] or 0,
            result["execution_time"],
        )
        for result in results
    ]


def warnings(results: Sequence[Result]) -> list[str]:
    """Return a sentence for each test that warns; tests are named as what should hold: volumes_are_as_usual."""
    warn = [result for result in results if result.status == "warn"]
    return [f"not so: {_name(result.unique_id).replace('_', ' ')} ({result.failures:,} rows)" for result in warn]


def failure(results: Sequence[Result]) -> str | None:
    """Return the first that failed and why; None where all went well."""
    failed = [result for result in results if result.status in FAILED]
    if not failed:
        return None
    first, *others = failed
    kind = first.unique_id.split(".")[0].replace("_", " ")
    more = f" (and {len(others)} more)" if others else ""
    return f"{kind} {_name(first.unique_id)}: {telling_line(first.message)}{more}"


def telling_line(message: str) -> str:
    """Return the line that says what happened: a Python traceback's last, else the first that is no heading of dbt."""
    lines = [TIME.sub("", line).strip() for line in message.splitlines()]
    lines = [line for line in lines if line and not HEADING.fullmatch(line)]
    if not lines:
        return "no message"
    telling = lines[-1] if "Traceback (most recent call last):" in lines else lines[0]
    return telling.rstrip(" .:")


def _name(unique_id: str) -> str:
    kind, _, *names = unique_id.split(".")
    return names[-1] if kind == "unit_test" else names[0]
