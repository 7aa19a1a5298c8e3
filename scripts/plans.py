"""`make plans`: the plans of the dbt project as it is, and its fixed tables, which come with the package.

    python scripts/plans.py [FOLDER]

A plan is what `dbt build` compiled (squatwatch/dbt_runner/plan.py). This builds a day of the sample by dbt in a data
root of its own and puts what is kept of it into plugins/squatwatch/dbt_runner/plans, a file for each target; into
FOLDER, beside that data root, where one is named. A data root makes the plans of a project that somebody changed by
itself.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path

from squatwatch import pipeline
from squatwatch.dbt_runner import kept
from squatwatch.dbt_runner.fixed import RECORD
from squatwatch.dbt_runner.plan import read_plan
from squatwatch.errors import SquatwatchError
from squatwatch.settings import read_settings

SAMPLE_DAY = date(2026, 11, 7)
TARGETS = ("transform", "warehouse")


def main() -> None:
    output = Path(sys.argv[1]) if len(sys.argv) > 1 else kept.PACKAGED
    with tempfile.TemporaryDirectory() as folder:
        kept.PACKAGED = Path(folder) / "none"  # so that all is made anew
        try:
            make_plans((output if len(sys.argv) > 1 else Path(folder)) / "data", output)
        except SquatwatchError as error:
            sys.exit(str(error))
    print(*sorted(output.glob("*.json")), sep="\n")


def make_plans(home: Path, output: Path) -> None:
    """Write a plan for each target into the folder `output`, and fixed tables, from a data root that is made for it."""
    settings = read_settings(home=home, sources="sample", dbt="plan")
    pipeline.download(settings, SAMPLE_DAY, "sample")
    for step in (pipeline.load, pipeline.transform, pipeline.score):
        step(settings, SAMPLE_DAY)
    pipeline.publish(settings)
    made = {plan.target: plan for path in home.glob("cache/dbt/*/plan.json") if (plan := read_plan(path))}
    assert sorted(made) == sorted(TARGETS), f"dbt said: {sorted(made)}"
    for target, plan in made.items():
        (output / f"{target}.json").write_text(plan.written(), "utf-8")
    pipeline.transform(settings, SAMPLE_DAY)  # by its plan, which needs the fixed tables
    tables, fixed = home / "cache/dbt" / made["transform"].key, output / "transform"
    fixed.mkdir(exist_ok=True)
    for path in (*tables.glob("*.parquet"), tables / RECORD):
        shutil.copyfile(path, fixed / path.name)


if __name__ == "__main__":
    main()
