"""Training from scratch: an artifact with its manifest, the same for the same seed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from squatwatch_ml import train as training
from squatwatch_ml.artifact import read_artifact
from squatwatch_ml.train import TrainingError, threshold_for, train

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
    assert len(manifest["data"]["brands_learnt"]) == 30
    assert manifest["data"]["pairs"]["imitations"] > 300
    assert 0 < manifest["threshold"] < 1
    assert manifest["metrics"]["held_out_recall"] >= 0
    assert "tensorflow" in manifest["versions"]


def test_same_seed_same_weights(trained, tmp_path: Path) -> None:
    train(tmp_path / "again", seed=5, say=lambda line: None, **TINY)
    first, again = read_artifact(trained[0]), read_artifact(tmp_path / "again")
    assert first.weights
    assert all(np.array_equal(a, b) for a, b in zip(first.weights, again.weights, strict=True))
    assert first.manifest["threshold"] == again.manifest["threshold"]
    assert first.words == again.words
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
        ({"brand_count": 2}, "raise brand_count"),
        ({"positives": 0}, "both kinds are needed"),
        ({"background": 0}, "both kinds are needed"),
    ],
)
def test_nothing_to_learn_from_is_an_error_and_writes_nothing(few_names, tmp_path: Path, options, words: str) -> None:
    with pytest.raises(TrainingError, match=words):
        train(tmp_path / "model", say=lambda line: None, **{**TINY, **options})
    assert list(tmp_path.iterdir()) == []


def test_a_loss_that_is_not_a_number_stops_and_writes_nothing(few_names, tmp_path: Path, monkeypatch) -> None:
    fit = training.fit
    monkeypatch.setattr(
        training, "fit", lambda network, encoded, target, **rest: fit(network, encoded, target * np.nan, **rest)
    )
    with pytest.raises(TrainingError, match="loss became nan in epoch 1"):
        train(tmp_path / "model", say=lambda line: None, **TINY)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("scores", "most", "flagged"),
    [
        ([0.9, 0.8, 0.7, 0.1], 2, 2),
        ([0.9, 0.8, 0.7, 0.1], 0, 0),
        ([0.9, 0.9, 0.9, 0.1], 2, 0),
        ([0.9], 5, 1),
        ([], 0, 0),
    ],
)
def test_the_threshold_keeps_the_alarm_budget(scores: list[float], most: float, flagged: int) -> None:
    background = np.array(scores, np.float32)
    assert (background >= threshold_for(background, most)).sum() == flagged


def test_the_manifest_is_json_for_people(trained) -> None:
    text = (trained[0] / "manifest.json").read_text("utf-8")
    assert json.loads(text)["model_version"].startswith("bilstm-")
    assert text.count("\n") > 50
