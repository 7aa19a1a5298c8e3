"""The model of character features: what dbt's unit test says of a model in SQL, for one in Python."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import duckdb
import pytest

MODEL = Path(__file__).resolve().parents[2] / "dbt/models/intermediate/int_character_features.py"
COLUMNS = (
    "level_count", "length", "label_length", "vowel_ratio", "digit_ratio", "hyphen_count", "hyphen_ratio", "entropy",
    "longest_run", "longest_consonant_run", "longest_digit_run", "has_mixed_script",
)  # fmt: skip


def features(*names: tuple[str, str, bool]) -> list[dict[str, object]]:
    """Features that the model makes of names: domain, label, is_idn."""
    spec = spec_from_file_location(MODEL.stem, MODEL)
    spec.loader.exec_module(module := module_from_spec(spec))
    session = duckdb.connect()
    session.execute("create table int_names (domain varchar, label varchar, is_idn boolean)")
    if names:
        session.executemany("insert into int_names values (?, ?, ?)", names)

    class Dbt:
        ref = staticmethod(session.table)

    return module.model(Dbt, session).rows(named=True)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        (("dhl-2024.co.uk", "dhl-2024", False), (3, 14, 8, 0.0, 0.5, 1, 0.125, 2.75, 1, 3, 4, False)),
        (("yyyyy.com", "yyyyy", False), (2, 9, 5, 0.0, 0.0, 0, 0.0, 0.0, 5, 5, 0, False)),
        # Cyrillic а
        (("xn--mazon-3ve.com", "аmazon", True), (2, 17, 6, 2 / 6, 0.0, 0, 0.0, 2.584963, 1, 1, 0, True)),
        (("xn--bcher-kva.de", "BüCHER", True), (2, 16, 6, 1 / 6, 0.0, 0, 0.0, 2.584963, 1, 2, 0, False)),
        # Chinese and Japanese characters are no mix of scripts
        (("xn--u9j429qi1d.jp", "日本の店", True), (2, 17, 4, 0.0, 0.0, 0, 0.0, 2.0, 1, 0, 0, False)),
        (("xn--abc.jp", "日本shop", True), (2, 10, 6, 1 / 6, 0.0, 0, 0.0, 2.584963, 1, 2, 0, True)),
    ],
)
def test_characters_are_counted_in_the_decoded_label(name, values):
    (row,) = features(name)
    assert row == dict(zip(("domain", *COLUMNS), (name[0], *values), strict=True))


def test_names_are_counted_each_for_itself():
    """A run ends where the next label begins."""
    rows = features(("aab.com", "aab", False), ("bb.com", "bb", False), ("b1.com", "b1", False), ("1.com", "1", False))
    assert [row["longest_run"] for row in rows] == [2, 2, 1, 1]
    assert [row["longest_consonant_run"] for row in rows] == [1, 2, 1, 0]
    assert [row["longest_digit_run"] for row in rows] == [0, 0, 1, 1]


def test_no_names_have_no_features():
    assert features() == []
