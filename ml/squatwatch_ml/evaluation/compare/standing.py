"""Standing evaluation with two networks side by side: sections of `squatwatch evaluate` that need no judged day.

Both are held to the same names: generated imitations by technique, of brands that neither has learnt from, and everyday
names, of which nearly all that is raised is a false alarm.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import polars as pl

from squatwatch_ml.evaluation.bench import Bench, Table
from squatwatch_ml.evaluation.matchers.pairs import Encoder, squatwatch
from squatwatch_ml.evaluation.sections import packaged, techniques
from squatwatch_ml.network.score import Scorer

# what a candidate may lose before it is declined without a question
MOST_RECALL_LOST = 0.02  # of generated imitations
MOST_OF_A_TECHNIQUE_LOST = 0.1  # of one technique of one kind of brand
MOST_ALARMS_MORE = 0.25  # in relation to the alarms of the model in use, and one a brand and day besides
LEAST_IMITATIONS = 50  # fewer of a technique say nothing of it
NAMES = 60_000
CURRENT, CANDIDATE = "current", "candidate"
NOTE = (
    "Of popular names that were not learnt from: generated imitations found, and names raised a brand in 150,000 of {}."
)


class Standing(NamedTuple):
    """Tables of the comparison, and why the candidate should not be used, empty where nothing speaks against it."""

    tables: list[Table]
    objections: list[str]


def standing(
    current: Scorer,
    candidate: Scorer,
    everyday: Sequence[str],
    *,
    say: Callable[[str], None],
    brand_count: int = packaged.BRANDS,
    names: int = NAMES,
) -> Standing:
    """Measure both networks on the same names.

    `everyday`: registered domains in which alarms are counted; `names` popular ones where there are none.
    `brand_count`: popular names that stand for brands.
    """
    encoder = Encoder(current.encode)
    both = [squatwatch(current, encoder, CURRENT), squatwatch(candidate, encoder, CANDIDATE)]
    bench = Bench(both, None, candidate.manifest, say=say)
    listed = list(everyday) or packaged.popular(bench, names)
    say(f"counting alarms in {len(listed):,} names")
    figures = packaged.figures(bench, listed, brand_count)
    by_technique, all_techniques = techniques.tables(bench)
    where = "the date before the newest" if everyday else "popular names"
    table = Table("standing", "Standing evaluation", NOTE.format(where), figures)
    return Standing([table, all_techniques, by_technique], [*_of_figures(figures), *_of_techniques(by_technique.frame)])


def _of_figures(figures: pl.DataFrame) -> list[str]:
    before, after = figures.iter_rows(named=True)
    objections = []
    if before["found"] - after["found"] > MOST_RECALL_LOST:
        objections.append(f"it finds {after['found']:.1%} of the imitations instead of {before['found']:.1%}")
    if after["raised"] > before["raised"] * (1 + MOST_ALARMS_MORE) + 1:
        objections.append(f"it raises {after['raised']:.1f} names a brand and day instead of {before['raised']:.1f}")
    return objections


def _of_techniques(frame: pl.DataFrame) -> list[str]:
    lost = frame.filter(
        pl.col("imitations of") != techniques.REPORTED,  # brands that count already
        pl.col("imitations") >= LEAST_IMITATIONS,
        pl.col(CURRENT) - pl.col(CANDIDATE) > MOST_OF_A_TECHNIQUE_LOST,
    )
    return [
        f"of {row['technique']} ({row['imitations of']}) it finds {row[CANDIDATE]:.1%} instead of {row[CURRENT]:.1%}"
        for row in lost.iter_rows(named=True)
    ]
