"""What a score is made of: each kind of evidence taken away in turn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import squatwatch_ml
from squatwatch_ml.network.artifact import ArtifactError, read_artifact, write_artifact
from squatwatch_ml.network.components import (
    FEATURES_OF,
    GROUP_OF_CHANNEL,
    GROUPS,
    log_odds,
    neutral_features,
    without,
)
from squatwatch_ml.network.score import Scorer
from squatwatch_ml.pair.encode import ALPHABET, CHANNELS, UNKNOWN
from squatwatch_ml.pair.features import FEATURES

SHIPPED = Path(squatwatch_ml.__file__).parent / "shipped_artifact"


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer.load(SHIPPED, device="cpu")


def components_of(scorer, labels, brands):
    return scorer.judge(labels, brands, floor=0).components


def test_every_feature_and_channel_belongs_to_one_kind_of_evidence():
    """A new one has to be put into a group of components.py before anybody is told what a score is made of."""
    assert sorted(name for names in FEATURES_OF.values() for name in names) == sorted(FEATURES)
    assert set(GROUP_OF_CHANNEL) == set(CHANNELS)
    assert set(FEATURES_OF) == set(GROUP_OF_CHANNEL.values()) == set(GROUPS)


def test_there_is_one_number_for_each_kind_and_pair(scorer):
    found = components_of(scorer, ["paypa1-login", "orchard"], ["paypal", "paypal"])
    assert list(found) == list(GROUPS)
    assert all(values.shape == (2,) and np.isfinite(values).all() for values in found.values())


def test_no_pairs_have_no_components(scorer):
    assert {len(values) for values in components_of(scorer, [], []).values()} == {0}


@pytest.mark.parametrize(
    ("label", "brand", "group", "sign"),
    [
        ("раураl", "paypal", "resemblance", 1),  # Cyrillic look-alikes, nothing else in the name
        ("netflx", "netflix", "resemblance", 1),
        ("interactive", "interac", "words", -1),  # an ordinary word over the brand
        ("revolution", "revolut", "words", -1),
    ],
)
def test_a_component_speaks_for_an_imitation_or_against_one(scorer, label, brand, group, sign):
    assert components_of(scorer, [label], [brand])[group][0] * sign > 0.5


def test_a_pair_s_components_do_not_depend_on_the_pairs_beside_it(scorer):
    labels, brands = ["netflx", "my-paypal-update", "interactive"], ["netflix", "paypal", "interac"]
    together = components_of(scorer, labels, brands)
    for at, (label, brand) in enumerate(zip(labels, brands, strict=True)):
        alone = components_of(scorer, [label], [brand])
        assert {group: values[0] for group, values in alone.items()} == pytest.approx(
            {group: values[at] for group, values in together.items()}, abs=0.1
        )


def test_taking_evidence_away_touches_nothing_else(scorer):
    pairs = scorer.encode(["my-paypa1"], ["paypal"])
    before = [array.copy() for array in pairs]
    neutral = dict.fromkeys(FEATURES, 0.5)
    unknown = ALPHABET.index(UNKNOWN) + 1
    bare = without(pairs, "surroundings", neutral)
    assert (bare.letters[0, :3] == unknown).all() and (bare.letters[0, 3:9] == pairs.letters[0, 3:9]).all()
    assert bare.letters[0, 9] == 0  # the name is as long as it was
    for at, name in enumerate(FEATURES):
        expected = 0.5 if name in FEATURES_OF["surroundings"] else pairs.features[0, at]
        assert bare.features[0, at] == expected, name
    assert all((array == kept).all() for array, kept in zip(pairs, before, strict=True))


def test_neutral_is_the_median_of_the_background():
    background = np.repeat([[0.0], [0.2], [1.0]], len(FEATURES), axis=1)
    assert neutral_features(background) == dict.fromkeys(FEATURES, 0.2)


def test_log_odds_end_where_the_places_of_a_score_do():
    assert log_odds(np.array([0.0, 0.5, 1.0])) == pytest.approx([-11.5, 0, 11.5], abs=0.1)


def test_a_model_without_neutral_values_is_refused(tmp_path):
    artifact = read_artifact(SHIPPED)
    kept = {key: value for key, value in artifact.manifest.items() if key != "neutral_features"}
    write_artifact(tmp_path / "old", kept, artifact.weights, artifact.network)
    with pytest.raises(ArtifactError, match=r"lacks neutral_features.*run: squatwatch train"):
        Scorer.load(tmp_path / "old")
