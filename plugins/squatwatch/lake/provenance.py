"""Provenance: what a step made its files from, kept in each Parquet file's own footer.

The data and where it comes from cannot part that way. A date whose files do not fit together was interrupted, and one
that was made from other brands than today's is out of date (`squatwatch.state.status`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import polars as pl

FOOTER_KEY = "squatwatch.provenance"
# the key of releases up to 0.2.0: one flat JSON object of strings, "list NAME" for the list of a source
FLAT_KEY = "squatwatch.made_from"
FLAT_LIST = "list "


class Input(StrEnum):
    """Inputs that a step may be made from besides lists and the tables of earlier steps."""

    SUFFIXES = "suffixes"  # only where they are others than the packaged ones
    BRANDS = "brands"
    ALLOWLIST = "allowlist"
    POPULARITY = "popularity"
    DBT_MODELS = "models"
    MODEL = "model"
    THRESHOLDS = "thresholds"
    SCORE_FLOOR = "score_floor"
    WINDOW = "window"
    RULES = "rules"
    ACCEPTED = "accepted"
    RANKER = "ranker"


@dataclass(frozen=True)
class Provenance:
    """The provenance of one step's files of a date. Two are equal where the same was read."""

    release: str | None = None  # of squatwatch
    lists: Mapping[str, str] = field(default_factory=dict)  # SHA-256 by source
    missing: tuple[str, ...] = ()  # sources whose list did not come
    upstream: Mapping[str, str] = field(default_factory=dict)  # fingerprint of its provenance by table
    inputs: Mapping[str, str] = field(default_factory=dict)  # hash, version or setting by Input
    # for people, and for the command that makes the date again: where the brands stood, and how many they were
    brands_file: str | None = field(default=None, compare=False)
    brand_count: int | None = field(default=None, compare=False)

    @property
    def is_known(self) -> bool:
        """Tell whether the file says anything; those of the first releases do not."""
        return self != Provenance()

    @property
    def fingerprint(self) -> str:
        """Sixteen hexadecimal digits that stand for all that was read; tables built on these files name them."""
        return fingerprint(self._flat())

    def footer(self) -> dict[str, str]:
        """Return the Parquet metadata that says so."""
        return {FOOTER_KEY: json.dumps({name: value for name, value in asdict(self).items() if value}, sort_keys=True)}

    def _flat(self) -> dict[str, str]:
        """Return what release 0.2.0 hashed, so that the fingerprints that it wrote still fit its files."""
        flat = {FLAT_LIST + source: sha256 for source, sha256 in self.lists.items()}
        if self.lists or self.missing:
            flat["missing"] = ",".join(self.missing)
        if self.release is not None:
            flat["release"] = self.release
        return flat | dict(self.upstream) | {str(name): value for name, value in self.inputs.items()}


def provenance_of(path: Path) -> Provenance:
    """Return the provenance in a Parquet file's footer; an unknown one where it has none.

    Raises OSError, ValueError or a polars error where the file is damaged.
    """
    metadata = pl.read_parquet_metadata(path)
    if FOOTER_KEY in metadata:
        return _of_json(json.loads(metadata[FOOTER_KEY]))
    return _of_flat(json.loads(metadata.get(FLAT_KEY, "{}")))


def fingerprint(items: Mapping[str, str]) -> str:
    """Return sixteen hexadecimal digits that stand for the items, in whatever order."""
    return hashlib.sha256(json.dumps(dict(items), sort_keys=True).encode()).hexdigest()[:16]


def _of_json(written: Mapping[str, Any]) -> Provenance:
    return Provenance(
        release=written.get("release"),
        lists=written.get("lists", {}),
        missing=tuple(written.get("missing", ())),
        upstream=written.get("upstream", {}),
        inputs=written.get("inputs", {}),
        brands_file=written.get("brands_file"),
        brand_count=written.get("brand_count"),
    )


def _of_flat(written: Mapping[str, str]) -> Provenance:
    """Read a footer of release 0.2.0 or earlier."""
    others = {name: value for name, value in written.items() if not name.startswith(FLAT_LIST)}
    missing = others.pop("missing", "")
    return Provenance(
        release=others.pop("release", None),
        lists={name.removeprefix(FLAT_LIST): value for name, value in written.items() if name.startswith(FLAT_LIST)},
        missing=tuple(missing.split(",")) if missing else (),
        upstream={table: others.pop(table) for table in ("registrations", "candidates") if table in others},
        inputs=others,
    )
