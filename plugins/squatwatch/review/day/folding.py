"""Groups of a page that can be folded: a wave behind its first name, uses and others at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from squatwatch.review.day.detection import Detection
from squatwatch.review.day.states import CHANGED

Kind = Literal["wave", "alone", "uses", "others"]
AT_THE_END: dict[str, Kind] = {"use": "uses", "other": "others"}  # by what they are taken for, in order


class Folding(NamedTuple):
    """Detections that stand together: those of a wave, those that are alone and never folded, uses, others."""

    kind: Kind
    detections: Sequence[Detection]


def foldings(detections: Sequence[Detection]) -> list[Folding]:
    """Return the groups of a page in its order. A name that is alone on the page is no wave, whatever its date has."""
    grouped = ((key, list(group)) for key, group in groupby(detections, key=_group_of))
    return list(_joined(Folding(kind, group) for (kind, *_), group in grouped))


def _group_of(detection: Detection) -> tuple[Kind, bool, str]:
    ranking, is_changed = detection.row.ranking, detection.state == CHANGED
    if ranking and ranking.taken_for in AT_THE_END and not is_changed:
        return AT_THE_END[ranking.taken_for], False, ""
    if ranking and ranking.wave_id and ranking.taken_for not in AT_THE_END:
        return "wave", is_changed, ranking.wave_id
    return "alone", False, ""


def _joined(groups: Iterator[Folding]) -> Iterator[Folding]:
    """Yield the groups; waves of one name, and what stands beside them, as one."""
    alone: list[Detection] = []
    for group in groups:
        if group.kind == "alone" or (group.kind == "wave" and len(group.detections) == 1):
            alone += group.detections
            continue
        if alone:
            yield Folding("alone", alone)
            alone = []
        yield group
    if alone:
        yield Folding("alone", alone)
