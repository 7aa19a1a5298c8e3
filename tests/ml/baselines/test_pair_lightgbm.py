"""LightGBM on pair features: one model for all brands, scored like the network."""

from __future__ import annotations

import numpy as np
import pytest

from squatwatch_ml.baselines.pair_lightgbm import PairLightGBM
from squatwatch_ml.pair.encode import encode
from squatwatch_ml.training.data.generate import imitations
from squatwatch_ml.training.data.pairs import TrainingPairs

pytest.importorskip("lightgbm", reason="the extra `evaluation` is not installed")
BRANDS = ["netflix", "santander", "coinbase", "fedexpress"]


@pytest.fixture(scope="module")
def pairs() -> TrainingPairs:
    rng = np.random.default_rng(1)
    made = [(label, brand) for brand in BRANDS for label in imitations(brand, 60, rng)]
    others = [(f"{word}{number}", brand) for brand in BRANDS for word in ("garden", "nettle") for number in range(30)]
    labels, brands = zip(*made, *others, strict=True)
    return TrainingPairs(list(labels), list(brands), np.repeat(np.array([1, 0], np.float32), [len(made), len(others)]))


@pytest.fixture(scope="module")
def model(pairs: TrainingPairs) -> PairLightGBM:
    return PairLightGBM.fit(pairs, rounds=40)


def test_it_scores_a_brand_that_it_was_not_trained_on(model: PairLightGBM) -> None:
    squat, honest = model.score(["micros0ft-login", "garden-roses"], ["microsoft", "microsoft"])
    assert honest < 0.5 < squat


def test_encoded_pairs_score_the_same_as_names(model: PairLightGBM, pairs: TrainingPairs) -> None:
    labels, brands = pairs.labels[:50], pairs.brands[:50]
    assert np.array_equal(model.score(labels, brands), model.score_encoded(encode(labels, brands)))
    assert model.score([], []).shape == (0,)


def test_the_same_pairs_give_the_same_trees_encoded_or_not(model: PairLightGBM, pairs: TrainingPairs) -> None:
    encoded = encode(pairs.labels, pairs.brands)
    again = PairLightGBM.fit(pairs, encoded, rounds=40)
    assert np.array_equal(model.score_encoded(encoded), again.score_encoded(encoded))


def test_pairs_with_more_weight_count_for_more(pairs: TrainingPairs) -> None:
    """Where the same pairs stand there with both answers, the heavier answer is learnt."""
    encoded = encode(pairs.labels * 2, pairs.brands * 2)
    twice = TrainingPairs(
        pairs.labels * 2, pairs.brands * 2, np.repeat(np.array([1, 0], np.float32), len(pairs.labels))
    )
    for heavy, answer in ((1, True), (0, False)):
        weight = np.where(twice.target == heavy, 1.0, 0.1)
        scores = PairLightGBM.fit(twice, encoded, weight, rounds=40).score_encoded(encoded)
        assert ((scores > 0.5) == answer).all()


def test_trees_are_kept_as_text_and_checked_against_the_features(
    model: PairLightGBM, pairs: TrainingPairs, tmp_path
) -> None:
    path = tmp_path / "work" / "trees.txt"
    model.save(path)
    read = PairLightGBM.load(path)
    assert np.array_equal(read.score(pairs.labels, pairs.brands), model.score(pairs.labels, pairs.brands))
    path.write_text(path.read_text().replace("is_exact", "is_other"))
    with pytest.raises(ValueError, match="other features"):
        PairLightGBM.load(path)


def test_what_does_not_fit_together_is_an_error(model: PairLightGBM) -> None:
    with pytest.raises(ValueError, match="2 labels for 1 brands"):
        model.score(["a", "b"], ["netflix"])
    with pytest.raises(ValueError, match="no pairs"):
        PairLightGBM.fit(TrainingPairs([], [], np.zeros(0, np.float32)))
