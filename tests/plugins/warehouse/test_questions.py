"""The questions of docs/sql.md: each is answered, by a warehouse with dates and by an empty one; the page shows it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from squatwatch.warehouse.connection import ask

DOCS = Path(__file__).resolve().parents[3] / "docs"
QUESTIONS = sorted((DOCS / "questions").glob("*.sql"))


@pytest.fixture(scope="module")
def published(new_dates, tmp_path_factory):
    dates = new_dates(tmp_path_factory.mktemp("questions"))
    dates.write(date(2024, 6, 11), "amazon-vip.vip", brand="amazon")
    dates.write(date(2024, 6, 13), "amazon-vip.vip", "amazon-1.top", "amazon-2.top", "amazon-3.top", brand="amazon")
    dates.publish()
    return dates.settings


@pytest.fixture(scope="module")
def empty(new_dates, tmp_path_factory):
    dates = new_dates(tmp_path_factory.mktemp("empty"))
    dates.publish()
    return dates.settings


def test_there_are_ten_questions():
    assert len(QUESTIONS) == 10


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_a_question_is_answered_and_stands_on_the_page(path, published, empty):
    columns, rows = ask(published.home, path.read_text())
    assert columns
    ask(empty.home, path.read_text())
    if path.stem.startswith(("01", "02", "03", "04", "06", "08", "10")):  # the others ask for what these dates lack
        assert rows
    sql = path.read_text().partition("\n")[2].strip()
    assert sql in (DOCS / "sql.md").read_text(), "run: python scripts/docs.py sql"


def test_a_wave_is_one_pattern(published):
    [path] = [path for path in QUESTIONS if "wave" in path.stem]
    columns, rows = ask(published.home, path.read_text())
    assert [dict(zip(columns, row, strict=True))["pattern"] for row in rows] == ["amazon-#"]
