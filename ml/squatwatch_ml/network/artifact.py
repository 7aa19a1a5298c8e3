"""A trained network as a folder of three files: weights, graph and manifest.

`weights.npz` has plain arrays, `network.onnx` the same as a graph for ONNX Runtime, and `manifest.json` says what they
are, with the sha256 of both.

The hashes are checked before the files are opened; Keras' network is built from code, and a graph of ONNX' own
operators only computes: nothing in an artifact is run.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import uuid
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypedDict, cast
from zipfile import BadZipFile

import numpy as np

FORMAT_VERSION = 3
MANIFEST, WEIGHTS, NETWORK = "manifest.json", "weights.npz", "network.onnx"
REQUIRED = (
    "model_version", "alphabet", "channels", "features", "neutral_features", "length", "word_lists", "config",
    "threshold",
)  # fmt: skip
WRITTEN = ("weight_count", "weights_sha256", "network_sha256")  # added by `write_artifact`
OF_THE_FILES = ("format_version", *WRITTEN)
OF_SCORING = ("model_version", "threshold", "thresholds", "neutral_features")  # asked once a network is loaded

BEYOND_FEATURES = 100


class Manifest(TypedDict, total=False):
    """A manifest: what the network is, reads and was trained on. `REQUIRED` and `WRITTEN` are there once it is read."""

    format_version: int
    model_version: str
    architecture: str
    brand: str  # of a network for one brand
    trained_at: str
    threshold: float
    thresholds: dict[str, float]  # by kind of brand
    alphabet: str
    length: int
    channels: list[str]
    features: list[str]
    neutral_features: dict[str, float]
    word_lists: dict[str, str]
    config: dict[str, Any]  # the fields of `NetworkConfig`
    parameter_count: int
    training: dict[str, Any]  # the fields of a plan
    data: dict[str, Any]
    refined: dict[str, Any]
    metrics: dict[str, Any]
    versions: dict[str, str]
    weight_count: int
    weights_sha256: str
    network_sha256: str


class ArtifactError(ValueError):
    """The artifact is missing, altered or of another format; the message names the file and the command that helps."""


@dataclass(frozen=True)
class Artifact:
    """A network as read, its hashes checked; `network` is an ONNX file, empty for none."""

    folder: Path
    manifest: Manifest
    packed: bytes  # weights.npz
    network: bytes

    @cached_property
    def weights(self) -> list[np.ndarray]:
        """The arrays of the network in Keras' order. Raises ArtifactError where they cannot be unpacked."""
        try:
            with np.load(io.BytesIO(self.packed), allow_pickle=False) as arrays:
                return [arrays[f"weight_{at}"] for at in range(self.manifest["weight_count"])]
        except (OSError, KeyError, ValueError, TypeError, EOFError, MemoryError, BadZipFile) as error:
            raise ArtifactError(f"{self.folder / WEIGHTS} cannot be read ({error}). {_remedy(self.folder)}") from error


