"""Doing a plan: its seeds, models and data tests, one after the other, on one DuckDB connection of this process."""

from __future__ import annotations

import glob
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import polars as pl

from squatwatch.dbt_runner.plan import DataTest, Node, Plan
from squatwatch.dbt_runner.results import FAILED, Result
from squatwatch.warehouse.catalog import comment_on
from squatwatch.warehouse.connection import literal

Connection = duckdb.DuckDBPyConnection
INTERRUPTED = "Query interrupted"  # what DuckDB raises, as a RuntimeError, where Ctrl-C ends a query


@dataclass(frozen=True)
class Inputs:
    """Inputs of a build that are no tables of its database: rows of seeds, Parquet files of sources, by their names."""

    seeds: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    sources: Mapping[str, Sequence[Path]] = field(default_factory=dict)


@contextmanager
def open_database(plan: Plan, database: Path | str, folder: Path) -> Iterator[Connection]:
    """Open a database with the options of the project's profile; what does not fit into memory goes into the folder."""
    places = {"threads": str(plan.threads), "temp_directory": str(folder / "spill")}
    with duckdb.connect(database, config={**plan.options, **places}) as connection:
        yield connection


def source_view(name: str) -> str:
    """Return the name, quoted, of the view through which a plan reads a source."""
    return f'"source {name}"'


def plan_of_model(plan: Plan, model: str, given: Sequence[str]) -> Plan:
    """Return the plan that makes one model, and tests it, where tables that it reads are `given` as sources of files.

    What else it reads has to be a view of a source.
    """
    nodes = {node.name: node for node in plan.nodes if not node.test}
    tables = [
        nodes[name].model_copy(update={"kind": "view", "sql": f"from {source_view(name)}", "after": []})
        for name in given
    ]
    views = [node for node in plan.nodes if node.unique_id in nodes[model].after and node.kind == "view"]
    tests = [node for node in plan.nodes if node.test and node.after == [nodes[model].unique_id]]
    sources = [name for name in plan.sources if any(source_view(name) in view.sql for view in views)]
    return plan.model_copy(update={"sources": [*given, *sources], "nodes": [*tables, *views, nodes[model], *tests]})


@dataclass(frozen=True)
class Execution:
    """A plan, ready to be done on a connection: `project` has the models in Python, `tables` the fixed tables."""

    plan: Plan
    project: Path
    tables: Path
    connection: Connection
    inputs: Inputs

    def results(self) -> list[Result]:
        """Do the plan; what comes after a node that failed is skipped, everything else is done."""
        for name in self.plan.sources:
            self.connection.execute(f"create temp view {source_view(name)} as {_files(self.inputs.sources[name])}")
        results: list[Result] = []
        failed: set[str] = set()
        for node in self.plan.nodes:
            is_skipped = bool(failed.intersection(node.after))
            results.append(Result(node.unique_id, "skipped") if is_skipped else self._result(node))
            if is_skipped or results[-1].status in FAILED:
                failed.add(node.unique_id)
        return results

    def _result(self, node: Node) -> Result:
        began = time.perf_counter()
        status, message, failures = "success", "", 0
        try:
            if node.test:
                status, message, failures = self._test(node.sql, node.test)
            else:
                self._make_whole(node)
        except duckdb.Error as error:
            status, message = "error", str(error)
        except (Exception, SystemExit) as error:  # of a model in Python, which may raise whatever it likes
            if str(error) == INTERRUPTED:
                raise KeyboardInterrupt from None
            status, message = "error", traceback.format_exc()
        return Result(node.unique_id, status, message, failures, time.perf_counter() - began)

    def _test(self, sql: str, test: DataTest) -> tuple[str, str, int]:
        conditions = f"{test.fail_calc}, {test.fail_calc} {test.warn_if}, {test.fail_calc} {test.error_if}"
        [(failures, warns, fails)] = self.connection.execute(f"select {conditions} from ({sql}\n)").fetchall()
        said = f"Got {failures} result{'' if failures == 1 else 's'}, configured to"
        if fails and test.severity.lower() == "error":
            return "fail", f"{said} fail if {test.error_if}", failures
        if warns:
            return "warn", f"{said} warn if {test.warn_if}", failures
        return "pass", "", failures

    def _make_whole(self, node: Node) -> None:
        """Make a table or view with its comments, or nothing: one transaction, because each waits for the disk."""
        self.connection.begin()
        try:
            self._make(node)
        except BaseException:
            self.connection.rollback()
            raise
        self.connection.commit()

    def _make(self, node: Node) -> None:
        if node.schema_name != "main":
            self.connection.execute(f'create schema if not exists "{node.schema_name}"')
        if node.kind == "view":
            self.connection.execute(f"create view {node.relation} as ({node.sql}\n)")
        elif node.kind == "table":
            self._create_table(node, f"({node.sql}\n)")
        elif node.kind == "file":
            self._create_table(node, f"({_files([self.tables / node.file_name])})")
        else:
            rows = self.inputs.seeds[node.name] if node.kind == "seed" else self._rows_of_python(node)
            self.connection.register("rows made in Python", rows)
            self._create_table(node, '"rows made in Python"')
            self.connection.unregister("rows made in Python")
        self._comment(node)

    def _create_table(self, node: Node, rows: str) -> None:
        if not node.types:
            self.connection.execute(f"create table {node.relation} as from {rows}")
            return
        columns = ", ".join(f'"{name}"' for name in node.types)
        typed = ", ".join(f'"{name}" {type_}' for name, type_ in node.types.items())
        self.connection.execute(f"create table {node.relation} ({typed})")
        self.connection.execute(f"insert into {node.relation} select {columns} from {rows}")

    def _rows_of_python(self, node: Node) -> Any:
        """Return what the model's function returns. Of dbt it is given `ref`; a plan has no model that needs more."""
        path = self.project / node.path
        module: dict[str, Any] = {"__name__": node.name, "__file__": str(path)}
        exec(compile(path.read_text("utf-8"), path, "exec"), module)
        dbt = SimpleNamespace(ref=lambda name: self.connection.table(node.refs[name]))
        with redirect_stdout(StringIO()):  # what a model prints is for whoever writes it, not for a command's output
            return module["model"](dbt, self.connection)

    def _comment(self, node: Node) -> None:
        if node.comment or node.comments:
            there = self.connection.table(node.relation).columns
            comments = {name: comment for name, comment in node.comments.items() if name in there}
            comment_on(
                self.connection, "view" if node.kind == "view" else "table", node.relation, node.comment, comments
            )


def _files(paths: Sequence[Path]) -> str:
    files = ", ".join(literal(glob.escape(str(path))) for path in paths)
    return f"from read_parquet([{files}])"
