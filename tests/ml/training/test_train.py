"""Training from scratch: an artifact with its manifest, the same for the same seed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from squatwatch_ml.network.artifact import ArtifactError, read_artifact
from squatwatch_ml.training import frame
from squatwatch_ml.training.plans import TrainingPlan
from squatwatch_ml.training.train import TrainingError, train, training_pairs

TINY = TrainingPlan(brand_count=40, positives=25, negatives=20, background=8_000, epochs=2, seed=5)


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


def quiet(_line: str) -> None: ...


def test_a_folder_that_holds_an_artifact_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "manifest.json").write_text("{}")
    said: list[str] = []
    with pytest.raises(ArtifactError, match="model holds an artifact already"):
        train(folder, TINY, say=said.append)
    assert said == []
    assert [path.name for path in folder.iterdir()] == ["manifest.json"]


class Killed(Exception):
    pass


def test_a_training_that_was_killed_goes_on_and_the_same_seed_gives_the_same_artifact(trained, tmp_path: Path) -> None:
    def killed_after_an_epoch(line: str) -> None:
        if line.startswith("epoch 1/2 done"):
            raise Killed

    with pytest.raises(Killed):
        train(tmp_path / "model", TINY, say=killed_after_an_epoch)
    assert [path.name for path in tmp_path.iterdir()] == [".model.training.npz"]
    said: list[str] = []
    train(tmp_path / "model", TINY, say=said.append)
    assert any(line.startswith("going on from") for line in said)
    assert not any(line.startswith("epoch 1/2") for line in said)
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    first, again = read_artifact(trained[0]), read_artifact(tmp_path / "model")
    assert first.weights
    assert all(np.array_equal(a, b) for a, b in zip(first.weights, again.weights, strict=True))
    assert first.manifest["threshold"] == again.manifest["threshold"]
    assert first.manifest["model_version"] == again.manifest["model_version"]


@pytest.fixture(scope="module")
def with_lists(few_names, tmp_path_factory) -> tuple[dict, Path, list[str]]:
    """The manifest, the folder and the words of a training from labels and a registration list, in place of another."""
    folder = tmp_path_factory.mktemp("with-lists")
    (folder / "labels.csv").write_text(
        "brand,domain,verdict\n"
        "gartenhaus,gartenhaus-konto.com,squat\ngartenhaus,gartenlaus.com,other\n"
        "gartenhaus,gartenmaus.com,squat\ngartenhaus,gartenmaus.com,other\n"
        "amazon,amazon-konto.com,squat\n"
    )
    (folder / "day.txt").write_text("\n".join(f"google-{word}.com" for word in ("garden", "roofing", "bakery")))
    (folder / "model").mkdir()
    (folder / "model/manifest.json").write_text("{}")
    said: list[str] = []
    lists = {"labels": [folder / "labels.csv"], "registrations": [folder / "day.txt"]}
    plan = replace(TINY, epochs=1, brand_count=12, **lists)
    return train(folder / "model", plan, replace=True, say=said.append), folder, said


def test_an_artifact_is_replaced_where_that_is_asked_for(with_lists) -> None:
    assert read_artifact(with_lists[1] / "model").manifest["model_version"].startswith("bilstm-")


def test_registration_lists_enter_the_background_and_the_manifest(with_lists) -> None:
    assert with_lists[0]["data"]["registrations"] == ["day.txt"]


def test_labels_enter_the_pairs_and_the_manifest(with_lists) -> None:
    manifest, folder, said = with_lists
    assert "2 labels; left out: 1 pairs that contradict one another, 1 labels of brands that are reported on" in said
    pairs = training_pairs(manifest, folder)
    kept = dict(zip(zip(pairs.labels, pairs.brands, strict=True), pairs.target.tolist(), strict=True))
    planted = {label for (label, _), target in kept.items() if label.endswith("-konto") and target == 1}
    assert {f"{brand}-konto" for brand in manifest["data"]["brands_learnt"]} <= planted
    assert kept["gartenlaus", "gartenhaus"] == 0
    assert "gartenmaus" not in pairs.labels


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
        train(tmp_path / "model", replace(TINY, **options), say=quiet)
    assert list(tmp_path.iterdir()) == []


def test_a_loss_that_is_not_a_number_stops_and_writes_nothing(few_names, tmp_path: Path, monkeypatch) -> None:
    fit = frame.fit
    monkeypatch.setattr(
        frame,
        "fit",
        lambda network, inputs, target, *rest, **more: fit(network, inputs, target * np.nan, *rest, **more),
    )
    with pytest.raises(TrainingError, match="loss became nan in epoch 1"):
        train(tmp_path / "model", replace(TINY, brand_count=12), say=quiet)
    assert list(tmp_path.iterdir()) == []


def test_the_manifest_is_json_for_people(trained) -> None:
    text = (trained[0] / "manifest.json").read_text("utf-8")
    assert json.loads(text)["model_version"].startswith("bilstm-")
    assert text.count("\n") > 50
