"""The lists that come with squatwatch: seven days of invented names, in the format of a provider."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from squatwatch.errors import SquatwatchError
from squatwatch.sources.base import Receipt

FOLDER = Path(__file__).parent / "sample_lists"
PREFIX = "newly-registered-domains-"


def sample_dates() -> list[date]:
    """Return the dates that the sample has a list of, in order."""
    return sorted(date.fromisoformat(path.stem.removeprefix(PREFIX)) for path in FOLDER.glob(f"{PREFIX}*.zip"))


@dataclass(frozen=True)
class SampleSource:
    """The lists that come with squatwatch."""

    name: str = "sample"

    def location(self, run_date: date) -> str:
        """Return the name of the date's file."""
        return f"sample:{PREFIX}{run_date}.zip"

    def fetch(self, run_date: date, into: BinaryIO) -> Receipt:
        """Write the list to `into`.

        Raises SquatwatchError for other dates than the sample's: no list will ever come.
        """
        dates = sample_dates()
        if run_date not in dates:
            raise SquatwatchError(
                f"the sample has no list of {run_date}, only of {dates[0]} to {dates[-1]}; choose a real source, "
                f"as in: SQUATWATCH_SOURCES=whoisds squatwatch download --date {run_date}"
            )
        into.write((FOLDER / f"{PREFIX}{run_date}.zip").read_bytes())
        return Receipt(self.location(run_date))
