"""The article's features and classifiers: what they read, and that they read training names only."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from squatwatch_ml.baselines.article_features import TOP_NGRAMS, article_features, shape_of
from squatwatch_ml.baselines.balanced import balanced_names
from squatwatch_ml.baselines.classifiers import CLASSIFIERS, NameFeatures, trained
from squatwatch_ml.baselines.measures import measures
from squatwatch_ml.training.extra import MissingExtra, need

needs_the_extra = pytest.mark.skipif(
    any(__import__("importlib.util").util.find_spec(name) is None for name in ("sklearn", "xgboost", "lightgbm")),
    reason="the extra `evaluation` is not installed",
)
REAL = [f"{word}{number}.de" for word in ("garden", "kitchen", "rose") for number in range(100)]


def test_the_shape_is_levels_vowel_ratio_and_length() -> None:
    assert shape_of(["aab.co.uk", "123.de"]).tolist() == [[3, 4 / 7, 9], [2, 0.5, 6]]
    assert shape_of(["1"]).tolist() == [[1, 0, 1]]


@needs_the_extra
def test_features_are_fitted_on_training_names_only() -> None:
    """n-grams, terms and topics that held-out names alone have are unknown, and change nothing for the others."""
    learnt = REAL[:200]
    features = article_features(seed=1).fit(learnt)
    steps = dict(features.transformer_list)
    known = {*steps["ngrams"].vocabulary_, *steps["tfidf"].vocabulary_, *steps["topics"][0].vocabulary_}
    assert "rd" in known
    held_out = ["zzqx.zzqx", "qxzz.qq"]
    assert not any("q" in ngram for ngram in known)
    together = features.transform([*learnt, *held_out]).toarray()
    assert np.allclose(together[: len(learnt)], features.transform(learnt).toarray())
    assert len(steps["ngrams"].vocabulary_) <= TOP_NGRAMS


@needs_the_extra
@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_classifier_tells_imitations_from_real_names_it_has_not_seen(name: str) -> None:
    data = balanced_names("paypal", 200, seed=1, real=REAL)
    features = NameFeatures(data.train.domains, seed=1)
    score = trained(name, features, data.train.target, seed=1)
    scores = score(features.of(data.test.domains))
    assert measures(scores, data.test.target, 0.5).roc_auc > 0.95
    again = trained(name, features, data.train.target, seed=1)(features.of(data.test.domains))
    assert np.array_equal(scores, again)


def test_without_the_extra_the_message_says_what_to_install(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "xgboost", None)
    with pytest.raises(MissingExtra, match=r"xgboost is not installed. Run: uv pip install '.\[evaluation\]'"):
        need("xgboost")
