"""dbt's reading of a project that was built before, kept so that the next build need not read it again.

Reading the project costs dbt more CPU than most models, and its unit tests look at the models, not at the data. Both
come out the same while every file of the project, the variables and the versions are the same, so a reading is kept
under a hash of all these, and only after a build that succeeded: whoever finds it knows that the unit tests passed.
It holds no path, so a build in another folder can use it. Deleting it costs one slower build.
"""

from __future__ import annotations

import filecmp
import hashlib
import json
import os
import shutil
import sys
from importlib.metadata import version
from pathlib import Path

from squatwatch.lake.partitions import atomic

PARSED = "target/partial_parse.msgpack"  # where dbt looks for it and leaves it
PROJECT_FILES = ("*.sql", "*.py", "*.yml", "*.csv")
PACKAGES = ("dbt-core", "dbt-adapters", "dbt-common", "dbt-duckdb", "duckdb")
MOST_KEPT = 8  # brand lists and allowlists that take turns


def kept_reading(cache: Path, project: Path, variables: dict[str, object]) -> Path:
    """Return the file in which dbt's reading of this project, with these variables and versions, is or will be kept."""
    files = sorted(path for pattern in PROJECT_FILES for path in project.rglob(pattern))
    content = [(path.relative_to(project).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]
    versions = [sys.version, *(version(package) for package in PACKAGES)]
    everything = json.dumps([content, variables, versions], sort_keys=True)
    return cache / f"{hashlib.sha256(everything.encode()).hexdigest()[:16]}.msgpack"


def take(kept: Path, project: Path) -> bool:
    """Put a copy where dbt looks for it; return False where there is none."""
    target = project / PARSED
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(kept, target)  # dbt writes the file in place, so no link
        os.utime(kept)
    except FileNotFoundError:
        target.unlink(missing_ok=True)
        return False
    return True


def keep(project: Path, kept: Path) -> None:
    """Keep what dbt has left in the project's folder, unless it is kept already, and of the others those used last."""
    if kept.is_file() and filecmp.cmp(project / PARSED, kept, shallow=False):
        return
    with atomic(kept) as temporary:
        shutil.copyfile(project / PARSED, temporary)
    for old in sorted(kept.parent.glob("*.msgpack"), key=_used_at, reverse=True)[MOST_KEPT:]:
        old.unlink(missing_ok=True)


def _used_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # another process was faster
        return 0
