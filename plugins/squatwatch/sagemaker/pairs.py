"""Pairs of label and brand as JSON lines for a job, and the answers to them, which are not taken on trust."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from squatwatch.errors import SquatwatchError
from squatwatch.lake.tables import DETECTIONS

Pair = tuple[str, str]  # label and brand
COMPONENT = "component_"
KINDS = tuple(column.removeprefix(COMPONENT) for column in DETECTIONS.columns if column.startswith(COMPONENT))
WHY = ("technique", "matched_text", "reason", "aligned")  # the fields of `squatwatch.detect.score.Explanation`


class BadAnswers(SquatwatchError):
    """Answers that cannot be used; nothing was written."""


class ScoredPair(NamedTuple):
    """The score of a pair; `why` and `components` where it scores enough."""

    score: float
    why: tuple[str, str, str, Sequence[str]] | None = None
    components: dict[str, float] | None = None


def lines_of(pairs: Sequence[Pair]) -> bytes:
    """Return the lines that a job is given: plain ASCII, so that no other character can be taken for the end of one."""
    return b"".join(json.dumps({"label": label, "brand": brand}).encode() + b"\n" for label, brand in pairs)


def read_answers(content: bytes, pairs: Sequence[Pair], version: str, floor: float, where: str) -> list[ScoredPair]:
    """Return the answers to these pairs, in order.

    Raises BadAnswers where there are more or fewer, one is about another pair, was given by another model than
    `version`, or has no proper score, or no reason though it scores `floor` or more. `where` names them.
    """
    lines = content.removesuffix(b"\n").split(b"\n") if content else []
    if len(lines) != len(pairs):
        raise BadAnswers(f"{where} has {len(lines):,} lines for {len(pairs):,} pairs")
    return [
        _answer(line, pair, version, floor, f"{where}, line {number:,},")
        for number, (line, pair) in enumerate(zip(lines, pairs, strict=True), 1)
    ]


def _answer(line: bytes, pair: Pair, version: str, floor: float, where: str) -> ScoredPair:
    said = _object(line, where)
    if (said.get("name"), said.get("brand")) != pair:
        raise BadAnswers(f"{where} is about {said.get('name')!r:.80} and {said.get('brand')!r:.80}, not {pair}")
    if said.get("model_version") != version:
        raise BadAnswers(
            f"{where} was scored by the model {said.get('model_version')!r:.80}, and {version} is in force here: "
            "make the model in SageMaker of the same one (docs/sagemaker.md), and name it in SQUATWATCH_SAGEMAKER_MODEL"
        )
    score: Any = said.get("score")
    if not _is_number(score) or not 0 <= score <= 1:
        raise BadAnswers(f"{where} has the score {score!r:.40}, which is none from 0 to 1")
    return ScoredPair(float(score), *_why(said, where)) if score >= floor else ScoredPair(float(score))


def _object(line: bytes, where: str) -> dict[str, Any]:
    try:
        said = json.loads(line, parse_int=float)  # of whatever length
    except (ValueError, RecursionError):  # bytes that are no UTF-8, too
        said = None
    if not isinstance(said, dict):
        raise BadAnswers(f"{where} is no JSON object: {line[:60]!r}")
    return said


def _why(said: dict[str, Any], where: str) -> tuple[tuple[str, str, str, Sequence[str]], dict[str, float]]:
    texts, aligned, components = [said.get(field) for field in WHY[:3]], said.get("aligned"), said.get("components")
    if not (
        all(isinstance(text, str) for text in texts)
        and isinstance(aligned, list)
        and all(isinstance(text, str) for text in aligned)
        and isinstance(components, dict)
        and all(_is_number(components.get(kind)) for kind in KINDS)
    ):
        raise BadAnswers(f"{where} lacks the reason for its score: its release is another one than that here")
    return (*texts, aligned), components  # type: ignore[return-value]  # texts, as was seen


def _is_number(value: object) -> bool:
    return isinstance(value, float) and math.isfinite(value)
