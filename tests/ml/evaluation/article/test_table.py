"""The article's table: every model on the same names, and what it would raise on a real day."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from squatwatch_ml.baselines import balanced
from squatwatch_ml.evaluation.article import models
from squatwatch_ml.evaluation.article import table as making
from squatwatch_ml.evaluation.article.models import Answer
from squatwatch_ml.evaluation.article.table import real_names, table_of
from squatwatch_ml.training.plans import Schedule

for library in ("sklearn", "xgboost", "lightgbm"):
    pytest.importorskip(library, reason="the extra `evaluation` is not installed")

REAL = [f"{word}{at}.de" for word in ("garden", "kitchen", "rose", "monday") for at in range(200)]
DAY = ["paypal-login.com", "PAYPAL-help.com", "xn--pypal-4ve.com", "paypla-account.net", "roses.de", "garden777.de"]


@pytest.fixture(scope="module")
def table(trained) -> pl.DataFrame:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(balanced, "popular_domains", lambda name: REAL)
        patch.setattr(models, "SCHEDULE", Schedule(epochs=2, batch_size=32, learning_rate=0.01))
        return table_of(["paypal"], trained[0], {"a day": DAY}, count=100).frame


@pytest.mark.slow
def test_all_models_answer_for_the_same_names(table: pl.DataFrame) -> None:
    assert table["model"].n_unique() == 9
    assert set(table["trained_on"]) == {"this brand", "other brands", "nothing"}
    for measure in ("precision", "recall", "f1", "roc_auc"):
        known = table[measure].drop_nans()
        assert known.len() and known.is_between(0, 1).all()


@pytest.mark.slow
def test_the_shipped_network_is_shown_at_its_threshold_and_at_a_half(table: pl.DataFrame, trained) -> None:
    from squatwatch_ml.network.score import Scorer

    shown = table.filter(pl.col("model") == "squatwatch, all names")["threshold"].to_list()
    assert shown == [Scorer.load(trained[0]).base_threshold("paypal"), 0.5]


@pytest.mark.slow
def test_names_raised_on_a_day_are_counted_with_and_without_the_brand(table: pl.DataFrame) -> None:
    """Four of the six look like paypal; the typo does not contain it, the Cyrillic letter does."""
    step = table.row(by_predicate=pl.col("model") == "the candidate step alone", named=True)
    assert step["flagged"] == pytest.approx(4 / 6 * 100_000, abs=1)
    assert step["without_brand"] == pytest.approx(1 / 6 * 100_000, abs=1)


@pytest.mark.slow
def test_candidates_that_score_nothing_are_not_raised_without_the_candidate_step(table: pl.DataFrame) -> None:
    first, every = (
        table.filter(pl.col("model") == f"squatwatch, {names}")["flagged"][0] for names in ("candidates", "all names")
    )
    assert first <= every


def test_without_a_real_day_the_last_columns_are_empty(monkeypatch) -> None:
    def answers(train, sets, brand, artifact, seed):
        yield Answer("perfect", "nothing", 0.5, [names.target for names in sets])

    monkeypatch.setattr(balanced, "popular_domains", lambda name: REAL)
    monkeypatch.setattr(making, "answers", answers)
    made = table_of(["paypal", "allianz"], None, {}, count=100)
    assert made.frame["brand"].to_list() == ["paypal", "allianz"]
    assert made.frame["f1"].to_list() == [1.0, 1.0]
    assert made.frame["flagged"].null_count() == 2
    assert "allianz: 160 names to learn from, 40 held out" in made.note


def test_held_out_names_are_no_part_of_training(monkeypatch) -> None:
    """What the models are trained on and what they are asked share no label."""
    seen = []

    def answers(train, sets, brand, artifact, seed):
        seen.append(set(train.labels) & set(sets[0].labels))
        yield Answer("any", "nothing", 0.5, [np.zeros(len(names.labels)) for names in sets])

    monkeypatch.setattr(balanced, "popular_domains", lambda name: REAL)
    monkeypatch.setattr(making, "answers", answers)
    table_of(["paypal"], None, {}, count=200)
    assert seen == [set()]


def test_registered_names_are_read_as_people_see_them() -> None:
    names = real_names(["xn--pypal-4ve.com", "www.Roses.co.uk"])
    assert names.labels == ["pаypal", "roses"]
    assert names.domains == ["pаypal.com", "roses.co.uk"]
