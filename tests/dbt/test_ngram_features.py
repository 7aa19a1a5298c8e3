"""The model of n-gram features: what dbt's unit test says of a model in SQL, for one in Python."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import duckdb
import pytest

MODEL = Path(__file__).resolve().parents[2] / "dbt/models/intermediate/int_ngram_features.py"
WEIGHTS = """
    select ngram, is_top, idf::decimal(9, 6) as idf, log2_probability::decimal(9, 6) as log2_probability
    from (
        values ('am', true, 1.5, -6), ('ma', true, 1.5, -6), ('pa', false, 2.0, -7), ('al', false, 2.0, -7),
            ('pal', false, 2.25, null), ('vip', false, 2.25, null), (null, false, 2.386294, -10.431498)
    ) as weights (ngram, is_top, idf, log2_probability)
"""


def relation(*names: tuple[str, str], weights: str = WEIGHTS) -> duckdb.DuckDBPyRelation:
    """Features that the model makes of names: domain, label."""
    spec = spec_from_file_location(MODEL.stem, MODEL)
    spec.loader.exec_module(module := module_from_spec(spec))
    session = duckdb.connect()
    session.execute("create table int_names (domain varchar, label varchar)")
    session.execute(f"create table int_ngram_weights as {weights}")
    if names:
        session.executemany("insert into int_names values (?, ?)", names)

    class Dbt:
        ref = staticmethod(session.table)

    features = module.model(Dbt, session)  # noqa: F841 - DuckDB finds it by its name
    return session.sql("from features").set_alias("features")


COLUMNS = (
    "domain", "distinct_bigram_ratio", "bigram_log2_probability", "top_ngram_ratio", "oov_ratio", "tfidf_mean",
    "tfidf_max",
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "values"),
    [
        # 9 pairs, 8 of three
        (("amazon-vip.vip", "amazon-vip"), (1.0, -9.446721, 2 / 17, 14 / 17, 2.274007, 2.386294)),
        (("amazon-vip.vip", "Amazon-VIP"), (1.0, -9.446721, 2 / 17, 14 / 17, 2.274007, 2.386294)),
        # Cyrillic а: of 5 pairs and 4 of three, pa, al and pal are known
        (("xn--pypal-4ve.com", "pаypal"), (1.0, -9.058899, 0.0, 6 / 9, 2.285307, 2.386294)),
        # yy four times, yyy three times, both never seen
        (("yyyyy.com", "yyyyy"), (0.25, -10.431498, 0.0, 1.0, 2.386294, 9.545176)),
        # pairs and threes of characters, an emoji being one
        (("xn--yp8haa.com", "👍👍👍"), (0.5, -10.431498, 0.0, 1.0, 2.386294, 4.772588)),
    ],
)
def test_ordinary_ngrams_are_told_from_unusual_ones(name, values):
    found = relation(name)
    assert found.columns == list(COLUMNS)
    assert [str(kind) for kind in found.types] == ["VARCHAR"] + ["DOUBLE"] * 6
    assert found.fetchall() == [(name[0], *values)]


def test_names_without_ngrams_are_left_out():
    assert [row[0] for row in relation(("a.com", "a"), ("ab.com", "ab"), ("👍.com", "👍")).fetchall()] == ["ab.com"]
    assert relation().fetchall() == []


def test_halves_are_rounded_away_from_nought():
    """A pair and nothing else: (0.000001 + 0.000002) / 2 is a half of the last digit."""
    weights = """
        select ngram, false as is_top, idf::decimal(9, 6) as idf, log2_probability::decimal(9, 6) as log2_probability
        from (values ('ab', 0.000002, -0.000002), ('bc', 0.000001, -0.000003), ('abc', 0.000001, null),
            (null, 0.000001, -0.000001)) as weights (ngram, idf, log2_probability)
    """
    [(_, _, log2, *_)] = relation(("abc.com", "abc"), weights=weights).fetchall()
    assert log2 == -0.000003  # of -0.0000025
