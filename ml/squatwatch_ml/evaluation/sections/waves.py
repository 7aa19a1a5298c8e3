"""Section `waves`: one wave of near-identical names counted once and as all of them.

Fifty names of one wave say no more about a matcher than one; for an analyst's queue they are fifty rows.
"""

from __future__ import annotations

import polars as pl

from squatwatch_ml.evaluation.bench import Bench, Table
from squatwatch_ml.evaluation.matchers import Matcher
from squatwatch_ml.evaluation.sections.judged_days import IS_SQUAT, Part, judged_parts
from squatwatch_ml.rank.waves import wave_numbers

NOTE = (
    "A wave: names of one brand and public suffix that, digits and hyphens dropped, are equal or (ten letters or more) "
    "within three edits of another of the wave. A wave is found where one of its names is raised; precision of waves "
    "counts each wave that is raised once."
)


def tables(bench: Bench) -> list[Table]:
    """Return figures of waves. Raises NotHere without a judged day."""
    parts = judged_parts(bench)
    waves = [with_waves(part.pairs) for part in parts]
    rows = [
        {**part.title, "matcher": matcher.name, **_figures(bench, part, pairs, matcher)}
        for part, pairs in zip(parts, waves, strict=True)
        for matcher in bench.matchers
    ]
    largest = [
        _largest(bench, part, pairs)
        for part, pairs in zip(parts, waves, strict=True)
        if part.title["day"] != "together"
    ]
    return [
        Table("waves", "Waves of near-identical names, as names and once", NOTE, pl.DataFrame(rows)),
        Table("largest_waves", "The largest waves of squats", NOTE, pl.concat(largest)),
    ]


def with_waves(pairs: pl.DataFrame) -> pl.DataFrame:
    """Add `wave`, a number that names of one brand share where they belong to one wave."""
    numbered, first = [], 0
    for _, group in pairs.group_by("brand", maintain_order=True):
        waves = wave_numbers(group["domain"].to_list())
        numbered.append(group.with_columns(wave=pl.Series(waves + first, dtype=pl.Int64)))
        first += int(waves.max()) + 1
    return pl.concat(numbered)


def _figures(bench: Bench, part: Part, pairs: pl.DataFrame, matcher: Matcher) -> dict[str, float | int | None]:
    raised = bench.raised(pairs, matcher)
    squats = pairs.filter(IS_SQUAT)
    squats_raised = raised.filter(IS_SQUAT)
    right = raised.filter(pl.col("verdict") == "squat")
    wrong = raised.filter(pl.col("verdict").is_in(["other", "unjudged"]))
    once = squats_raised["wave"].n_unique(), squats["wave"].n_unique()
    return {
        "squats": squats_raised.height,
        "of": squats.height,
        "found": squats_raised.height / squats.height if squats.height else None,
        "waves": once[0],
        "of waves": once[1],
        "waves found": once[0] / once[1] if once[1] else None,
        "false alarms": wrong.height * part.scale,
        "false alarms once": wrong["wave"].n_unique() * part.scale,
        "precision": right.height / raised.height if raised.height else None,
        "precision once": right["wave"].n_unique() / raised["wave"].n_unique() if raised.height else None,
    }


def _largest(bench: Bench, part: Part, pairs: pl.DataFrame, least: int = 5) -> pl.DataFrame:
    squats = pairs.filter(IS_SQUAT)
    by_matcher = [bench.raised(squats, matcher).group_by("wave").len(matcher.name) for matcher in bench.matchers]
    waves = squats.group_by("wave", "brand").len("names").filter(pl.col("names") >= least)
    for counts in by_matcher:
        waves = waves.join(counts, on="wave", how="left")
    day = pl.lit(part.title["day"]).alias("day")
    return waves.sort("names", "brand", descending=[True, False]).select(day, pl.exclude("wave").fill_null(0))
