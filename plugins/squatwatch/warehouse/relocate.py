"""A warehouse that was published elsewhere: its views name files by absolute paths, and are made to name those here."""

from __future__ import annotations

import glob
import re
from pathlib import Path

import duckdb

from squatwatch.lake.partitions import PUBLISHED_FOLDER
from squatwatch.warehouse.connection import literal

VIEWS = """
select schema_name || '.' || view_name, sql, comment from duckdb_views()
where not internal and contains(sql, 'read_parquet(')
"""
COLUMNS = (
    "select column_name, comment from duckdb_columns() where schema_name || '.' || table_name = ? and comment <> ''"
)
PLACE = re.compile(rf"'((?:[^']|'')*?)/{PUBLISHED_FOLDER}/")  # of the first file that a view names


def relocate(warehouse_file: Path, home: Path) -> None:
    """Have the views of the file name the published files below `home`, which are there already."""
    here = literal(glob.escape(str(home / PUBLISHED_FOLDER)) + "/")[:-1]
    with duckdb.connect(warehouse_file) as warehouse:
        warehouse.begin()
        for name, sql, comment in warehouse.execute(VIEWS).fetchall():
            elsewhere = PLACE.search(sql)
            assert elsewhere
            columns = warehouse.execute(COLUMNS, [name]).fetchall()
            moved = sql.replace(elsewhere[0], here)
            warehouse.execute(re.sub("^create view", "create or replace view", moved, count=1, flags=re.IGNORECASE))
            warehouse.execute(f"comment on view {name} is {literal(comment or '')}")
            for column, meaning in columns:
                warehouse.execute(f'comment on column {name}."{column}" is {literal(meaning)}')
        warehouse.commit()
