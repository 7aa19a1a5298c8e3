"""Fixed tables: those made of nothing but inputs that never change are made once a data root and kept as files.

They are made in a process of its own with one thread for linear algebra: more would add numbers up in an order that
depends on the machine.
"""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from squatwatch.dbt_runner.environment import environment
from squatwatch.dbt_runner.execute import Execution, Inputs, open_database
from squatwatch.dbt_runner.plan import Plan
from squatwatch.dbt_runner.results import failure, telling_line
from squatwatch.errors import SquatwatchError
from squatwatch.interrupts import children_uninterrupted


def demand_fixed_tables(plan: Plan, project: Path, sources: Mapping[str, Sequence[Path]], folder: Path) -> None:
    """Make those of the plan's fixed tables that are not in the folder yet.

    Raises SquatwatchError with the last line of what was said where they cannot be made.
    """
    if all((folder / node.file_name).is_file() for node in plan.nodes if node.kind == "file"):
        return
    folder.mkdir(parents=True, exist_ok=True)
    request = {
        "plan": plan.model_dump(mode="json"),
        "project": str(project),
        "folder": str(folder),
        "sources": {name: [str(path) for path in paths] for name, paths in sources.items()},
    }
    with children_uninterrupted():
        made = subprocess.run(
            [sys.executable, "-P", "-m", "squatwatch.dbt_runner.fixed"],
            input=json.dumps(request),
            env=environment(),
            capture_output=True,
            text=True,
        )
    if made.returncode:
        said = (made.stderr.strip() or f"it was ended by signal {-made.returncode}").splitlines()[-1]
        raise SquatwatchError(f"the tables of dbt that never change cannot be made in {folder}: {said}")


def _make(plan: Plan, project: Path, sources: Mapping[str, Sequence[Path]], folder: Path) -> None:
    with open_database(plan, ":memory:", folder) as connection:
        connection.execute(f"attach if not exists ':memory:' as {plan.database}; use {plan.database}")
        fixed = plan.model_copy(update={"nodes": plan.fixed})
        if problem := failure(Execution(fixed, project, folder, connection, Inputs({}, sources)).results()):
            raise SquatwatchError(problem)
        for node in plan.nodes:
            if node.kind == "file":
                temporary = folder / f".{node.file_name}.{uuid.uuid4().hex}"
                connection.table(node.relation).write_parquet(str(temporary), compression="zstd")
                temporary.replace(folder / node.file_name)


def main() -> None:
    """Make the fixed tables that standard input asks for, as JSON. Exits with the reason where they cannot be made."""
    asked = json.load(sys.stdin)
    sources = {name: [Path(path) for path in paths] for name, paths in asked["sources"].items()}
    try:
        _make(Plan.model_validate(asked["plan"]), Path(asked["project"]), sources, Path(asked["folder"]))
    except (SquatwatchError, duckdb.Error) as error:
        sys.exit(telling_line(str(error)))


if __name__ == "__main__":
    main()
