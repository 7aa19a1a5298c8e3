"""Zone files that something else has put in a folder, one a zone and morning: for dates that no server has any more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from squatwatch.errors import NotPublishedYet, SquatwatchError
from squatwatch.sources.base import fill_in
from squatwatch.sources.zone.snapshots import LONGEST_GAP


@dataclass(frozen=True)
class ZoneArchive:
    """Zone files in a folder. `template` is a path with the fields `tld` and `date`, the morning that a file is of."""

    template: str

    def location(self, run_date: date) -> str:
        """Return the template, which holds no secret."""
        return self.template

    @contextmanager
    def session(self, run_date: date) -> Iterator[Callable[[str, date, Path], Path]]:
        """Give a function that finds the file of a zone and morning."""

        def bring(tld: str, on: date, _: Path) -> Path:
            path = self._path(tld, on)
            if path.is_file():
                return path
            if path.exists():
                raise SquatwatchError(
                    f"{path}, wanted for {run_date}, is no file: check SQUATWATCH_ZONE_URL, "
                    f"then run: squatwatch download --date {run_date}"
                )
            raise NotPublishedYet(f"source zone: {path}, wanted for {run_date}, is not there yet")

        yield bring

    def newest_before(self, tld: str, on: date) -> date | None:
        """Return the newest earlier morning, at most LONGEST_GAP ago, that there is a file of."""
        mornings = (on - timedelta(days=n) for n in range(1, LONGEST_GAP.days + 1))
        return next((day for day in mornings if self._path(tld, day).is_file()), None)

    def _path(self, tld: str, on: date) -> Path:
        return Path(fill_in(self.template, on, "SQUATWATCH_ZONE_URL", tld=tld)).expanduser().absolute()
