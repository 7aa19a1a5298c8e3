"""A build of the project's tables: by its plan in this process, or by `dbt build` in a folder; what is said of it."""

from __future__ import annotations

import atexit
import json
import logging
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from squatwatch.dbt_runner.execute import Connection, Execution, Inputs
from squatwatch.dbt_runner.fixed import fixed_tables
from squatwatch.dbt_runner.kept import Kept, kept_of
from squatwatch.dbt_runner.plan import Plan
from squatwatch.dbt_runner.results import Result, failure, results_of_dbt, telling_line, warnings
from squatwatch.dbt_runner.server import OUTPUT, DbtServer
from squatwatch.errors import SquatwatchError

FLAGS = ("--no-use-colors", "--no-version-check", "--no-send-anonymous-usage-stats", "--partial-parse", "--quiet")

log = logging.getLogger(__name__)
dbt = DbtServer()
atexit.register(dbt.stop)


@dataclass(frozen=True)
class Build:
    """One build of the project: what to build, and how to speak of it."""

    project: Path
    target: str  # of the profile
    select: Sequence[str]  # dbt's options
    variables: Mapping[str, object]
    what: str  # the same in words
    again: str  # the command to try it again with
    log: Path  # of a failure
    cache: Path  # what is kept of builds
    always_by_dbt: bool = False
    inputs: Sequence[str] = ()  # names of the seeds and of the sources of files that the step puts in place
    fixed_inputs: str = ""  # a hash of those that are the same in every build

    @cached_property
    def kept(self) -> Kept:
        """The place of what is kept of such builds."""
        return kept_of(self.project, self.target, self.variables, self.fixed_inputs, self.cache)

    def plan(self) -> Plan | None:
        """Return the plan to do; None where dbt itself has to build."""
        return None if self.always_by_dbt else self.kept.plan()

    @property
    def why_dbt(self) -> str:
        """The reason why dbt builds, for people who wonder at the time it takes."""
        if self.always_by_dbt:
            return "SQUATWATCH_DBT asks for it"
        if reason := self.kept.why_no_plan():
            return f"it can have no plan, because {reason}"
        return "there was no plan yet of this project, these variables and these versions"


def build_by_plan(build: Build, plan: Plan, connection: Connection, inputs: Inputs) -> list[str]:
    """Do the plan of a build on the connection.

    Returns the tests that warn, a line each. Raises SquatwatchError naming the first model or test that failed, having
    written the log of all of them.
    """
    kept = build.kept
    tables = fixed_tables(plan, build.project, inputs.sources, kept.folder, kept.packaged_tables)
    results = Execution(plan, build.project, tables, connection, inputs).results()
    if problem := failure(results):
        _write_log(build.log, plan, results)
        raise _failed(build, problem)
    build.log.unlink(missing_ok=True)  # of an earlier failure
    return warnings(results)


def build_by_dbt(build: Build, folder: Path) -> list[str]:
    """Let dbt build in a folder that has a copy of the project with its inputs.

    What dbt has read of the same project before it need not read again, nor run its unit tests. Its plan is kept.
    Returns the tests that warn, a line each. Raises SquatwatchError naming the first model or test that failed, having
    put dbt's log at `log`.
    """
    kept = build.kept
    options = ["--project-dir", ".", "--profiles-dir", ".", "--target", build.target]
    options += ["--vars", json.dumps(build.variables)]
    is_known = kept.put_reading(folder)
    if is_known:
        options += ["--exclude-resource-type", "unit_test"]
    plan_for = None if kept.plan() else {"target": build.target, "key": kept.key, "inputs": [*build.inputs]}
    ended = dbt.invoke(folder, [*FLAGS, "build", *build.select, *options], plan_for)
    results = results_of_dbt(folder / "target")
    if ended:
        _keep_log(folder, build.log)
        raise _failed(build, _problem(folder, ended, results))
    build.log.unlink(missing_ok=True)
    if plan_for or not is_known:
        try:
            kept.keep(folder)
        except OSError as error:
            log.warning("nothing is kept of the dbt build, so the next one takes as long: %s", error)
    return warnings(results)


def _failed(build: Build, problem: str) -> SquatwatchError:
    return SquatwatchError(
        f"dbt build of {build.what} failed: {problem}. Nothing published was changed; "
        f"the whole log is {build.log}; to try again run: {build.again}"
    )


def _problem(folder: Path, ended: int, results: Sequence[Result]) -> str:
    if ended < 0:
        return f"it was ended by signal {-ended} (9 is often a lack of memory)"
    return failure(results) or telling_line(_output(folder))


def _keep_log(folder: Path, log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    written = folder / "logs/dbt.log"
    if written.is_file():
        shutil.copyfile(written, log)
    with log.open("a", encoding="utf-8") as file:
        file.write(f"\n{_output(folder)}")


def _write_log(log: Path, plan: Plan, results: Sequence[Result]) -> None:
    """Write each result with its time, and of those that failed the message and the SQL."""
    log.parent.mkdir(parents=True, exist_ok=True)
    nodes = {node.unique_id: node for node in plan.nodes}
    with log.open("w", encoding="utf-8") as file:
        for result in results:
            file.write(f"{result.status:8} {result.seconds:7.2f} s  {result.unique_id}\n")
        for result in results:
            if result.message:
                node = nodes[result.unique_id]
                file.write(f"\n{result.unique_id} ({node.path})\n{result.message}\n\n{node.sql}\n")


def _output(folder: Path) -> str:
    path = folder / OUTPUT
    return path.read_text("utf-8", "replace") if path.is_file() else ""
