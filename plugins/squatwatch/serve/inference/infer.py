"""A request's way: names are cut, matched with brands, scored, and told with threshold and reason.

Each step is that of the pipeline: what `load` cuts, `transform` matches and `score` says, so that a name has the same
score here as in the table `detections`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from squatwatch.detect.nearer import Told, nearer_brands, words
from squatwatch.detect.score import Explanation, Judged, Scorer
from squatwatch.lists.brands import brand_problem, normal_brand
from squatwatch.lists.thresholds import threshold_of
from squatwatch.serve.inference.answered import Answered
from squatwatch.serve.inference.asked import Asked
from squatwatch.serve.inference.matching import match
from squatwatch.serve.inference.names import CutName, cut_names


class Pair(NamedTuple):
    """A name that was asked about, cut, and a brand to compare it with."""

    name: str
    cut: CutName
    brand: str


class ScoringRules(NamedTuple):
    """Rules of a request: the brands that names without one are matched with, and which scores are told.

    `excuse(domain)` is why a name needs no alarm; `floor` the score from which on a pair is explained and a name
    without a brand is told.
    """

    brands: Sequence[str]
    by_hand: float | None
    calibrated: Mapping[str, float]
    excuse: Callable[[str], str | None]
    floor: float
    most_pairs: int


class TooManyPairs(Exception):
    """The names of a request resemble more brands than are compared in one; the message says how many."""


def infer(
    asked: Sequence[Asked], scorer: Scorer, rules: ScoringRules, *, with_components: bool = True
) -> list[Answered]:
    """Return an answer for each pair that was asked about, in order.

    A name without a brand has one for each brand that it may pass for and scores `floor` or more with, perhaps none;
    those that it is nearer to another of are set aside, which is not asked of a pair. A
    name that is no registrable domain, and a brand that none can be, has one with the reason. Raises TooManyPairs.
    """
    cut = _cut(asked)
    pairs = _pairs(asked, cut, rules.brands)
    count = sum(map(len, pairs))
    if count > rules.most_pairs:
        raise TooManyPairs(f"the names resemble {count:,} brands, of {rules.most_pairs:,} at most: send fewer")
    told = _judged([pair for of_one in pairs for pair in of_one], scorer, rules, with_components)
    answers: list[Answered] = []
    for each, of_one, name in zip(asked, pairs, cut, strict=True):
        of_pairs = [next(told) for _ in of_one]
        if name.error:
            answers.append(Answered(each.name, brand=each.brand, error=name.error))
        else:
            answers += of_pairs if each.brand else _told(of_pairs, name, rules.floor)
    return answers


def _told(rows: Sequence[Answered], name: CutName, floor: float) -> list[Answered]:
    """Return the rows of one name that score `floor` or more, those set aside that are nearer to another brand."""
    told = [row for row in rows if (row.score or 0) >= floor]
    nearer = nearer_brands(_compared(row, name) for row in told)
    return [
        replace(row, is_detection=False, allowlist_reason=row.allowlist_reason or words(nearer[row.name, row.brand]))
        if row.brand and (row.name, row.brand) in nearer
        else row
        for row in told
    ]


def _compared(row: Answered, name: CutName) -> Told:
    return Told(
        row.name,
        name.label or "",
        row.brand or "",
        row.score or 0,
        row.threshold or 0,
        row.matched_text or "",
        row.aligned or (),
    )


def _cut(asked: Sequence[Asked]) -> list[CutName]:
    """Return each name cut, in order. A label stays as it is, of no domain; beside a wrong brand it has an error."""
    names = iter(cut_names([each.name for each in asked if not each.is_label]))
    cut = [CutName(None, each.name) if each.is_label else next(names) for each in asked]
    problems = {brand: brand_problem(normal_brand(brand)) for brand in {each.brand for each in asked if each.brand}}
    return [
        CutName(None, None, f"the brand {problems[each.brand]}") if each.brand and problems[each.brand] else name
        for each, name in zip(asked, cut, strict=True)
    ]


def _pairs(asked: Sequence[Asked], cut: Sequence[CutName], brands: Sequence[str]) -> list[list[Pair]]:
    """Return the pairs of each name: with the brand that was given, else with those that it may pass for."""
    open_ = [at for at, each in enumerate(asked) if not each.brand and not cut[at].error]
    matched = dict(zip(open_, match([cut[at].label or "" for at in open_], brands), strict=True))
    return [
        [] if cut[at].error else [Pair(each.name, cut[at], brand) for brand in _brands_of(each, matched.get(at, []))]
        for at, each in enumerate(asked)
    ]


def _brands_of(asked: Asked, matched: Sequence[str]) -> Sequence[str]:
    return [normal_brand(asked.brand)] if asked.brand else matched


def _judged(pairs: Sequence[Pair], scorer: Scorer, rules: ScoringRules, with_components: bool) -> Iterator[Answered]:
    """Yield the answer of each pair, in order."""
    brands = [pair.brand for pair in pairs]
    labels = [pair.cut.label or "" for pair in pairs]
    judged = Judged(*scorer.judge(labels, brands, rules.floor, with_components=with_components))
    at_row = {int(row): at for at, row in enumerate(judged.rows)}
    thresholds = {
        brand: threshold_of(brand, rules.by_hand, rules.calibrated, scorer.base_threshold) for brand in set(brands)
    }
    for row, pair in enumerate(pairs):
        domain = pair.cut.domain
        score, threshold = float(judged.scores[row]), thresholds[pair.brand]
        excuse = rules.excuse(domain) if domain else None
        answer = Answered(
            pair.name,
            domain,
            pair.brand,
            score,
            threshold,
            score >= threshold and excuse is None,
            allowlist_reason=excuse,
        )
        yield answer if row not in at_row else replace(answer, **_why(judged, at_row[row]))


def _why(judged: Judged, at: int) -> dict[str, Any]:
    """Return the fields that say why a pair scores, as the columns of detections have them."""
    explanation = Explanation(*judged.explanations[at])
    components = {kind: round(float(values[at]), 1) for kind, values in judged.components.items()}
    return explanation._asdict() | {"components": components or None}
