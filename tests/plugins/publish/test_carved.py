"""Publish knows no store: it is given what reads them, and feeds are checked again before it, not in it."""

from __future__ import annotations

import ast
from pathlib import Path

import duckdb
import pytest

import squatwatch.publish
from squatwatch.lake.tables import LABELS, REGISTRY
from squatwatch.publish.fill import fill
from squatwatch.publish.result import Published

FOLDER = Path(squatwatch.publish.__file__).parent
MODULES = sorted(FOLDER.glob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_publish_imports_no_store_and_no_feed_health(module):
    imported = {
        name
        for node in ast.walk(ast.parse(module.read_text()))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    rooms = {name.split(".")[1] for name in imported if name.startswith("squatwatch.")}
    assert not rooms & {"alerts", "enrichment", "labels", "feed_health", "review", "retrain"}


def test_a_table_that_no_store_offers_is_there_and_empty(tmp_path):
    with duckdb.connect() as warehouse:
        fill(warehouse, tmp_path, [], [], {})
        for table in REGISTRY.of_warehouse():
            assert warehouse.sql(f"from {table.name}").pl().schema.names() == list(table.columns)
            assert warehouse.sql(f"select count(*) from {table.name}").fetchall() == [(0,)]


def test_what_is_offered_under_a_name_that_is_no_table_is_refused(tmp_path):
    with duckdb.connect() as warehouse, pytest.raises(ValueError, match=r"not registered .* lables"):
        fill(warehouse, tmp_path, [], [], {"lables": LABELS.schema.to_frame()})


def test_the_sentence_tells_first_what_stops_dates_then_what_to_refresh(tmp_path):
    published = Published(
        tmp_path / "warehouse.duckdb",
        date_count=9,
        changed=[],
        held_back={},
        states={"done": 6, "outdated": 2, "partial": 1},
        refresh_command="squatwatch backfill --from 2026-07-01 --to 2026-07-03",
        warnings=["volumes are not as usual"],
        stopped=[f"2026-07-0{day}: no names" for day in range(1, 8)],
    )
    parts = str(published).split("; ")
    assert parts[0].endswith("9 dates, 0 of them new or changed")
    assert parts[1:6] == [f"2026-07-0{day}: no names" for day in range(1, 6)]
    assert parts[6] == "and 2 more like this: squatwatch health --date DATE shows them"
    assert parts[7:] == [
        "1 partial and 2 outdated",
        "run: squatwatch backfill --from 2026-07-01 --to 2026-07-03",
        "volumes are not as usual",
    ]
