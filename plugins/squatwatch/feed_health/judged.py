"""The verdicts on a date, for people: what is not as it should be, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from squatwatch.errors import UnhealthyFeed
from squatwatch.ingest.load import INPUT
from squatwatch.lake.provenance import Provenance

REMARKS = ("stopped", "accepted", "told")  # verdicts that people should read, the strongest first


@dataclass(frozen=True)
class Judged:
    """One row a source and check (table `feed_health`), and the fingerprints of what they were judged on."""

    run_date: date
    rows: pl.DataFrame
    made_from: Provenance

    @property
    def is_healthy(self) -> bool:
        """May the date go on? What was told or accepted does not hold it up."""
        return not self.found("stopped")

    def demand_healthy(self) -> None:
        """Raises UnhealthyFeed, with what was found and what to do, where a check stops the date."""
        if not self.is_healthy:
            raise UnhealthyFeed(self._refusal())

    def found(self, verdict: str) -> list[str]:
        """The findings with this verdict, as sentences."""
        rows = self.rows.filter(verdict=verdict).iter_rows(named=True)
        return [f"{row['check_name']} of {row['source']}: {row['detail']}" for row in rows]

    @property
    def headline(self) -> str:
        """How many checks there were, and how many of them were not ok."""
        counts = dict(self.rows["verdict"].value_counts().iter_rows())
        remarks = [f"{counts[verdict]} {verdict}" for verdict in REMARKS if verdict in counts]
        return f"{self.rows.height} checks of {self._sources(self.rows)}: {', '.join(remarks) or 'all well'}"

    def __str__(self) -> str:
        """A line with everything that is not as it should be."""
        return "; ".join([self.headline, *(each for verdict in REMARKS for each in self.found(verdict))])

    @property
    def resume(self) -> str:
        """The command that makes the rest of the date from the lists that it has."""
        return f"squatwatch run --date {self.run_date}" + (" --input FILE" if self._is_by_hand else "")

    def _refusal(self) -> str:
        sources = self._sources(self.rows.filter(verdict="stopped"))
        again = self.resume + ("" if self._is_by_hand else " --refetch")
        return (
            f"the list of {self.run_date} from {sources} is not what it usually is, and nothing was made of it: "
            f"{'; '.join(self.found('stopped'))}. If a better list is there, run: {again}. If this one is right, run: "
            f'squatwatch health --date {self.run_date} --accept "REASON", then: {self.resume}'
        )

    @property
    def _is_by_hand(self) -> bool:
        return INPUT in self.rows["source"]

    @staticmethod
    def _sources(rows: pl.DataFrame) -> str:
        return ", ".join(rows["source"].unique(maintain_order=True))
