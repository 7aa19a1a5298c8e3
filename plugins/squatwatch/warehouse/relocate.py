"""A warehouse that was published elsewhere: its views name files by absolute paths, and are made to name those here."""

from __future__ import annotations

import glob
from pathlib import Path

import duckdb

from squatwatch.errors import Damaged
from squatwatch.lake.partitions import PUBLISHED_FOLDER
from squatwatch.warehouse.connection import WAREHOUSE_FILE, identifier, literal, open_to_change
from squatwatch.warehouse.received import files_of, received_views

COLUMNS = """
select column_name, comment from system.main.duckdb_columns()
where database_name = 'warehouse' and schema_name = ? and table_name = ? and comment <> ''
"""


def relocate(warehouse_file: Path, home: Path) -> None:
    """Have the views of the file name the published files below `home`, which are there already.

    Raises Damaged where it has something that publish does not make; nothing of that was run.
    """
    folder = str(home / PUBLISHED_FOLDER)
    place = glob.escape(str(home))
    with open_to_change(warehouse_file, (folder, glob.escape(folder))) as warehouse:
        try:
            views = [view for view in received_views(warehouse) if view.files]
            warehouse.begin()
            for view in views:
                query = view.query
                for elsewhere in set(view.files.values()):
                    query = query.replace(_beginning(elsewhere), _beginning(place))
                if set(files_of(warehouse, view.name, query).values()) != {place}:
                    raise Damaged(f"its view {view.name!r} reads published files of several places")
                name = f"{identifier(view.schema)}.{identifier(view.name)}"
                columns = warehouse.execute(COLUMNS, [view.schema, view.name]).fetchall()
                warehouse.execute(f"create or replace view {name} as {query}")
                warehouse.execute(f"comment on view {name} is {literal(view.comment or '')}")
                for column, meaning in columns:
                    warehouse.execute(f"comment on column {name}.{identifier(column)} is {literal(meaning)}")
            warehouse.commit()
        except (Damaged, duckdb.BinderException, duckdb.PermissionException) as error:
            raise Damaged(
                f"the {WAREHOUSE_FILE} that was fetched is not as squatwatch makes it: {error}; run: squatwatch publish"
            ) from None


def _beginning(place: str) -> str:
    """Return how a literal of a published file begins."""
    return literal(f"{place}/{PUBLISHED_FOLDER}/")[:-1]
