"""A trained network as a folder: `weights.npz` (plain arrays) and `manifest.json` (what they are, with their sha256).

The hash is checked before the arrays are opened, and the network is built from code: nothing in an artifact is run.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

FORMAT_VERSION = 1
MANIFEST, WEIGHTS = "manifest.json", "weights.npz"
REQUIRED = ("model_version", "alphabet", "channels", "features", "length", "config", "threshold", "weights_sha256")


class ArtifactError(ValueError):
    """The artifact is missing, altered or of another format; the message names the file and the command that helps."""


class Artifact(NamedTuple):
    """`weights`: the network's arrays in order; `words`: folded word to commonness."""

    manifest: dict[str, Any]
    weights: list[np.ndarray]
    words: dict[str, float]


def read_artifact(folder: Path) -> Artifact:
    """Reads and checks an artifact. Raises ArtifactError."""
    manifest = _read_manifest(folder / MANIFEST)
    path = folder / WEIGHTS
    data = _bytes(path)
    found = hashlib.sha256(data).hexdigest()
    if found != manifest["weights_sha256"]:
        raise ArtifactError(
            f"{path} has sha256 {found}, the manifest says {manifest['weights_sha256']}: it was altered or "
            f"belongs to another manifest. {_remedy(folder)}"
        )
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            weights = [arrays[f"weight_{at}"] for at in range(manifest["weight_count"])]
            words = dict(zip(arrays["words"].tolist(), arrays["word_commonness"].tolist(), strict=True))
    except (OSError, KeyError, ValueError) as error:
        raise ArtifactError(f"{path} cannot be read ({error}). {_remedy(folder)}") from error
    return Artifact(manifest, weights, words)


def write_artifact(
    folder: Path, manifest: Mapping[str, Any], weights: list[np.ndarray], words: Mapping[str, float]
) -> None:
    """Writes the folder beside its place and renames it, so that a reader finds the old artifact or the new one."""
    arrays = {f"weight_{at}": array for at, array in enumerate(weights)}
    arrays["words"] = np.array(list(words), dtype=np.str_)
    arrays["word_commonness"] = np.array(list(words.values()), dtype=np.float32)
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    data = packed.getvalue()
    full = {
        "format_version": FORMAT_VERSION,
        **manifest,
        "weight_count": len(weights),
        "weights_sha256": hashlib.sha256(data).hexdigest(),
    }
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}")
    beside.mkdir()
    try:
        (beside / WEIGHTS).write_bytes(data)
        (beside / MANIFEST).write_text(json.dumps(full, indent=2, ensure_ascii=False) + "\n", "utf-8")
        _swap(beside, folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _swap(new: Path, folder: Path) -> None:
    if not folder.exists():
        new.rename(folder)
        return
    old = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}")
    folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old)


def _read_manifest(path: Path) -> dict[str, Any]:
    data = _bytes(path)
    try:
        manifest = json.loads(data.decode("utf-8"))
    except ValueError as error:
        raise ArtifactError(f"{path} is not JSON ({error}). {_remedy(path.parent)}") from error
    if not isinstance(manifest, dict) or manifest.get("format_version") != FORMAT_VERSION:
        version = manifest.get("format_version") if isinstance(manifest, dict) else None
        raise ArtifactError(
            f"{path} has format version {version}, this program reads {FORMAT_VERSION}. {_remedy(path.parent)}"
        )
    if missing := [key for key in (*REQUIRED, "weight_count") if key not in manifest]:
        raise ArtifactError(f"{path} lacks {', '.join(missing)}. {_remedy(path.parent)}")
    return manifest


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ArtifactError(f"{path} cannot be read ({error.strerror}). {_remedy(path.parent)}") from error


def _remedy(folder: Path) -> str:
    return f"To write a new artifact to {folder}, run: squatwatch train"
