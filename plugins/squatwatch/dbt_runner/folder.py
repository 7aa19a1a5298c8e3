"""A work folder for one dbt build: a copy of the dbt project, with room for inputs.

So builds can run at the same time, and SQL never names a path that somebody chose.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from squatwatch.errors import SquatwatchError
from squatwatch.lake.work_folder import work_folder


@contextmanager
def build_folder(home: Path, project: Path, step: str, label: object) -> Iterator[Path]:
    """Yield a folder below `<home>/work` with the dbt project. Raises SquatwatchError where the project is none."""
    with work_folder(home, step, label) as folder:
        _copy_project(project, folder)
        yield folder


def _copy_project(project: Path, folder: Path) -> None:
    if not (project / "dbt_project.yml").is_file():
        raise SquatwatchError(f"{project} is no dbt project; set SQUATWATCH_DBT_PROJECT")
    skip = shutil.ignore_patterns("target", "logs", "inputs", "outputs", "__pycache__", ".user.yml")
    # copyfile: a project installed read-only is copied writable
    shutil.copytree(project, folder, dirs_exist_ok=True, ignore=skip, copy_function=shutil.copyfile)
