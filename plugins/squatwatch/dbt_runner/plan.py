"""A plan: what dbt made of the project, so that it can be done again without dbt.

It has every seed, model and data test of a build in an order in which each finds what it reads, SQL as dbt compiled it.
It names no path and holds no Python: models in Python are read from the project that the plan was compiled from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ValidationError

FORMAT = 1  # of the file; a plan of another format is compiled anew


# how a node is made: `python` by a model's function, `file` from what is kept of a table that never changes
Kind = Literal["seed", "view", "table", "python", "file", "test"]


def _below(path: str) -> str:
    """Return the path of a project's file. Raises ValueError for one that leads out of the project."""
    if PurePath(path).is_absolute() or ".." in PurePath(path).parts:
        raise ValueError(f"{path} is not below the project")
    return path


class DataTest(BaseModel):
    """A data test's conditions, as dbt has them: expressions to count rows with, and which counts warn or fail."""

    severity: str
    fail_calc: str
    warn_if: str
    error_if: str


class Node(BaseModel):
    """A seed, a model or a data test. `after` are the nodes that must have gone well before it."""

    unique_id: str
    name: str
    path: Annotated[str, AfterValidator(_below)]  # of its file, below the project
    after: list[str]
    schema_name: str = ""
    relation: str = ""  # quoted, as SQL has it
    kind: Kind
    sql: str = ""
    types: dict[str, str] = {}  # of its columns, where a contract or the seed names them
    refs: dict[str, str] = {}  # what a model in Python reads: relation by name
    imports: list[str] = []  # the modules that it imports
    comment: str = ""
    comments: dict[str, str] = {}  # by column
    test: DataTest | None = None

    @property
    def file_name(self) -> str:
        """The name of a fixed table's file."""
        return f"{self.name}.parquet"


class Plan(BaseModel):
    """A build, ready to be done again."""

    format: int
    target: str  # of the profile
    key: str  # of the project, see `squatwatch.dbt_runner.kept`
    database: str  # as relations have it
    sources: list[str]  # inputs that are files
    threads: int
    options: dict[str, str]  # of DuckDB
    nodes: list[Node]
    fixed: list[Node] = []  # what makes the fixed tables

    def written(self) -> str:
        """Return the plan as text, its own hash in the first line."""
        text = self.model_dump_json(indent=1, exclude_defaults=True)
        return f"{_hash(text)}\n{text}\n"


def read_plan(path: Path) -> Plan | None:
    """Return the plan in the file; None where there is none, or one that is damaged or of another release."""
    try:
        written, _, text = path.read_text("utf-8").partition("\n")
        plan = Plan.model_validate_json(text) if _hash(text.rstrip("\n")) == written else None
    except (OSError, UnicodeDecodeError, ValidationError):
        return None
    return plan if plan and plan.format == FORMAT else None


def ancestors(after: Mapping[str, Sequence[str]], node: str) -> set[str]:
    """Return all that must be done before the node."""
    found: set[str] = set()
    to_do = list(after.get(node, ()))
    while to_do:
        parent = to_do.pop()
        if parent not in found:
            found.add(parent)
            to_do += after.get(parent, ())
    return found


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
