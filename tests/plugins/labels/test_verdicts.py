"""The verdicts stand in one place; what others say of them is the same."""

from __future__ import annotations

import re
from pathlib import Path

from squatwatch.labels.verdicts import Verdict
from squatwatch.lake.tables import LABELS

ROOT = Path(__file__).resolve().parents[3]
NAMED = re.compile(rf"""["'](?:{"|".join(Verdict)})["']""")


def test_keys_and_words_are_told_apart():
    assert len({verdict.key for verdict in Verdict}) == len({verdict.words for verdict in Verdict}) == len(Verdict)


def test_no_sql_script_or_template_has_a_list_of_its_own():
    folders = {"dbt/models": "*.sql", "dbt/tests": "*.sql", "docs/questions": "*.sql"}
    folders |= {"plugins/squatwatch/review/static": "*.js", "plugins/squatwatch/review/templates": "*.html"}
    files = [path for folder, pattern in folders.items() for path in (ROOT / folder).rglob(pattern)]
    assert len(files) > 40
    assert [path.name for path in files if NAMED.search(path.read_text("utf-8"))] == []


def test_no_other_module_names_a_verdict():
    modules = [path for path in (ROOT / "plugins").rglob("*.py") if path.name != "verdicts.py"]
    assert len(modules) > 100
    named = {path.name: NAMED.findall(path.read_text("utf-8")) for path in modules}
    # what a network says, and a ranker: the column of a probability, and what it takes a name for
    others = {name: ['"squat"'] for name in ("report.py", "scored.py", "common.py", "alert.py")}
    assert {name: found for name, found in named.items() if found} == others


def test_the_table_names_each():
    for verdict in Verdict:
        assert re.search(rf"\b{verdict.value}\b", LABELS.columns["verdict"].comment)


def test_training_learns_what_a_verdict_says(tmp_path):
    from squatwatch_ml.training.data.labels import read_labels

    path = tmp_path / "labels.csv"
    rows = [f"{verdict.value.replace('_', '')}-zalora.com,zalora,{verdict.value}" for verdict in Verdict]
    path.write_text("\n".join(["domain,brand,verdict", *rows]))
    taught = {label.label: label.is_squat for label in read_labels([path], every_brand=True).names}
    expected = {f"{verdict.value.replace('_', '')}-zalora": verdict.is_squat for verdict in Verdict}
    assert taught == {label: is_squat for label, is_squat in expected.items() if is_squat is not None}
