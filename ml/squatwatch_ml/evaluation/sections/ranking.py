"""Section `ranking`: what the order of an analyst's queue is worth, on pairs that readers judged one by one.

Each brand is ranked by a ranker that was fitted on the brands of the nine other folds and has not seen it. The pairs
are those that an earlier network scored .03 or more; squats below that are not among them, so a share of squats found
is of these.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from squatwatch_ml.evaluation.bench import Bench, NotHere, Table, defanged
from squatwatch_ml.evaluation.sections.folded import folded_table
from squatwatch_ml.evaluation.sections.queue import queue_tables
from squatwatch_ml.network.score import Scorer
from squatwatch_ml.rank.ranked import Ranking
from squatwatch_ml.rank.ranker import Ranker
from squatwatch_ml.rank.ranker_file import CLASSES
from squatwatch_ml.text.words import is_dictionary_word
from squatwatch_ml.training.data.splits import FOLDS, LONG_BRAND, fold_of_brand, role_of_brand
from squatwatch_ml.training.fit_ranker import ranker_lesson
from squatwatch_ml.training.judged_days import JudgedDay
from squatwatch_ml.training.measure import PER_NAMES

RECALLS = (0.8, 0.85, 0.9, 0.95)
BEST = 5  # names of a brand and day
BINS = 10
COSTLY, HUNDRED = 0.9, 100
NOTE = (
    "Brands of five letters or more where nothing else is said. False alarms: names of another meaning above the "
    "threshold that finds the share of squats, per brand and 150,000 names (days whose list is at hand), and as a "
    "count; uses: names that mean the brand without imitating it. `score`: the network alone. `ranked`: by priority, "
    "nothing judged. `ranked, judged`: what was said of the brand's names on earlier days was known. No ranker has "
    "seen the brands that it ranks."
)
BEST_NOTE = (
    "Pairs that score .5 or more, by what they are taken for: what is taken for uses or others stands folded at the "
    "end of the queue. Best: of each brand and day the five first of those that are taken for squats."
)
RELIABILITY_NOTE = "Pairs by the probability that they were given, and the share of them that are of the kind."


class Ordered(NamedTuple):
    """Pairs with a value to order them by; `kinds` are numbers of CLASSES."""

    values: NDArray[np.float64]
    kinds: NDArray[np.int64]
    brands: NDArray[np.object_]
    days: NDArray[np.object_]

    def of(self, chosen: NDArray[np.bool_]) -> Ordered:
        """Return those of the pairs that are chosen."""
        return Ordered(self.values[chosen], self.kinds[chosen], self.brands[chosen], self.days[chosen])


class Chances(NamedTuple):
    """Probabilities of the kinds, float64 [pairs, CLASSES], and for each pair its order and its part of the queue."""

    kinds: NDArray[np.float64]
    priority: NDArray[np.float64]
    taken_for: NDArray[np.object_]

    @classmethod
    def of_none(cls, count: int) -> Chances:
        """Return zeros for this many pairs, to be filled by `take`."""
        return cls(np.zeros((count, len(CLASSES))), np.zeros(count), np.full(count, "", object))

    def take(self, chosen: NDArray[np.bool_], ranking: Ranking) -> None:
        """Take over the chances of the chosen pairs from a ranking of all."""
        self.kinds[chosen] = np.stack([ranking.squat, ranking.use, ranking.other], axis=1)[chosen]
        self.priority[chosen] = ranking.priority[chosen]
        self.taken_for[chosen] = np.array(ranking.taken_for, object)[chosen]


def tables(bench: Bench) -> list[Table]:
    """Return what the ranking is worth. Raises NotHere without judged pairs."""
    if bench.artifact is None:
        raise NotHere("needs an artifact")
    bench.say("fitting a ranker for each fold of the brands, which takes minutes")
    try:
        lesson = ranker_lesson(bench.lists.folder, Scorer.load(bench.artifact, device="cpu"), bench.seed)
    except ValueError as error:
        raise NotHere(str(error)) from error
    days = lesson.days
    rankers = {fold: Ranker(f"without fold {fold}", lesson.fit(fold)) for fold in range(FOLDS)}
    alone, judged = _ranked(days, rankers)
    names = {day.run_date: _names_of(bench, day.run_date) for day in days}
    rows = []
    for part, chosen, last_only in _PARTS:
        first = len(days) - 1 if last_only else 0
        values = {"score": [day.pairs.scores for day in days], "ranked": [one.priority for one in alone]}
        if last_only:
            values["ranked, judged"] = [one.priority for one in judged]
        for order, of_days in values.items():
            ordered = _ordered(days[first:], of_days[first:])
            ordered = ordered.of(np.array([chosen(brand) for brand in ordered.brands], bool))
            if (ordered.kinds == 0).any():
                rows += _rows(part, order, ordered, names)
    best = pl.DataFrame(_best_rows(days, alone, judged))
    reliability = pl.DataFrame(_reliability(days, alone, "ranked") + _reliability(days[-1:], judged[-1:], "judged"))
    results = [
        Table("ranking", "The queue, ordered by score and by the ranking", NOTE, pl.DataFrame(rows)),
        Table("ranking_best", "Parts of the queue, and the five best of a brand and day in the first", BEST_NOTE, best),
        Table("ranking_reliability", "Probabilities and what became of them", RELIABILITY_NOTE, reliability),
    ]
    results += _what_costs_most(days, alone)
    with suppress(NotHere):
        results += queue_tables(bench, rankers)
    with suppress(NotHere):
        results.append(folded_table(bench, days, rankers))
    return results


def _is_long(brand: str) -> bool:
    return len(brand) >= LONG_BRAND


_PARTS: Sequence[tuple[str, Callable[[str], bool], bool]] = (
    ("all brands, all days", _is_long, False),
    ("all brands, last day", _is_long, True),
    ("brands to report on, all days", lambda brand: _is_long(brand) and role_of_brand(brand) == "report", False),
    ("brands to report on, last day", lambda brand: _is_long(brand) and role_of_brand(brand) == "report", True),
    ("brands that are English words, all days", lambda brand: _is_long(brand) and is_dictionary_word(brand), False),
    ("the other brands, all days", lambda brand: _is_long(brand) and not is_dictionary_word(brand), False),
    ("brands of two to four letters, all days", lambda brand: not _is_long(brand), False),
)


def _ranked(days: Sequence[JudgedDay], rankers: Mapping[int, Ranker]) -> tuple[list[Chances], list[Chances]]:
    """Return the chances of the pairs of each day, without and with what was judged on the days before."""
    alone = [Chances.of_none(len(day.classes)) for day in days]
    judged = [Chances.of_none(len(day.classes)) for day in days]
    for fold, ranker in rankers.items():
        for day, of_alone, of_judged in zip(days, alone, judged, strict=True):
            chosen = np.array([fold_of_brand(brand) == fold for brand in day.pairs.brands], bool)
            of_alone.take(chosen, ranker.rank(day.pairs))
            of_judged.take(chosen, ranker.rank(day.pairs, day.judged_before))
    return alone, judged


def _names_of(bench: Bench, run_date: str) -> int | None:
    day = next((day for day in bench.lists.files if day.startswith(run_date)), None)
    return len(bench.lists.domains(day)) if day else None


def _ordered(days: Sequence[JudgedDay], values: Sequence[NDArray[np.float64]]) -> Ordered:
    return Ordered(
        np.concatenate(values),
        np.concatenate([day.classes for day in days]),
        np.array([brand for day in days for brand in day.pairs.brands], object),
        np.array([day.run_date for day in days for _ in day.pairs.brands], object),
    )


def _rows(
    part: str, order: str, ordered: Ordered, names: dict[str, int | None]
) -> list[dict[str, str | int | float | None]]:
    squats = np.sort(ordered.values[ordered.kinds == 0])[::-1]
    known = np.array([names[day] is not None for day in ordered.days], bool)
    looked_at = sum(
        (names[day] or 0) * len(set(ordered.brands[ordered.days == day].tolist())) for day in set(ordered.days.tolist())
    )
    rows: list[dict[str, str | int | float | None]] = []
    for recall in RECALLS:
        threshold = squats[int(np.ceil(recall * len(squats))) - 1]
        raised = ordered.values >= threshold
        wrong = raised & (ordered.kinds == 2)
        rows.append(
            {
                "pairs": part,
                "order": order,
                "squats": len(squats),
                "at least": recall,
                "threshold": float(threshold),
                "other": int(wrong.sum()),
                "uses": int((raised & (ordered.kinds == 1)).sum()),
                "false alarms": float((wrong & known).sum() * PER_NAMES / looked_at) if looked_at else None,
                "precision": float((raised & (ordered.kinds == 0)).sum() / raised.sum()),
            }
        )
    return rows


def _best_rows(
    days: Sequence[JudgedDay], alone: Sequence[Chances], judged: Sequence[Chances]
) -> list[dict[str, str | int | float | None]]:
    """Return what stands in the parts of the queue, of the pairs that score .5 or more, and the best of the first."""
    rows: list[dict[str, str | int | float | None]] = []
    for part, first in (("all days", 0), ("last day", len(days) - 1)):
        orders = {"score": None, "ranked": alone, "ranked, judged": judged if first else None}
        for order, chances in orders.items():
            if order == "score" or chances:
                rows += _parts_of_queue(part, order, days[first:], chances[first:] if chances else None)
    return rows


def _parts_of_queue(
    part: str, order: str, days: Sequence[JudgedDay], chances: Sequence[Chances] | None
) -> list[dict[str, str | int | float | None]]:
    ordered = _ordered(days, [one.priority for one in chances] if chances else [day.pairs.scores for day in days])
    flagged = np.concatenate([day.pairs.scores >= 0.5 for day in days])
    flagged &= np.array([_is_long(brand) for brand in ordered.brands], bool)
    taken_for = np.concatenate([one.taken_for for one in chances]) if chances else np.full(len(flagged), CLASSES[0])
    rows: list[dict[str, str | int | float | None]] = []
    for kind in CLASSES if chances else CLASSES[:1]:
        here = ordered.of(flagged & (taken_for == kind))
        best = _best(here) if kind == CLASSES[0] else here
        counts = {name: int((here.kinds == number).sum()) for number, name in enumerate(CLASSES)}
        shares = {f"{name}, best": _share(best.kinds == number) for number, name in enumerate(CLASSES[:2])}
        rows.append({"days": part, "order": order, "taken for": kind, **counts, "best": len(best.kinds), **shares})
    return rows


def _share(are: NDArray[np.bool_]) -> float | None:
    return float(are.mean()) if len(are) else None


def _what_costs_most(days: Sequence[JudgedDay], chances: Sequence[Chances]) -> list[Table]:
    """Return the brands and names of another meaning that are above what finds COSTLY of the squats, nothing judged."""
    pairs = pl.DataFrame(
        {
            "domain": [domain for day in days for domain in day.pairs.domains],
            "brand": [brand for day in days for brand in day.pairs.brands],
            "kind": [CLASSES[kind] for day in days for kind in day.classes],
            "priority": np.concatenate([one.priority for one in chances]),
        }
    ).filter(pl.col("brand").map_elements(_is_long, return_dtype=pl.Boolean))
    squats = pairs.filter(pl.col("kind") == "squat")["priority"].sort(descending=True)
    raised = pairs.filter(pl.col("priority") >= squats[int(np.ceil(COSTLY * len(squats))) - 1])
    counts = (pl.col("kind") == kind for kind in ("other", "squat"))
    by_brand = raised.group_by("brand").agg(
        *(count.sum().alias(name) for name, count in zip(("others", "squats"), counts, strict=True))
    )
    others = raised.filter(pl.col("kind") == "other").sort("priority", "domain", descending=[True, False])
    note = f"Names of another meaning above the priority that finds {COSTLY} of the squats, nothing judged."
    listed = others.select(defanged("domain"), "brand", "priority").head(HUNDRED)
    return [
        Table(
            "ranking_brands",
            "The brands that cost most",
            note,
            by_brand.sort("others", "brand", descending=[True, False]).head(20),
        ),
        Table(
            "ranking_costly", "The hundred names that cost most", f"{note} Domains are defanged.", listed, listing=True
        ),
    ]


def _best(ordered: Ordered) -> Ordered:
    seen: dict[tuple[str, str], int] = {}
    chosen = np.zeros(len(ordered.values), bool)
    for row in np.argsort(-ordered.values, kind="stable"):
        key = (ordered.brands[row], ordered.days[row])
        seen[key] = seen.get(key, 0) + 1
        chosen[row] = seen[key] <= BEST
    return ordered.of(chosen)


def _reliability(
    days: Sequence[JudgedDay], chances: Sequence[Chances], order: str
) -> list[dict[str, str | int | float]]:
    """Return, by kind and tenth, the mean probability and the share that is of the kind; last, the expected error."""
    kinds, given = np.concatenate([day.classes for day in days]), np.concatenate([one.kinds for one in chances])
    rows: list[dict[str, str | int | float]] = []
    for number, kind in enumerate(CLASSES):
        bins = np.minimum((given[:, number] * BINS).astype(int), BINS - 1)
        error = 0.0
        for at in range(BINS):
            if (here := bins == at).any():
                mean, share = float(given[here, number].mean()), float((kinds[here] == number).mean())
                error += abs(mean - share) * float(here.mean())
                rows.append(_reliability_row(order, kind, f"{at / BINS:.1f}", int(here.sum()), mean, share))
        rows.append(_reliability_row(order, kind, "expected error", len(kinds), error, error))
    return rows


def _reliability_row(
    order: str, kind: str, tenth: str, pairs: int, mean: float, share: float
) -> dict[str, str | int | float]:
    return {"order": order, "kind": kind, "from": tenth, "pairs": pairs, "probability": mean, "share": share}
