"""Groups of a page that can be folded: the names of a wave behind its first one, and uses of brands at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

from squatwatch.review.day.detection import Detection
from squatwatch.review.day.states import CHANGED


class Folding(NamedTuple):
    """Detections that stand together: those of a wave, uses, or others, which are never folded."""

    kind: Literal["wave", "uses", "others"]
    detections: Sequence[Detection]


def foldings(detections: Sequence[Detection]) -> list[Folding]:
    """Return the groups of a page in its order. A name that is alone on the page is no wave, whatever its date has."""
    grouped = ((key, list(group)) for key, group in groupby(detections, key=_group_of))
    return list(_joined(Folding(kind, group) for (kind, *_), group in grouped))


def _group_of(detection: Detection) -> tuple[Literal["wave", "uses", "others"], bool, str]:
    ranking, is_changed = detection.row.ranking, detection.state == CHANGED
    if ranking and ranking.is_use and not is_changed:
        return "uses", False, ""
    if ranking and ranking.wave_id and not ranking.is_use:
        return "wave", is_changed, ranking.wave_id
    return "others", False, ""


def _joined(groups: Iterator[Folding]) -> Iterator[Folding]:
    """Yield the groups; waves of one name, and what stands beside them, as one."""
    alone: list[Detection] = []
    for group in groups:
        if group.kind == "others" or (group.kind == "wave" and len(group.detections) == 1):
            alone += group.detections
            continue
        if alone:
            yield Folding("others", alone)
            alone = []
        yield group
    if alone:
        yield Folding("others", alone)
