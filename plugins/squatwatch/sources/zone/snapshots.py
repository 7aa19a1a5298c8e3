"""Snapshots of zones: the names that a zone delegated on the morning of a date, kept to tell the next day's new ones.

`<home>/zones/tld=com/snapshot_on=2026-11-06/zones.parquet` is one `nameset`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from squatwatch.errors import BadList
from squatwatch.lake.partitions import atomic
from squatwatch.sources.zone.nameset import difference, named_errors, write_parts, write_sorted
from squatwatch.sources.zone.skipped import Skipped

MADE_FROM = "squatwatch.made_from"  # key in the footer of a snapshot
LONGEST_GAP = timedelta(days=7)


@dataclass(frozen=True)
class Snapshots:
    """The snapshots of one zone."""

    home: Path
    tld: str

    def path(self, on: date) -> Path:
        """Return where the snapshot of a morning is, or would be."""
        return self.home / "zones" / f"tld={self.tld}" / f"snapshot_on={on}" / "zones.parquet"

    def has(self, on: date) -> bool:
        """Tell whether there is a snapshot of the morning."""
        return self.path(on).is_file()

    def newest_before(self, on: date) -> date | None:
        """Return the date of the newest earlier snapshot that is at most LONGEST_GAP older."""
        return max((day for day in self._dates() if on - LONGEST_GAP <= day < on), default=None)

    def count(self, on: date) -> int:
        """Return how many names the snapshot has."""
        with named_errors():
            names = pl.scan_parquet(self.path(on), hive_partitioning=False, glob=False)
            return int(names.select(pl.len()).collect().item())

    def zone_sha256(self, on: date) -> str | None:
        """Return the SHA-256 of the zone file that the snapshot was made from."""
        return self._made_from(on).get("zone file")

    def skipped(self, on: date) -> str:
        """Return a sentence about lines of the zone file that could not be read, empty where all could."""
        return self._made_from(on).get("skipped", "")

    def store(self, on: date, domains: Iterable[list[str]], zone_sha256: str, skipped: Skipped, work: Path) -> int:
        """Replace the date's snapshot whole; return how many names it has. `work` is an empty folder.

        `skipped` is complete when `domains` were read. Raises BadList where there are no names, or less than half as
        many as in the snapshot before.
        """
        parts = write_parts(domains, work)
        if not parts:
            raise BadList(f"it delegates no name directly below {self.tld}")
        made_from = {"zone file": zone_sha256, "skipped": str(skipped)}
        with atomic(self.path(on)) as temporary:
            count = write_sorted(parts, temporary, work, {MADE_FROM: json.dumps(made_from)})
            self._check_size(on, count)
        return count

    def _made_from(self, on: date) -> dict[str, str]:
        with named_errors():
            made_from: dict[str, str] = json.loads(pl.read_parquet_metadata(self.path(on)).get(MADE_FROM, "{}"))
        return made_from

    def new_names(self, on: date, base: date) -> Iterator[list[str]]:
        """Yield the names of `on` that `base` had not, sorted."""
        return difference(self.path(on), self.path(base))

    def remove_before(self, first: date) -> None:
        """Remove the snapshots of mornings before `first`."""
        for day in self._dates():
            if day < first:
                self.path(day).unlink(missing_ok=True)
                with suppress(OSError):  # somebody is writing it again
                    self.path(day).parent.rmdir()

    def _dates(self) -> list[date]:
        folders = (self.home / "zones" / f"tld={self.tld}").glob("snapshot_on=*")
        dates = [date.fromisoformat(folder.name.removeprefix("snapshot_on=")) for folder in folders]
        return [day for day in dates if self.has(day)]

    def _check_size(self, on: date, count: int) -> None:
        """Raise BadList for a zone that lost half of its names: they would all be new the day after."""
        before = self.newest_before(on)
        if before and count < self.count(before) / 2:
            raise BadList(
                f"it delegates {count:,} names, less than half of the {self.count(before):,} of {before}; "
                f"if that is right, remove {self.path(before)}"
            )
