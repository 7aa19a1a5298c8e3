"""The lists of a date from all of its sources: one that fails does not hold up the others, and is not forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from squatwatch.errors import PartialDate, SquatwatchError
from squatwatch.ingest.download import download_list
from squatwatch.lake.partitions import Lake
from squatwatch.settings import Settings
from squatwatch.sources import file_given_by_hand, source_named


@dataclass(frozen=True)
class Fetched:
    """What came, as lines for people, and what each source that failed has said."""

    run_date: date
    came: Sequence[str]
    failures: Mapping[str, str]

    def __str__(self) -> str:
        return "; ".join([*self.came, *(f"{source} FAILED: {error}" for source, error in self.failures.items())])

    def demand_some(self) -> None:
        """Raises SquatwatchError where no source has sent a list."""
        if not self.came:
            raise SquatwatchError("; ".join(self.failures.values()))

    def demand_all(self) -> None:
        """Raises SquatwatchError where a source has not sent its list."""
        if self.failures:
            raise SquatwatchError("; ".join([*self.failures.values(), *self.came]))


def fetch(
    settings: Settings, run_date: date, input: Path | None, refetch: bool, sources: Sequence[str] | None = None
) -> Fetched:
    """Asks every source (the configured ones, if none are given), or takes the file at hand instead."""
    if input:
        return Fetched(
            run_date,
            [str(download_list(settings, run_date, file_given_by_hand(settings, str(input)), refetch=True))],
            {},
        )
    came, failures = [], {}
    for source in sources or settings.sources:
        try:
            came.append(str(download_list(settings, run_date, source_named(settings, source), refetch=refetch)))
        except SquatwatchError as error:
            failures[source] = str(error)
    return Fetched(run_date, came, failures)


def demand_complete(settings: Settings, fetched: Fetched) -> None:
    """After a date was done from the lists that came: raises PartialDate where one failed."""
    if not fetched.failures:
        return
    day, lake = fetched.run_date, Lake(settings.home)
    missing = [source for source in fetched.failures if not lake.partition("downloads", day, source).is_file()]
    state = (
        f"partial: it has no list from {', '.join(missing)}" if missing else "made from lists that were there before"
    )
    raise PartialDate(
        f"{day} is done, but {state} ({'; '.join(fetched.failures.values())}). To complete it when the list is there, "
        f"run: squatwatch run --date {day}" + ("" if missing else " --refetch")
    )
