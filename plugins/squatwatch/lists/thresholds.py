"""The threshold of each brand: calibrated ones are kept with the model's version, one row per brand.

`<home>/thresholds/model_version=…/thresholds.parquet`. A date is scored with what is stored for its model, so scoring
it again gives the same rows until somebody calibrates again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from squatwatch.errors import SquatwatchError
from squatwatch.lake.partitions import atomic
from squatwatch.lake.tables import THRESHOLDS
from squatwatch.lists.brands import read_budgets
from squatwatch.lists.brands_in_force import brands_path
from squatwatch.settings import Settings
from squatwatch.wording import listed

MOST_NAMED = 5  # brands or dates told by name in a message


@dataclass(frozen=True)
class Thresholds:
    """The thresholds in force for a date's brands, and a line for people about where they come from."""

    of_brand: Mapping[str, float]
    origin: str


def thresholds_in_force(
    settings: Settings, model_version: str, brands: Sequence[str], base_of: Callable[[str], float]
) -> Thresholds:
    """Return by brand the threshold set by hand for all, else the calibrated one, else the model's for its kind."""
    if settings.threshold is not None:
        return Thresholds(dict.fromkeys(brands, settings.threshold), "threshold set by SQUATWATCH_THRESHOLD")
    stored = stored_thresholds(settings.home, model_version)
    calibrated = dict(stored.select("brand", "threshold").iter_rows())
    of_brand = {brand: threshold_of(brand, None, calibrated, base_of) for brand in brands}
    if not calibrated:
        return Thresholds(of_brand, "the model's thresholds (squatwatch calibrate fits them to alarm budgets)")
    return Thresholds(of_brand, "; ".join(["calibrated thresholds", *_outdated(settings, stored, brands)]))


def threshold_of(
    brand: str, by_hand: float | None, calibrated: Mapping[str, float], base_of: Callable[[str], float]
) -> float:
    """Return the threshold set by hand for all, else the brand's calibrated one, else the model's for its kind."""
    if by_hand is not None:
        return by_hand
    return calibrated[brand] if brand in calibrated else base_of(brand)


def stored_thresholds(home: Path, model_version: str) -> pl.DataFrame:
    """Return the table `thresholds` of a model version; empty where nobody calibrated for it.

    Raises SquatwatchError where it is damaged.
    """
    path = thresholds_path(home, model_version)
    if not path.is_file():
        return pl.DataFrame(schema=THRESHOLDS.schema)
    try:
        stored = pl.read_parquet(path, hive_partitioning=False, glob=False)
        is_whole = stored["threshold"].is_finite().all() and not set(THRESHOLDS.schema) - set(stored.columns)
    except (pl.exceptions.PolarsError, OSError):
        is_whole = False
    if not is_whole:
        raise SquatwatchError(
            f"{path} is damaged; fit thresholds anew: squatwatch calibrate --from YYYY-MM-DD --to YYYY-MM-DD"
        )
    return stored


def write_thresholds(home: Path, model_version: str, rows: pl.DataFrame) -> None:
    """Replace the thresholds of the model version whole."""
    with atomic(thresholds_path(home, model_version)) as temporary:
        THRESHOLDS.conform(rows).sort("brand").write_parquet(temporary, compression="zstd")


def thresholds_path(home: Path, model_version: str) -> Path:
    """Return the file of a model version. Raises SquatwatchError for one that is no plain name of a folder."""
    if not re.fullmatch(r"[A-Za-z0-9][\w.+-]*", model_version):
        raise SquatwatchError(f"the model version {model_version!r} is no plain name; run: squatwatch train")
    return home / THRESHOLDS.name / f"model_version={model_version}" / f"{THRESHOLDS.name}.parquet"


def _outdated(settings: Settings, stored: pl.DataFrame, brands: Sequence[str]) -> list[str]:
    """Return what calibrating again would change, as sentences; none where it would change nothing."""
    then = dict(stored.select("brand", "alarm_budget").iter_rows())
    now = read_budgets(brands_path(settings), settings.alarm_budget)
    added = [brand for brand in brands if brand not in then]
    changed = [brand for brand in brands if brand in then and then[brand] != now.get(brand, then[brand])]
    remarks = []
    if added:
        remarks.append(f"the model's for {len(added)} brand{'s' * (len(added) > 1)} not calibrated{named(added)}")
    if changed:
        changes = "alarm budget has" if len(changed) == 1 else "alarm budgets have"
        remarks.append(f"{len(changed)} {changes} changed{named(changed)}")
    return [*remarks, "run: squatwatch calibrate --from YYYY-MM-DD --to YYYY-MM-DD"] if remarks else []


def named(things: Sequence[object] | Mapping[str, object]) -> str:
    """Return the first few of the things in brackets, " (a, b and 3 more)"; "" where there is none."""
    names = [str(thing) for thing in things]
    return f" ({listed(names, MOST_NAMED)})" if names else ""
