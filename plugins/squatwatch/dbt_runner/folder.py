"""A folder for one `dbt build`: a copy of the dbt project, with room for inputs.

So builds can run at the same time, and SQL never names a path that somebody chose.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from squatwatch.errors import SquatwatchError

# what builds, or somebody's own dbt, leave at the top of a project
LEFT_BY_BUILDS = frozenset({"target", "logs", "inputs", "outputs", ".user.yml"})
COMPILED = "__pycache__"


def copy_project(project: Path, folder: Path) -> None:
    """Copy the dbt project into the folder, writable also where it is installed read-only.

    Raises SquatwatchError where it is none.
    """
    if not (project / "dbt_project.yml").is_file():
        raise SquatwatchError(f"{project} is no dbt project; set SQUATWATCH_DBT_PROJECT")
    for source in sorted(project.rglob("*")):
        if source.is_file() and is_of_project(source, project):
            copy = folder / source.relative_to(project)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)  # without its rights


def is_of_project(path: Path, project: Path) -> bool:
    """Tell whether a path is the project's own."""
    parts = path.relative_to(project).parts
    return parts[0] not in LEFT_BY_BUILDS and COMPILED not in parts
