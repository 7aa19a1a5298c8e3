"""What is kept of a build that dbt did, so that the next one of the same project costs less: its plan and its reading.

Compiling the project costs dbt more CPU than most models, and its unit tests look at the models, not at the data. All
of it comes out the same while the project's files, the variables and the versions are the same, so it is kept under a
hash of these, and only after a build that succeeded: whoever finds it knows that the unit tests passed. Seeds do not
count: they are inputs. Nothing kept holds a path. Deleting it costs one slower build.

The plans of the project as it is released come with the package, and its fixed tables (`scripts/plans.py` makes them).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from squatwatch import __version__
from squatwatch.dbt_runner.folder import is_of_project
from squatwatch.dbt_runner.plan import Plan, read_plan
from squatwatch.dbt_runner.server import MADE_PLAN, WHY_NO_PLAN
from squatwatch.lake.partitions import atomic

READING = "target/partial_parse.msgpack"  # where dbt looks for its reading of the project and leaves it
PACKAGED = Path(__file__).parent / "plans"
PROJECT_FILES = frozenset({".sql", ".py", ".yml", ".yaml", ".md"})
PACKAGES = ("dbt-core", "dbt-adapters", "dbt-common", "dbt-duckdb", "duckdb")
version = cache(metadata.version)  # to look one up takes longer than to read a file of the project
MOST_KEPT = 8  # projects and variables that take turns


@dataclass(frozen=True)
class Kept:
    """Place of what is kept for one project, target and set of variables: a folder named after their hash."""

    folder: Path
    packaged: Path

    @property
    def key(self) -> str:
        """The hash: of the project's files, the variables and the versions."""
        return self.folder.name

    @property
    def packaged_tables(self) -> Path:
        """The folder of the fixed tables that come with the package, for the plan that does."""
        return self.packaged.with_suffix("")

    def plan(self) -> Plan | None:
        """Return the plan of this very project; None where it was never built, or does what only dbt can do."""
        for path in (self.packaged, self.folder / MADE_PLAN.name):
            plan = read_plan(path)
            if plan and plan.key == self.key:
                with suppress(OSError):  # not there, or on a disk that is read-only
                    os.utime(self.folder)
                return plan
        return None

    def why_no_plan(self) -> str:
        """Return what in the project only dbt can do, as was found when it was built; "" where it was not."""
        path = self.folder / WHY_NO_PLAN.name
        return path.read_text("utf-8") if path.is_file() else ""

    def put_reading(self, project: Path) -> bool:
        """Put a copy of the reading where dbt looks for it; return False where there is none."""
        target = project / READING
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(self.folder / target.name, target)  # dbt writes the file in place, so no link
            with suppress(OSError):
                os.utime(self.folder)
        except FileNotFoundError:
            target.unlink(missing_ok=True)
            return False
        return True

    def keep(self, project: Path) -> None:
        """Keep what the build has left in the project's folder, and of what is kept for others that used last."""
        for path in (project / READING, project / MADE_PLAN, project / WHY_NO_PLAN):
            if path.is_file():
                with atomic(self.folder / path.name) as temporary:
                    shutil.copyfile(path, temporary)
        for old in sorted(self.folder.parent.iterdir(), key=_used_at, reverse=True)[MOST_KEPT:]:
            shutil.rmtree(old, ignore_errors=True) if old.is_dir() else old.unlink(missing_ok=True)


def kept_of(project: Path, target: str, variables: Mapping[str, object], fixed_inputs: str, cache: Path) -> Kept:
    """Return the place of what is, or will be, kept of this project, with these variables, inputs and versions."""
    files = sorted(
        path for path in project.rglob("*.*") if path.suffix in PROJECT_FILES and is_of_project(path, project)
    )
    content = [(path.relative_to(project).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]
    versions = [__version__, *(version(package) for package in PACKAGES)]
    everything = json.dumps([content, target, variables, fixed_inputs, versions], sort_keys=True)
    return Kept(cache / hashlib.sha256(everything.encode()).hexdigest()[:16], PACKAGED / f"{target}.json")


def hash_of(texts: Iterable[str]) -> str:
    """Return a hash of the texts in their order."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def _used_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process was faster
        return 0