def read_artifact(folder: Path) -> Artifact:
    """Read an artifact and check its hashes.

    Raises ArtifactError where a file is missing, altered or of another format.
    """
    manifest = read_manifest(folder)
    packed = _checked(folder / WEIGHTS, manifest["weights_sha256"])
    return Artifact(folder, manifest, packed, _checked(folder / NETWORK, manifest["network_sha256"]))


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest alone. Raises ArtifactError where it is missing, cannot be read or is of another format."""
    path = folder / MANIFEST
    data = _bytes(path)
    try:
        manifest: Any = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ArtifactError(f"{path} is not JSON ({error}). {_remedy(path.parent)}") from error
    if not isinstance(manifest, dict) or manifest.get("format_version") != FORMAT_VERSION:
        version = manifest.get("format_version") if isinstance(manifest, dict) else None
        raise ArtifactError(
            f"{path} has format version {version}, this program reads {FORMAT_VERSION}. {_remedy(path.parent)}"
        )
    if missing := [key for key in (*REQUIRED, *WRITTEN) if key not in manifest]:
        raise ArtifactError(f"{path} lacks {', '.join(missing)}. {_remedy(path.parent)}")
    if wrong := [name for name, is_right in _readable(manifest).items() if not is_right]:
        raise ArtifactError(f"{path} has no {', no '.join(wrong)}. {_remedy(path.parent)}")
    return cast(Manifest, manifest)  # JSON has no types; the keys that are needed were checked


def scoring_part(manifest: Manifest) -> Manifest:
    """Return what of a manifest is asked once its network is loaded: a tenth of it, the rest says how it was made."""
    return cast(Manifest, {key: value for key, value in manifest.items() if key in OF_SCORING})


def write_artifact(
    folder: Path,
    manifest: Manifest,
    weights: list[np.ndarray],
    network: bytes = b"",
) -> None:
    """Write the folder beside its place and rename it, so that a reader finds the old artifact or the new one.

    `network`: the weights' graph (`engines.graph.network_onnx`), empty for a network that only Keras runs. Raises
    OSError where the folder cannot be written.
    """
    arrays: dict[str, Any] = {f"weight_{at}": array for at, array in enumerate(weights)}
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    data = packed.getvalue()
    full = {
        "format_version": FORMAT_VERSION,
        **manifest,
        "weight_count": len(weights),
        "weights_sha256": hashlib.sha256(data).hexdigest(),
        "network_sha256": hashlib.sha256(network).hexdigest(),
    }
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}")
    beside.mkdir()
    try:
        (beside / WEIGHTS).write_bytes(data)
        (beside / NETWORK).write_bytes(network)
        (beside / MANIFEST).write_text(json.dumps(full, indent=2, ensure_ascii=False) + "\n", "utf-8")
        _swap(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def refuse_existing(folder: Path, replace: bool) -> None:
    """Raise ArtifactError where `folder` holds anything already; with `replace`, where that is no artifact."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not (folder / MANIFEST).is_file():
        raise ArtifactError(f"{folder} exists already and is no artifact: name another folder")
    if not replace:
        raise ArtifactError(f"{folder} holds an artifact already: name another folder, or say that it may be replaced")


def _swap(new: Path, folder: Path) -> None:
    if not folder.exists():
        new.rename(folder)
        return
    old = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}")
    folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old)


def _readable(manifest: dict[str, Any]) -> dict[str, bool]:
    """Tell of what scoring asks of a manifest whether it is there; its other values are compared or hashed."""
    by_kind = manifest.get("thresholds", {})
    count = manifest["weight_count"]
    return {
        "model_version in letters": isinstance(manifest["model_version"], str),
        "threshold from 0 to 1": _is_threshold(manifest["threshold"]),
        "thresholds from 0 to 1": isinstance(by_kind, dict) and all(map(_is_threshold, by_kind.values())),
        "weight_count above 0": isinstance(count, int) and count > 0,
        "config by name": isinstance(manifest["config"], dict),
        "neutral_features as numbers": _has_neutral(manifest["features"], manifest["neutral_features"]),
    }


def _has_neutral(features: Any, neutral: Any) -> bool:
    """Tell whether each feature has a neutral value; the article's network has no features, so both are null."""
    if features is None:
        return neutral is None
    names = features if isinstance(features, list) else [features]
    values = neutral if isinstance(neutral, dict) else {}
    return all(isinstance(name, str) and _is_feature(values.get(name)) for name in names)


def _is_feature(value: Any) -> bool:
    """Tell whether a feature can have this value: they lie between 0 and 2, by and large."""
    return isinstance(value, int | float) and abs(value) < BEYOND_FEATURES


def _is_threshold(value: Any) -> bool:
    """Tell whether a score can reach it: nothing reaches NaN, which JSON as Python reads it may have."""
    return isinstance(value, int | float) and 0 <= value <= 1


def _checked(path: Path, sha256: str) -> bytes:
    data = _bytes(path)
    computed = hashlib.sha256(data).hexdigest()
    if computed != sha256:
        raise ArtifactError(
            f"{path} has sha256 {computed}, the manifest says {sha256}: it was altered or belongs to another manifest. "
            f"{_remedy(path.parent)}"
        )
    return data


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ArtifactError(f"{path} cannot be read ({error.strerror}). {_remedy(path.parent)}") from error


def _remedy(folder: Path) -> str:
    return f"To make another than {folder}, run: squatwatch train --output FOLDER, and set SQUATWATCH_MODEL to it"
