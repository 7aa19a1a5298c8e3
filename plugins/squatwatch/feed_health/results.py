"""Check results of a date: what each check found, whether it stops the date, and what people should do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from squatwatch.errors import UnhealthyFeed
from squatwatch.feed_health.acceptance import Acceptance
from squatwatch.feed_health.evidence import Finding
from squatwatch.feed_health.limits import Rule
from squatwatch.ingest.load import INPUT
from squatwatch.lake.provenance import Provenance

REMARKS = ("stopped", "accepted", "warned")  # results that people should read, the strongest first


@dataclass(frozen=True)
class CheckResults:
    """One row per source and check (table `feed_health`), and the provenance of what was checked."""

    run_date: date
    rows: pl.DataFrame
    made_from: Provenance

    @property
    def is_healthy(self) -> bool:
        """Tell whether the date may go on; a warning, or what somebody accepted, does not stop it."""
        return "stopped" not in self.counts

    def demand_healthy(self) -> None:
        """Raise UnhealthyFeed, with what was found and what to do, where a check stops the date."""
        if not self.is_healthy:
            raise UnhealthyFeed(self._refusal())

    def sentences(self, result: str) -> list[str]:
        """Return a sentence for each check with this result: `passed`, `warned`, `stopped`, `accepted` or `skipped`."""
        rows = self.rows.filter(result=result).iter_rows(named=True)
        return [f"{row['check_name']} of {row['source']}: {row['detail']}" for row in rows]

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how many checks have each result."""
        return dict(self.rows["result"].value_counts().iter_rows())

    @property
    def sources(self) -> list[str]:
        """Return the sources whose lists were checked."""
        return _sources(self.rows)

    @property
    def resume(self) -> str:
        """The command that makes the rest of the date from the lists that it has."""
        return f"squatwatch run --date {self.run_date}" + (" --input FILE" if self._is_by_hand else "")

    def _refusal(self) -> str:
        sources = ", ".join(_sources(self.rows.filter(result="stopped")))
        again = self.resume + ("" if self._is_by_hand else " --refetch")
        return (
            f"the list of {self.run_date} from {sources} is not what it usually is, and nothing was made of it: "
            f"{'; '.join(self.sentences('stopped'))}. If a better list is there, run: {again}. "
            f"If this one is right, run: squatwatch health --date {self.run_date} "
            f'--accept "REASON", then: {self.resume}'
        )

    @property
    def _is_by_hand(self) -> bool:
        return INPUT in self.rows["source"]


def _sources(rows: pl.DataFrame) -> list[str]:
    return rows["source"].unique(maintain_order=True).to_list()


def result_row(rule: Rule[Any], finding: Finding, acceptance: Acceptance | None) -> dict[str, Any]:
    """Return the columns of `feed_health` that one check fills.

    Severity and limits are those of the strongest strength whose limits the figure breaks; where it breaks none, those
    of the weakest that there was enough history for.
    """
    figure = finding.figure
    strengths = rule.strengths(finding.usual) if figure is not None else []
    row: dict[str, Any] = {
        "figure": finding.figure,
        "usual": finding.usual,
        "history_count": finding.history_count,
        "detail": finding.detail,
    }
    if figure is None or not strengths:
        detail = finding.detail if rule.stop or rule.warn else "switched off"
        return row | {"result": "skipped", "severity": None, "least": None, "most": None, "detail": detail}
    broken = [strength for strength in strengths if _is_outside(figure, *strength[1:])]
    severity, least, most = broken[0] if broken else strengths[-1]
    row |= {"severity": severity, "least": least, "most": most, "result": "passed"}
    if not broken:
        return row
    detail = finding.detail + _expected(finding.written, figure, least, most)
    if severity == "stop" and acceptance:
        return row | {"result": "accepted", "detail": f"{detail}; {acceptance}"}
    return row | {"result": {"stop": "stopped", "warn": "warned"}[severity], "detail": detail}


def _is_outside(figure: float, least: float | None, most: float | None) -> bool:
    return (least is not None and figure < least) or (most is not None and figure > most)


def _expected(written: str, figure: float, least: float | None, most: float | None) -> str:
    """Return the limit that the figure breaks, `written` as a limit of its check is, as the end of a sentence."""
    if not written:
        return ""
    side, limit = ("least", least) if least is not None and figure < least else ("most", most)
    return f"; at {side} {written.format(limit)} expected"
