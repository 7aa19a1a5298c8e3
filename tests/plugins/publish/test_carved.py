"""Publish knows no store: it is given what reads them, and feeds are checked again before it, not in it."""

from __future__ import annotations

import ast
from pathlib import Path

import duckdb
import pytest

import squatwatch.publish
from squatwatch.lake.tables import LABELS, REGISTRY
from squatwatch.publish.fill import fill

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
