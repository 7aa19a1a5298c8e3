"""Fixed tables: those made of nothing but inputs that never change are made once and kept as files.

Those of the project as it is released come with the package, beside its plan. Of another project, or with other numeric
packages, they are made once a data root, in a process of its own with one thread for linear algebra: more would add
numbers up in an order that depends on the machine.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import duckdb

from squatwatch.dbt_runner.environment import environment
from squatwatch.dbt_runner.execute import Execution, Inputs, open_database
from squatwatch.dbt_runner.plan import Plan
from squatwatch.dbt_runner.results import failure, telling_line
from squatwatch.errors import SquatwatchError
from squatwatch.interrupts import children_uninterrupted
from squatwatch.lake.partitions import atomic

RECORD = "fixed.json"  # beside the tables: hashes of their files, and what they were made by
NUMERIC = ("numpy", "polars", "scipy")  # packages on which the last digits depend


def fixed_tables(
    plan: Plan, project: Path, sources: Mapping[str, Sequence[Path]], folder: Path, packaged: Path
) -> Path:
    """Return where the plan's fixed tables are: `packaged` where those are it, else `folder`, made now if need be.

    Raises SquatwatchError with the last line of what was said where they cannot be made.
    """
    names = [node.file_name for node in plan.nodes if node.kind == "file"]
    for there in (packaged, folder):
        if not names or _are_whole(plan, there, names):
            return there
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
    return folder


def _are_whole(plan: Plan, folder: Path, names: Sequence[str]) -> bool:
    """Tell whether the files are there, as they were written, and as they would be made now."""
    try:
        record = json.loads((folder / RECORD).read_text("utf-8"))
        return bool(
            record["made_by"] == _made_by(plan) and record["files"] == {name: _hash(folder / name) for name in names}
        )
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _made_by(plan: Plan) -> str:
    """Return a hash of what the tables depend on: the project, the modules that its models import, and versions."""
    modules = sorted({name for node in plan.fixed for name in node.imports})
    places = [spec.origin for name in modules if (spec := find_spec(name)) and spec.origin]
    code = [hashlib.sha256(Path(place).read_bytes()).hexdigest() for place in places if place.endswith(".py")]
    return hashlib.sha256(json.dumps([plan.key, code, [version(name) for name in NUMERIC]]).encode()).hexdigest()


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _make(plan: Plan, project: Path, sources: Mapping[str, Sequence[Path]], folder: Path) -> None:
    with open_database(plan, ":memory:", folder) as connection:
        connection.execute(f"attach if not exists ':memory:' as {plan.database}; use {plan.database}")
        fixed = plan.model_copy(update={"nodes": plan.fixed})
        if problem := failure(Execution(fixed, project, folder, connection, Inputs({}, sources)).results()):
            raise SquatwatchError(problem)
        files = {}
        for node in plan.nodes:
            if node.kind == "file":
                with atomic(folder / node.file_name) as temporary:
                    connection.table(node.relation).write_parquet(str(temporary), compression="zstd")
                    files[node.file_name] = _hash(temporary)
        with atomic(folder / RECORD) as temporary:
            temporary.write_text(json.dumps({"made_by": _made_by(plan), "files": files}), "utf-8")


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
