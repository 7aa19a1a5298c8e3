"""The effect of another threshold of a brand: names that it would have flagged on each of the last 30 days.

Only scores from SQUATWATCH_SCORE_FLOOR on have a row in detections, so lower thresholds cannot be judged. Scores crowd
near 1, so the steps between thresholds become finer there: .5, .55 … .9, .91 … .99, .991 … .99999, 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from squatwatch.labels.verdicts import VERDICTS
from squatwatch.names.hostile_text import defanged
from squatwatch.review.charts.reading import days_up_to, rows, rows_with_labels, score_text
from squatwatch.settings import Settings

NAMES_SENT = 200  # on either side of the threshold in force


@dataclass(frozen=True)
class Name:
    """A name that nothing excuses, with its score above the floor and what an analyst said of it, if anything."""

    domain: str
    run_date: date
    score: float
    verdict: str | None = None


@dataclass(frozen=True)
class InForce:
    """The threshold that the brand's next names are held against; `calibrated` is its row in thresholds, if any."""

    threshold: float
    origin: str
    calibrated: dict[str, Any] | None = None


def names_of(settings: Settings, brand: str, last: date) -> list[Name]:
    """Return the brand's names of the last 30 days above the floor, the highest score first."""
    sql = """
        select d.domain, d.run_date, d.score, l.verdict
        from scored.detections d left join newest_labels l using (detection_id)
        where d.brand = ? and d.run_date between ? and ? and d.allowlist_reason is null
        order by d.score desc, d.run_date desc, d.domain"""
    return [Name(**row) for row in rows_with_labels(settings, sql, [brand, days_up_to(last)[0], last])]


def threshold_in_force(settings: Settings, brand: str, model_version: str) -> InForce | None:
    """Return the threshold by the rule of docs/alarm-budgets.md; None for a brand that no name ever resembled."""
    if settings.threshold is not None:
        return InForce(settings.threshold, "set for all brands by SQUATWATCH_THRESHOLD")
    sql = "select * from thresholds where model_version = ? and brand = ?"
    if calibrated := rows(settings.home, sql, [model_version, brand]):
        row = calibrated[0]
        raised = "raised to keep the alarm budget" if row["threshold"] > row["base_threshold"] else "the model's own"
        return InForce(row["threshold"], f"calibrated: {raised}", row)
    sql = "select threshold from scored.detections where brand = ? order by run_date desc limit 1"
    return next(
        (
            InForce(row["threshold"], "not calibrated: that of its newest name")
            for row in rows(settings.home, sql, [brand])
        ),
        None,
    )


def days_of_other_models(home: Path, model_version: str, last: date) -> int:
    """Return how many of the last 30 days have scores of another model, which compare only roughly."""
    sql = "select count(*) as n from score_drift where run_date between ? and ? and model_version <> ?"
    return sum(row["n"] for row in rows(home, sql, [days_up_to(last)[0], last, model_version]))


def steps(floor: float, in_force: float) -> list[float]:
    """Return thresholds to choose from: round numbers above the floor, and the one in force where it lies."""
    coarse = [n / 100 for n in range(5, 90, 5)]
    fine = [round(1 - (10 - n) / 10 ** (nines + 1), nines + 1) for nines in range(1, 5) for n in range(10)]
    return sorted({step for step in [*coarse, *fine, 1.0] if step > floor} | {max(in_force, floor)})


def flagged_per_day(names: Sequence[Name], days: Sequence[date], threshold: float) -> list[int]:
    """Return how many names each day would have flagged: a score at the threshold is flagged."""
    flagged = Counter(name.run_date for name in names if name.score >= threshold)
    return [flagged[day] for day in days]


def judged(names: Sequence[Name], threshold: float) -> tuple[int, int]:
    """Return confirmed squats, and names that analysts said are none, of what would have been flagged."""
    verdicts = [VERDICTS[name.verdict] for name in names if name.score >= threshold and name.verdict]
    return sum(verdict.is_squat is True for verdict in verdicts), sum(verdict.is_false_alarm for verdict in verdicts)


def for_the_slider(names: Sequence[Name], days: Sequence[date], floor: float, in_force: float) -> dict[str, Any]:
    """Return all that static/threshold.js shows, as JSON: counts a step and day, and names around the one in force."""
    choices = steps(floor, in_force)
    flagged = sum(name.score >= in_force for name in names)
    near = names[max(0, flagged - NAMES_SENT) : flagged + NAMES_SENT]
    return {
        "in_force": choices.index(max(in_force, floor)),
        "days": [f"{day:%d %b}" for day in days],
        "steps": [
            {
                "threshold": step,
                "text": score_text(step),
                "counts": flagged_per_day(names, days, step),
                "judged": judged(names, step),
            }
            for step in choices
        ],
        "names": [
            {
                "name": defanged(name.domain),
                "score": name.score,
                "text": score_text(name.score),
                "day": f"{name.run_date:%d %b}",
                "verdict": VERDICTS[name.verdict].words if name.verdict else "",
            }
            for name in near
        ],
    }
