"""Workbench that the sections share: matchers, real lists where there are some, and what each matcher raises.

A list of names is searched once, for all brands and by all matchers, however many sections ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import polars as pl

from squatwatch_ml.evaluation.data import RealLists
from squatwatch_ml.evaluation.judgements import read_judgements
from squatwatch_ml.evaluation.matchers import Matcher
from squatwatch_ml.network.artifact import Manifest
from squatwatch_ml.training.data.splits import DAYS, evaluated_brands


class Table(NamedTuple):
    """One result: `note` says how it was counted; a `listing` is written, not printed."""

    name: str
    title: str
    note: str
    frame: pl.DataFrame
    listing: bool = False


class NotHere(ValueError):
    """A section cannot run: it needs real lists or a library that are not there."""


class Bench:
    """Matchers and lists for one evaluation.

    `lists` is None where there are no real lists; the first matcher is the network.
    """

    def __init__(
        self,
        matchers: Sequence[Matcher],
        lists: RealLists | None,
        manifest: Manifest,
        *,
        artifact: Path | None = None,
        seed: int = 1,
        say: Callable[[str], None] = lambda line: None,
    ):
        self.matchers = list(matchers)
        self.manifest = manifest
        self.artifact = artifact
        self.seed = seed
        self.say = say
        self._lists = lists
        self._days: dict[str, pl.DataFrame] = {}

    @property
    def lists(self) -> RealLists:
        """Return the real lists. Raises NotHere where there are none."""
        if self._lists is None:
            raise NotHere("needs real lists: name their folder with --data")
        return self._lists

    @property
    def has_lists(self) -> bool:
        """Tell whether there are real lists."""
        return self._lists is not None

    @property
    def brands(self) -> list[str]:
        """Return all brands that figures are given for: those evaluated, and those of the lists."""
        known = set(evaluated_brands())
        if self._lists is not None:
            known |= set(self._lists.owned) | {row["brand"] for row in self._lists.squats}
        return sorted(known)

    def search(self, domains: Sequence[str], brands: Sequence[str]) -> pl.DataFrame:
        """Return domain, brand and one column per matcher: its score, null for a pair that it does not look at."""
        scored = pl.DataFrame(schema={"domain": pl.String, "brand": pl.String})
        for matcher in self.matchers:
            scores = matcher.search(domains, brands).rename({"score": matcher.name})
            scored = scored.join(scores, on=["domain", "brand"], how="full", coalesce=True)
        return scored.sort("domain", "brand")

    def day(self, day: str) -> pl.DataFrame:
        """Search a day's names for all brands, the brands' own domains left out.

        On the last of the days to report on, the known squats are planted among its names; `is_planted` says which.
        """
        if day not in self._days:
            self.say(f"scoring {day}")
            domains = self.lists.domains(day)
            planted = sorted(self.planted(day, domains))
            scored = self.search([*domains, *planted], self.brands)
            own = [(domain, brand) for brand, domains in self.lists.owned.items() for domain in domains]
            own_frame = pl.DataFrame(own, schema={"domain": pl.String, "brand": pl.String}, orient="row")
            scored = scored.join(own_frame, on=["domain", "brand"], how="anti")
            self._days[day] = scored.with_columns(is_planted=pl.col("domain").is_in(planted))
        return self._days[day]

    def planted(self, day: str, domains: Iterable[str]) -> set[str]:
        """Return the squats that are planted among the day's names."""
        if day != self.planted_day:
            return set()
        return {row["squat_domain"].lower() for row in self.lists.squats} - set(domains)

    @property
    def planted_day(self) -> str | None:
        """Return the day among whose names squats are planted: the last of those to report on."""
        days = self.lists.days("report")
        return next((day for day in reversed(DAYS["report"]) if day in days), days[-1] if days else None)

    def verdicts(self, day: str) -> pl.DataFrame:
        """Return the day's judged pairs: domain, brand, verdict (squat, use, other), is_further; perhaps none."""
        return read_judgements(self.lists, day, self.day(day).filter(~pl.col("is_planted")))

    def raised(self, scored: pl.DataFrame, matcher: Matcher) -> pl.DataFrame:
        """Return the rows of `search` that a matcher raises."""
        brands = scored["brand"].unique().to_list()
        limits = pl.DataFrame(
            {"brand": brands, "threshold": [matcher.threshold(brand) for brand in brands]},
            schema={"brand": pl.String, "threshold": pl.Float64},
        )
        score = pl.col(matcher.name).cast(pl.Float64).round(5)
        return scored.join(limits, on="brand").filter(score >= pl.col("threshold")).drop("threshold")

    @property
    def scored_matchers(self) -> list[Matcher]:
        """Return the matchers whose scores mean something."""
        return [matcher for matcher in self.matchers if matcher.has_scores]


def defanged(column: str) -> pl.Expr:
    """Return domains as people may be shown them: no link, no formula."""
    return pl.col(column).str.replace_all(".", "[.]", literal=True).str.replace(r"^([=+\-@\t])", "'$1")
