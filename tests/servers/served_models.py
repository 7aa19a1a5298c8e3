"""Models for servers and registries of tests: the shipped network under other versions, with other thresholds."""

from __future__ import annotations

from squatwatch.models.registry import shipped_model
from squatwatch_ml.network.artifact import read_artifact, write_artifact

BANKS = "bilstm-0123456789"
SHIPPED = read_artifact(shipped_model()).manifest["model_version"]


def write_copy(folder, version, **manifest):
    """Write the shipped artifact under another version, with other values in its manifest."""
    shipped = read_artifact(shipped_model())
    write_artifact(folder, {**shipped.manifest, "model_version": version, **manifest}, shipped.weights, shipped.network)
    return folder
