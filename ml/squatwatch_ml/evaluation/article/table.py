"""The article's table: a balanced, held-out test of one brand; and what each model would raise on a real day.

All models answer for the same names (see `baselines.balanced`). The article's models and two of ours are trained on
four fifths of them; the shipped network was trained on other brands and has not seen this one. The balanced figures
say little about use, where none to seven of 100,000 names are squats of a brand: the last two columns do.

    python -m squatwatch_ml.evaluation.article.table --brand paypal
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from squatwatch_ml.baselines.balanced import NameSet, balanced_names
from squatwatch_ml.baselines.measures import measures
from squatwatch_ml.evaluation.article.models import Answer, answers
from squatwatch_ml.evaluation.bench import Table
from squatwatch_ml.evaluation.data import RealLists
from squatwatch_ml.evaluation.report import text_of
from squatwatch_ml.text.names import label_of, suffix_of
from squatwatch_ml.text.skeleton import joined_skeleton, skeleton

BRANDS = ("paypal", "allianz")
COUNT = 10_000  # generated imitations of a brand, and as many real names
PER_NAMES = 100_000
TITLE = "The article's table: one brand, as many generated imitations as real names"
NOTE = (
    "Negatives are popular names; those that contain the brand, and those that were generated too, are left out. "
    "Figures are rounded down. `flagged`: registered names of a real day from the threshold on, per 100,000, mean of "
    "the days to report on; `without_brand`: those of them that do not contain the brand. squatwatch as shipped has "
    "not seen the brand: `candidates` is how it is used, `all names` leaves the candidate step out, as the other "
    "models do."
)


def table_of(
    brands: Sequence[str],
    artifact: Path,
    days: Mapping[str, Iterable[str]],
    *,
    count: int = COUNT,
    seed: int = 1,
    say: Callable[[str], None] = lambda line: None,
) -> Table:
    """Return `article_table` of several brands, one below the other."""
    parts = [article_table(brand, artifact, days, count=count, seed=seed, say=say) for brand in brands]
    notes = "\n".join([NOTE, *(note for _, note in parts)])
    return Table("article", TITLE, notes, pl.concat([frame for frame, _ in parts]))


def article_table(
    brand: str,
    artifact: Path,
    days: Mapping[str, Iterable[str]],
    *,
    count: int = COUNT,
    seed: int = 1,
    say: Callable[[str], None] = lambda line: None,
) -> tuple[pl.DataFrame, str]:
    """Return one row a model and threshold, and a line on the names; the same seed gives the same table.

    `days`: name of a day to its domains. `count`: generated imitations, and as many real names.

    Columns: brand, model, trained_on, threshold, precision, recall, f1, roc_auc, flagged, without_brand; the last two
    are null without a day. Raises BrandError, ArtifactError, TrainingError, MissingExtra.
    """
    data = balanced_names(brand, count, seed)
    registered = [real_names(domains) for domains in days.values()]
    rows = []
    for answer in answers(data.train, [data.test, *registered], brand, artifact, seed):
        rows.append(_row(brand, answer, data.test, registered))
        say(f"{brand}: {answer.model}, threshold {answer.threshold}")
    note = (
        f"{brand}: {len(data.train.labels):,} names to learn from, {len(data.test.labels):,} held out; left out "
        f"{data.containing} real names that contain it and {data.generated} that were generated too."
    )
    return pl.DataFrame(rows, schema_overrides={"flagged": pl.Float64, "without_brand": pl.Float64}), note


def real_names(domains: Iterable[str]) -> NameSet:
    """Return the registered names of a day, A-labels decoded."""
    domains = list(domains)
    labels = [label_of(domain) for domain in domains]
    readable = [f"{label}.{suffix_of(domain)}" for label, domain in zip(labels, domains, strict=True)]
    return NameSet(labels, readable, np.zeros(len(labels), np.float32))


def _row(brand: str, answer: Answer, test: NameSet, days: Sequence[NameSet]) -> dict[str, Any]:
    scores, *of_days = answer.scores
    flagged = [_flagged(brand, day, raised >= answer.threshold) for day, raised in zip(days, of_days, strict=True)]
    in_all, without = np.mean(flagged, axis=0).round(1).tolist() if flagged else (None, None)
    figures = measures(scores, test.target, answer.threshold)
    return {
        "brand": brand,
        "model": answer.model,
        "trained_on": answer.trained_on,
        "threshold": answer.threshold,
        **{name: _down(value) for name, value in figures._asdict().items()},
        "flagged": in_all,
        "without_brand": without,
    }


def _down(value: float) -> float:
    """Round down to four places, so that .99998 is not shown as 1."""
    return value if math.isnan(value) else math.floor(value * 10_000 + 1e-6) / 10_000


def _flagged(brand: str, day: NameSet, raised: NDArray[np.bool_]) -> tuple[float, float]:
    """Count the names raised per 100,000, in all and without the brand in them."""
    target = skeleton(brand)
    labels = [day.labels[at] for at in np.nonzero(raised)[0]]
    without = sum(target not in joined_skeleton(label) for label in labels)
    scale = PER_NAMES / max(len(day.labels), 1)
    return len(labels) * scale, without * scale


def main() -> None:
    """Print the table for the brands on the command line."""
    arguments = argparse.ArgumentParser(description=TITLE)
    arguments.add_argument("--brand", action="append", help=f"may be repeated [{', '.join(BRANDS)}]")
    arguments.add_argument("--count", type=int, default=COUNT, help="generated imitations, and as many real names")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--artifact", type=Path, default=Path(__file__).parents[2] / "shipped_artifact")
    arguments.add_argument("--data", type=Path, help="folder of real lists, for the last two columns")
    given = arguments.parse_args()
    lists = RealLists(given.data) if given.data else None
    days = {day: lists.domains(day) for day in lists.days("report")} if lists else {}
    brands = given.brand or BRANDS
    print(text_of(table_of(brands, given.artifact, days, count=given.count, seed=given.seed, say=_progress)))


def _progress(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    main()
