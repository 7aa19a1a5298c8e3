"""Write what dbt has to know of the tables that Python writes: dbt/models/warehouse/_sources.yml and columns.md.

    python scripts/dbt_sources.py

The tables are described once, in plugins/squatwatch/lake/tables; a test holds that these two files follow it.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from squatwatch.lake.tables import DETECTIONS, REGISTRY
from squatwatch.settings import read_settings
from squatwatch.warehouse.catalog import views

FOLDER = Path(__file__).resolve().parents[1] / "dbt/models/warehouse"
WRITTEN_BY = "written by scripts/dbt_sources.py from plugins/squatwatch/lake/tables"


def main() -> None:
    (FOLDER / "_sources.yml").write_text(sources())
    (FOLDER / "columns.md").write_text(columns())


def sources() -> str:
    """Return the tables that the warehouse has before dbt builds its marts, as dbt sources."""
    partitioned = views(read_settings().dbt_project)
    extended = [view for view in partitioned if view.schema != "main"]
    others = [view for view in partitioned if view.schema == "main"]
    described = [
        {
            "name": "scored",
            "schema": "scored",
            "description": "Scores as the network gave them, before what is known of other dates is added.",
            "tables": [_source(view.name, view.comment, view.comments) for view in extended],
        },
        {
            "name": "warehouse",
            "schema": "main",
            "description": "The partitions of all published dates, and what publish adds.",
            "tables": [
                *(_source(view.name, view.comment, view.comments) for view in others),
                *(_source(table.name, table.comment, table.column_comments) for table in REGISTRY.of_warehouse()),
            ],
        },
    ]
    text = yaml.safe_dump({"version": 2, "sources": described}, sort_keys=False, allow_unicode=True, width=120)
    return f"# {WRITTEN_BY}\n{text}"


def columns() -> str:
    """Return the meaning of each column of detections, for the models that carry it on."""
    blocks = [
        f"{{% docs {name} %}}\n{column.comment}\n{{% enddocs %}}\n" for name, column in DETECTIONS.columns.items()
    ]
    return f"<!-- {WRITTEN_BY} -->\n\n" + "\n".join(blocks)


def _source(name: str, comment: str, comments: dict[str, str]) -> dict:
    return {
        "name": name,
        "description": comment,
        "columns": [{"name": column, "description": meaning} for column, meaning in comments.items()],
    }


if __name__ == "__main__":
    main()
