"""One answer: a pair of name and brand with its score, or a name that is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

COLUMNS = (
    "name", "domain", "brand", "score", "threshold", "is_detection", "technique", "matched_text", "reason",
    "allowlist_reason", "error",
)  # fmt: skip


@dataclass(frozen=True)
class Answered:
    """The score of a pair and why, in the columns of `detections`; `name` is as it came.

    Where the score lies below SQUATWATCH_SCORE_FLOOR there is no why. `error` says what is wrong with a name that is no
    registrable domain; then there is nothing else.
    """

    name: str
    domain: str | None = None
    brand: str | None = None
    score: float | None = None
    threshold: float | None = None
    is_detection: bool | None = None
    technique: str | None = None
    matched_text: str | None = None
    reason: str | None = None
    aligned: Sequence[str] | None = None
    components: Mapping[str, float] | None = None
    allowlist_reason: str | None = None
    error: str | None = None
