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
    """Copy the dbt project into the folder. Raises SquatwatchError where it is none."""
    if not (project / "dbt_project.yml").is_file():
        raise SquatwatchError(f"{project} is no dbt project; set SQUATWATCH_DBT_PROJECT")

    def left_out(parent: str, names: list[str]) -> list[str]:
        return [name for name in names if not is_of_project(Path(parent, name), project)]

    # copyfile: a project installed read-only is copied writable
    shutil.copytree(project, folder, dirs_exist_ok=True, ignore=left_out, copy_function=shutil.copyfile)


def is_of_project(path: Path, project: Path) -> bool:
    """Tell whether a path is the project's own."""
    parts = path.relative_to(project).parts
    return parts[0] not in LEFT_BY_BUILDS and COMPILED not in parts
