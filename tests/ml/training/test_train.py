"""Training from scratch: an artifact with its manifest, the same for the same seed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from squatwatch_ml.network.artifact import read_artifact
from squatwatch_ml.training import train as training
from squatwatch_ml.training.train import TrainingError, train

TINY = {"brand_count": 40, "positives": 25, "negatives": 20, "background": 8_000, "epochs": 2}


def test_training_shows_what_it_does_and_that_the_loss_falls(trained) -> None:
    _, said = trained
    assert [line for line in said if line.startswith("epoch 1/2") and "mean loss" in line]
    assert any("wrote" in line for line in said)
    first, last = read_artifact(trained[0]).manifest["metrics"]["training_loss"]
    assert last < first


def test_the_manifest_says_what_was_trained_on(trained) -> None:
    manifest = read_artifact(trained[0]).manifest
    assert manifest["training"]["seed"] == 5
    assert len(manifest["data"]["fingerprint"]) == 64
    assert len(manifest["data"]["brands_learnt"]) == 35
    assert manifest["data"]["pairs"]["imitations"] > 300
    assert manifest["thresholds"] == {"name": 0.5, "word": 0.55, "short": 0.55}
    assert manifest["metrics"]["held_out_recall"] >= 0
    assert "tensorflow" in manifest["versions"]


def test_same_seed_same_weights(trained, tmp_path: Path) -> None:
    train(tmp_path / "again", seed=5, say=lambda line: None, **TINY)
    first, again = read_artifact(trained[0]), read_artifact(tmp_path / "again")
    assert first.weights
    assert all(np.array_equal(a, b) for a, b in zip(first.weights, again.weights, strict=True))
    assert first.manifest["threshold"] == again.manifest["threshold"]
    assert first.manifest["model_version"] == again.manifest["model_version"]


class Killed(Exception):
    pass


def test_a_training_that_was_killed_goes_on_by_itself_and_ends_with_the_same_artifact(trained, tmp_path: Path) -> None:
    def killed_after_an_epoch(line: str) -> None:
        if line.startswith("epoch 1/2 done"):
            raise Killed

    with pytest.raises(Killed):
        train(tmp_path / "model", seed=5, say=killed_after_an_epoch, **TINY)
    assert [path.name for path in tmp_path.iterdir()] == [".model.training.npz"]
    said: list[str] = []
    train(tmp_path / "model", seed=5, say=said.append, **TINY)
    assert any(line.startswith("going on from") for line in said)
    assert not any(line.startswith("epoch 1/2") for line in said)
    first, again = read_artifact(trained[0]), read_artifact(tmp_path / "model")
    assert first.manifest["model_version"] == again.manifest["model_version"]
    assert [path.name for path in tmp_path.iterdir()] == ["model"]


def test_registration_lists_enter_the_background_and_the_manifest(few_names, tmp_path: Path) -> None:
    path = tmp_path / "day.txt"
    path.write_text("\n".join(f"google-{word}.com" for word in ("garden", "roofing", "bakery")))
    manifest = train(
        tmp_path / "model", registrations=[path], say=lambda line: None, **{**TINY, "epochs": 1, "brand_count": 12}
    )
    assert manifest["data"]["registrations"] == ["day.txt"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"brand_count": 1}, "raise brand_count"),
        ({"positives": 0}, "both kinds are needed"),
        ({"background": 0}, "both kinds are needed"),
    ],
)
def test_nothing_to_learn_from_is_an_error_and_writes_nothing(few_names, tmp_path: Path, options, words: str) -> None:
    with pytest.raises(TrainingError, match=words):
        train(tmp_path / "model", say=lambda line: None, **{**TINY, **options})
    assert list(tmp_path.iterdir()) == []


def test_labels_enter_the_pairs_and_the_manifest(few_names, tmp_path: Path) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(
        "brand,domain,verdict\n"
        "gartenhaus,gartenhaus-konto.com,squat\ngartenhaus,gartenlaus.com,other\n"
        "gartenhaus,gartenmaus.com,squat\ngartenhaus,gartenmaus.com,other\n"
        "amazon,amazon-konto.com,squat\n"
    )
    said: list[str] = []
    plan = {**TINY, "epochs": 1, "brand_count": 12}
    manifest = train(tmp_path / "model", labels=[path], say=said.append, **plan)
    assert "2 labels; left out: 1 pairs that contradict one another, 1 labels of brands that are reported on" in said
    pairs = training.training_pairs(manifest, tmp_path)
    kept = dict(zip(zip(pairs.labels, pairs.brands, strict=True), pairs.target.tolist(), strict=True))
    planted = {label for (label, _), target in kept.items() if label.endswith("-konto") and target == 1}
    assert {f"{brand}-konto" for brand in manifest["data"]["brands_learnt"]} <= planted
    assert kept["gartenlaus", "gartenhaus"] == 0
    assert "gartenmaus" not in pairs.labels


def test_a_loss_that_is_not_a_number_stops_and_writes_nothing(few_names, tmp_path: Path, monkeypatch) -> None:
    fit = training.fit
    monkeypatch.setattr(
        training, "fit", lambda network, encoded, target, **rest: fit(network, encoded, target * np.nan, **rest)
    )
    with pytest.raises(TrainingError, match="loss became nan in epoch 1"):
        train(tmp_path / "model", say=lambda line: None, **TINY)
    assert list(tmp_path.iterdir()) == []


def test_the_manifest_is_json_for_people(trained) -> None:
    text = (trained[0] / "manifest.json").read_text("utf-8")
    assert json.loads(text)["model_version"].startswith("bilstm-")
    assert text.count("\n") > 50
