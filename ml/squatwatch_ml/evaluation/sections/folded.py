"""What becomes of real squats in the queue: each is put, alone of its brand, among the names of a judged day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from squatwatch_ml.evaluation.bench import Bench, Table
from squatwatch_ml.evaluation.sections.squats import TO_REPORT_ON, grouped, planted_squats
from squatwatch_ml.rank.ranked import ScoredPairs
from squatwatch_ml.rank.ranker import Ranker
from squatwatch_ml.rank.ranker_file import CLASSES
from squatwatch_ml.text.names import label_of
from squatwatch_ml.training.data.splits import fold_of_brand
from squatwatch_ml.training.judged_days import JudgedDay

EACH = 12  # squats of a brand, at most
NOTE = (
    f"Real squats, {EACH} of a brand at most. Each that is flagged is added to the names of a judged day, one of a "
    "brand at a time, and ranked by who has not seen the brand, nothing judged. What is taken for a use or something "
    "else is folded. Accidents: as in `squats`."
)


def folded_table(bench: Bench, days: Sequence[JudgedDay], rankers: Mapping[int, Ranker]) -> Table:
    """Return the shares of real squats that are flagged, that stand above the folds, and that are folded.

    `rankers`: by the fold of brands that each was fitted without. Raises NotHere without squats.
    """
    squats = _some_of_each_brand(planted_squats(bench), bench.seed)
    flagged = bench.raised(squats, bench.matchers[0])
    none = pl.DataFrame(schema={"domain": pl.String, "brand": pl.String, "taken_for": pl.String})
    taken_for = [
        _taken_for(part.rename({bench.matchers[0].name: "score"}), days[number % len(days)], rankers)
        for (number,), part in flagged.group_by("number")
    ]
    queued = squats.join(pl.concat([none, *taken_for]), on=["domain", "brand"], how="left")
    groups = dict(grouped(queued))
    rows = [{"squats of": title, "kind": "all", **_shares(group)} for title, group in groups.items()]
    reported = groups.get(TO_REPORT_ON, queued.clear())
    rows += [
        {"squats of": TO_REPORT_ON, "kind": kind, **_shares(group)}
        for (kind,), group in sorted(reported.group_by("match"), key=lambda one: one[0])
    ]
    return Table("ranking_squats", "Real squats in the queue", NOTE, pl.DataFrame(rows))


def _some_of_each_brand(squats: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return up to EACH squats of each brand, drawn, with their `number` among those of the brand."""
    shuffled = squats.sample(fraction=1, shuffle=True, seed=seed)
    return shuffled.with_columns(number=pl.int_range(pl.len()).over("brand")).filter(pl.col("number") < EACH)


def _taken_for(squats: pl.DataFrame, day: JudgedDay, rankers: Mapping[int, Ranker]) -> pl.DataFrame:
    """Return domain, brand and taken_for of squats, one of a brand, ranked among the day's names."""
    domains, brands = squats["domain"].to_list(), squats["brand"].to_list()
    pairs = ScoredPairs(
        [*day.pairs.domains, *domains],
        [*day.pairs.labels, *map(label_of, domains)],
        [*day.pairs.brands, *brands],
        np.concatenate([day.pairs.scores, squats["score"].cast(pl.Float64).round(5).to_numpy()]),
    )
    by_fold = {fold: rankers[fold].rank(pairs).taken_for[-len(brands) :] for fold in set(map(fold_of_brand, brands))}
    taken_for = [by_fold[fold_of_brand(brand)][at] for at, brand in enumerate(brands)]
    return squats.select("domain", "brand", taken_for=pl.Series(taken_for, dtype=pl.String))


def _shares(squats: pl.DataFrame) -> dict[str, float]:
    taken_for = squats["taken_for"].to_list()
    shown, use, other = (taken_for.count(kind) / len(taken_for) for kind in CLASSES)
    flagged = shown + use + other
    return {"squats": squats.height, "flagged": flagged, "above the folds": shown, "use": use, "other": other}
