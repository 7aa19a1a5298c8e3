"""A folder of its own for one dbt build: a copy of the dbt project, with room for inputs, removed afterwards.

So builds can run at the same time, and SQL never names a path that somebody chose.
"""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from squatwatch.errors import SquatwatchError
from squatwatch.settings import Settings

LEFT_OVER_SECONDS = 86_400


@contextmanager
def build_folder(settings: Settings, what: str) -> Iterator[Path]:
    """A folder `<home>/work/<what>-…` with the dbt project; removes what builds that were killed have left.

    Raises SquatwatchError where the dbt project is none.
    """
    parent = settings.home / "work"
    for old in parent.glob("*"):
        if time.time() - old.stat().st_mtime > LEFT_OVER_SECONDS:
            shutil.rmtree(old, ignore_errors=True)
    folder = parent / f"{what}-{uuid.uuid4().hex[:12]}"
    folder.mkdir(parents=True)
    try:
        _copy_project(settings.dbt_project, folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def link(source: Path, target: Path) -> None:
    """The file as it is now: a hard link keeps its content when somebody renames a new one over it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # file systems without hard links
        shutil.copyfile(source, target)


def _copy_project(project: Path, folder: Path) -> None:
    if not (project / "dbt_project.yml").is_file():
        raise SquatwatchError(f"{project} is no dbt project; set SQUATWATCH_DBT_PROJECT")
    skip = shutil.ignore_patterns("target", "logs", "inputs", "outputs", "__pycache__", ".user.yml")
    # copyfile: a project installed read-only is copied writable
    shutil.copytree(project, folder, dirs_exist_ok=True, ignore=skip, copy_function=shutil.copyfile)
