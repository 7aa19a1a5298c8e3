"""`squatwatch` as a process that counts its commits, every rename and link, and ends before the nth as by SIGKILL.

    KILL_BEFORE=7 DBT_RECORDED=folder python tests/killed_run.py run --date 2024-02-29 --input list.txt

dbt is recorded once and played back: what it builds is a function of the lists, and forty runs shall not take forty
times its start. Prints how many commits there were to standard error when it gets to the end.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import duckdb

from squatwatch import dbt_build, publish, transform
from squatwatch.cli import main

KILL_BEFORE = int(os.environ.get("KILL_BEFORE", "0"))
RECORDED = Path(os.environ["DBT_RECORDED"])
real_build = dbt_build.dbt_build
commits = 0


def counted(function):
    def commit(*arguments, **named):
        global commits
        commits += 1
        if commits == KILL_BEFORE:
            os._exit(137)
        return function(*arguments, **named)

    return commit


def recorded(folder: Path, target: str, *arguments, **named) -> list[str]:
    """The outputs of the transform, and of the warehouse its marts as views, from the first build of each."""
    record = RECORDED / target
    if not record.is_dir():
        told = real_build(folder, target, *arguments, **named)
        made = folder / ("outputs" if target == "transform" else "target/compiled/squatwatch/models/warehouse")
        shutil.copytree(made, record, ignore=shutil.ignore_patterns("*.yml"))
        return told
    if target == "transform":
        shutil.copytree(record, folder / "outputs", dirs_exist_ok=True)
    else:
        with duckdb.connect(folder / "warehouse.duckdb") as warehouse:
            for mart in sorted(record.glob("*.sql")):
                warehouse.execute(f"create view main.{mart.stem} as {mart.read_text()}")
    return []


if __name__ == "__main__":
    transform.dbt_build = publish.dbt_build = recorded
    os.replace, os.link, os.rename = map(counted, (os.replace, os.link, os.rename))
    try:
        main()
    finally:
        print(f"commits: {commits}", file=sys.stderr)
