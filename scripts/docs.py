"""`make docs`: the dbt documentation as one page, and docs/sql.md with the real output of its questions.

    python scripts/docs.py dbt                  data/docs/index.html: lineage, tables, columns, tests
    python scripts/docs.py sql                  docs/sql.md, from docs/questions and the published warehouse
    python scripts/docs.py sources              dbt's description of the tables that Python writes

The page of dbt is made from a real build: the newest published date is transformed and the warehouse built, in one
database, so that every column has the type that it has in use.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

from dbt_page import mended
from dbt_sources import main as write_sources

from squatwatch.dbt_runner.build import dbt
from squatwatch.dbt_runner.folder import copy_project
from squatwatch.dbt_runner.server import OUTPUT
from squatwatch.detect.transform import place_inputs
from squatwatch.errors import SquatwatchError
from squatwatch.lake.work_folder import work_folder
from squatwatch.settings import Settings, read_settings
from squatwatch.warehouse.connection import ask, warehouse_path

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = sorted((ROOT / "docs/questions").glob("*.sql"))
SQL_PAGE = ROOT / "docs/sql.md"
BUILDS = {
    "1 of 3: the tables of the newest date": ["build", "--exclude", "path:models/warehouse"],
    "2 of 3: the tables of the warehouse": ["build", "--select", "path:models/warehouse"],
    "3 of 3: the page": ["docs", "generate", "--static"],
}
INTRODUCTION = """# Ten questions in SQL

Ask them with `squatwatch query "$(cat docs/questions/01-todays-detections-by-brand.sql)"`, in any DuckDB client on
`data/warehouse.duckdb` (read only), or with `squatwatch export` into a file. `describe detections` lists the columns of
a table, `from duckdb_columns()` says what they mean. All run dates are included unless a question says otherwise.
Domains are shown defanged (`[.]`), so that nobody clicks on them by accident.

{data} `python scripts/docs.py sql` makes this page again.
"""


def main() -> None:
    commands = {"dbt": dbt_page, "sql": sql_page, "sources": lambda _: write_sources()}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    try:
        commands[sys.argv[1]](read_settings())
    except SquatwatchError as error:
        sys.exit(str(error))


def dbt_page(settings: Settings) -> None:
    """Build everything once, in a copy of the warehouse, and let dbt describe it."""
    [(newest,)] = ask(settings.home, "select max(run_date) from dates where is_published")[1]
    if newest is None:
        raise SquatwatchError("no date is published; run: squatwatch run --date 2026-11-07")
    with work_folder(settings.home, "docs", newest) as folder:
        copy_project(settings.dbt_project, folder)
        shutil.copyfile(warehouse_path(settings.home), folder / "warehouse.duckdb")
        place_inputs(settings, [newest], folder)
        for what, arguments in BUILDS.items():
            print(f"{what} …", flush=True)
            run_dbt(settings, folder, arguments)
        page = settings.home / "docs" / "index.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(mended((folder / "target/static_index.html").read_text()))
    print(f"{page}: open it in a browser")


def run_dbt(settings: Settings, folder: Path, arguments: list[str]) -> None:
    variables = json.dumps({"popular_rank": settings.popular_rank})
    options = ["--project-dir", ".", "--profiles-dir", ".", "--target", "docs", "--vars", variables]
    if dbt.invoke(folder, ["--quiet", "--no-version-check", *arguments, *options]):
        sys.exit((folder / OUTPUT).read_text())


def sql_page(settings: Settings) -> None:
    """Return every question as it is in its file, and the answer that the warehouse gives now."""
    [(first, last, count, names)] = ask(
        settings.home,
        "select min(run_date), max(run_date), count(distinct run_date), sum(kept_count)::bigint from load_counts",
    )[1]
    data = f"The answers below are those of {count} real days, {first} to {last}, {names:,} registrations."
    parts = [INTRODUCTION.format(data=data)]
    for path in QUESTIONS:
        title, sql = re.fullmatch(r"-- (.*?)\n(.*)", path.read_text(), re.S).groups()
        heading, _, meaning = title.partition(": ")
        columns, rows = ask(settings.home, sql)
        meaning = meaning[:1].upper() + meaning[1:]
        parts.append(f"## {heading}\n\n{meaning}\n\n```sql\n{sql.strip()}\n```\n\n{table(columns, rows)}\n")
    SQL_PAGE.write_text("\n".join(parts))
    print(SQL_PAGE)


def table(columns: list[str], rows: list[tuple]) -> str:
    """Return a Markdown table."""
    lines = [columns, ["---"] * len(columns), *([cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) if rows else "No rows."


def cell(value: object) -> str:
    text = "" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text.replace("|", "\\|")


if __name__ == "__main__":
    main()
