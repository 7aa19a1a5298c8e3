"""The lists of a date from all of its sources: one that fails does not hold up the others, and is not forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from squatwatch.errors import PartialDate, SquatwatchError
from squatwatch.ingest.download import Downloaded, download_list
from squatwatch.lake.partitions import Lake
from squatwatch.settings import Settings
from squatwatch.sources import file_given_by_hand, source_named


@dataclass(frozen=True)
class Fetched:
    """The lists that came, and what each source that failed has said."""

    run_date: date
    came: Sequence[Downloaded]
    failures: Mapping[str, str]

    def demand_some(self) -> None:
        """Raise SquatwatchError where no source has sent a list."""
        if not self.came:
            raise SquatwatchError("; ".join(self.failures.values()))


def fetch(
    settings: Settings, run_date: date, input: Path | None, refetch: bool, sources: Sequence[str] | None = None
) -> Fetched:
    """Ask every source (the configured ones, if none are given), or take the file at hand instead."""
    if input:
        by_hand = file_given_by_hand(input, settings.max_list_bytes)
        return Fetched(run_date, [download_list(settings, run_date, by_hand, refetch=True)], {})
    came, failures = [], {}
    for source in sources or settings.sources:
        try:
            came.append(download_list(settings, run_date, source_named(settings, source), refetch=refetch))
        except SquatwatchError as error:
            failures[source] = str(error)
    return Fetched(run_date, came, failures)


def demand_complete(home: Path, fetched: Fetched) -> None:
    """Raise PartialDate where a source failed, after the date was done from the lists that came."""
    if not fetched.failures:
        return
    day, lake = fetched.run_date, Lake(home)
    missing = [source for source in fetched.failures if not lake.partition("downloads", day, source).is_file()]
    state = (
        f"partial: it has no list from {', '.join(missing)}" if missing else "made from lists that were there before"
    )
    raise PartialDate(
        f"{day} is done, but {state} ({'; '.join(fetched.failures.values())}). To complete it when the list is there, "
        f"run: squatwatch run --date {day}" + ("" if missing else " --refetch")
    )
