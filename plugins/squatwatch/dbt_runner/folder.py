"""A folder for one `dbt build`: a copy of the dbt project, with room for inputs.

So builds can run at the same time, and SQL never names a path that somebody chose.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from squatwatch.errors import SquatwatchError

# folders and files that builds, or somebody's own dbt, leave in a project
LEFT_BY_BUILDS = frozenset({"target", "logs", "inputs", "outputs", "dbt_packages", "__pycache__", ".user.yml"})


def copy_project(project: Path, folder: Path) -> None:
    """Copy the dbt project into the folder. Raises SquatwatchError where it is none."""
    if not (project / "dbt_project.yml").is_file():
        raise SquatwatchError(f"{project} is no dbt project; set SQUATWATCH_DBT_PROJECT")
    skip = shutil.ignore_patterns(*LEFT_BY_BUILDS)
    # copyfile: a project installed read-only is copied writable
    shutil.copytree(project, folder, dirs_exist_ok=True, ignore=skip, copy_function=shutil.copyfile)
