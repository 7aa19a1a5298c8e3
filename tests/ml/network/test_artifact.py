"""An artifact is checked before it is opened, and written whole."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from squatwatch_ml.network import artifact
from squatwatch_ml.network.artifact import (
    MANIFEST,
    NETWORK,
    WEIGHTS,
    ArtifactError,
    read_artifact,
    refuse_existing,
    write_artifact,
)

FIELDS = dict.fromkeys(artifact.REQUIRED, "x") | {
    "threshold": 0.5, "config": {}, "features": ["distance"], "neutral_features": {"distance": 0.25},
}  # fmt: skip
ARRAYS = [np.arange(6.0).reshape(2, 3), np.ones(2)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_artifact(tmp_path / "model", FIELDS, ARRAYS, b"graph")
    return tmp_path / "model"


def test_what_is_written_is_read(folder: Path) -> None:
    read = read_artifact(folder)
    assert [array.tolist() for array in read.weights] == [array.tolist() for array in ARRAYS]
    assert read.network == b"graph"
    assert read.manifest["format_version"] == artifact.FORMAT_VERSION


def test_a_second_write_replaces_the_first_and_leaves_nothing_beside(folder: Path) -> None:
    write_artifact(folder, {**FIELDS, "model_version": "second"}, ARRAYS)
    assert read_artifact(folder).manifest["model_version"] == "second"
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def test_a_failed_write_leaves_the_old_artifact(folder: Path) -> None:
    with pytest.raises(TypeError):
        write_artifact(folder, {**FIELDS, "metrics": object()}, ARRAYS)
    assert read_artifact(folder).manifest["model_version"] == "x"
    assert [path.name for path in folder.parent.iterdir()] == ["model"]


def change_manifest(folder: Path, **fields) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps({**manifest, **fields}))


def flip_a_bit(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def fields(**values):
    """Return what changes these fields of a folder's manifest."""
    return lambda folder: change_manifest(folder, **values)


WRONG = {
    "weights altered": (lambda folder: flip_a_bit(folder / WEIGHTS), WEIGHTS, "sha256"),
    "graph altered": (lambda folder: flip_a_bit(folder / NETWORK), NETWORK, "sha256"),
    "graph missing": (lambda folder: (folder / NETWORK).unlink(), NETWORK, "cannot be read"),
    "weights missing": (lambda folder: (folder / WEIGHTS).unlink(), WEIGHTS, "cannot be read"),
    "manifest missing": (lambda folder: (folder / MANIFEST).unlink(), MANIFEST, "cannot be read"),
    "not JSON": (lambda folder: (folder / MANIFEST).write_text("{"), MANIFEST, "not JSON"),
    "not an object": (lambda folder: (folder / MANIFEST).write_text("[]"), MANIFEST, "format version None"),
    "the format before": (lambda folder: change_manifest(folder, format_version=1), MANIFEST, "format version 1,"),
    "a later format": (lambda folder: change_manifest(folder, format_version=99), MANIFEST, "format version 99"),
    "a threshold that nothing reaches": (fields(threshold=float("nan")), MANIFEST, "no threshold"),
    "a threshold in words": (fields(thresholds={"word": "0.5"}), MANIFEST, "no thresholds"),
    "thresholds in a list": (fields(thresholds=[1]), MANIFEST, "no thresholds"),
    "a version that is a number": (fields(model_version=1), MANIFEST, "no model_version"),
    "a count in words": (fields(weight_count="a"), MANIFEST, "no weight_count"),
    "a count below one": (fields(weight_count=-1), MANIFEST, "no weight_count"),
    "a config that is null": (fields(config=None), MANIFEST, "no config"),
    "neutral values that are null": (fields(neutral_features=None), MANIFEST, "no neutral_features"),
    "one number as neutral values": (fields(neutral_features=5), MANIFEST, "no neutral_features"),
    "neutral values in a list": (fields(neutral_features=["distance"]), MANIFEST, "no neutral_features"),
    "a neutral value missing": (fields(neutral_features={}), MANIFEST, "no neutral_features"),
    "a neutral value in words": (fields(neutral_features={"distance": "x"}), MANIFEST, "no neutral_features"),
    "no number": (fields(neutral_features={"distance": float("nan")}), MANIFEST, "no neutral_features"),
    "a number too large": (fields(neutral_features={"distance": 10**400}), MANIFEST, "no neutral_features"),
    "features that are no names": (fields(features=[["distance"]]), MANIFEST, "no neutral_features"),
    "features that are a number": (fields(features=5), MANIFEST, "no neutral_features"),
    "deeply nested": (lambda folder: (folder / MANIFEST).write_text("[" * 100_000), MANIFEST, "not JSON"),
    "hash of another file": (lambda folder: change_manifest(folder, weights_sha256="0" * 64), WEIGHTS, "sha256"),
    "arrays missing": (lambda folder: change_manifest(folder, weight_count=3), WEIGHTS, "cannot be read"),
}


@pytest.mark.parametrize(("damage", "file", "words"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_with_the_file_and_the_command(folder: Path, damage, file: str, words: str) -> None:
    damage(folder)
    with pytest.raises(ArtifactError) as raised:
        assert read_artifact(folder).weights
    for text in (str(folder / file), words, "squatwatch train"):
        assert text in str(raised.value)


def test_a_manifest_without_a_threshold_is_refused(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    del manifest["threshold"]
    (folder / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(ArtifactError, match="lacks threshold"):
        read_artifact(folder)


class Bomb:
    def __reduce__(self):
        return (pytest.fail, ("the pickle in the artifact was run",))


def test_a_pickle_is_not_run_even_with_the_right_hash(folder: Path) -> None:
    np.savez(folder / WEIGHTS, weight_0=np.array([Bomb()], dtype=object))
    change_manifest(folder, weight_count=1)
    change_manifest(folder, weights_sha256=hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest())
    with pytest.raises(ArtifactError, match="cannot be read"):
        assert read_artifact(folder).weights


def test_only_an_artifact_is_replaced(tmp_path):
    for empty in (tmp_path / "new", tmp_path):
        refuse_existing(empty, replace=False)
    (tmp_path / "squatwatch.db").write_text("verdicts")
    for may_replace in (False, True):
        with pytest.raises(ArtifactError, match="exists already and is no artifact: name another folder"):
            refuse_existing(tmp_path, may_replace)
        with pytest.raises(ArtifactError, match="is no artifact"):
            refuse_existing(tmp_path / "squatwatch.db", may_replace)
    (tmp_path / MANIFEST).write_text("{}")
    refuse_existing(tmp_path, replace=True)
    with pytest.raises(ArtifactError, match="holds an artifact already"):
        refuse_existing(tmp_path, replace=False)
