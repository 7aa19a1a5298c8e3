"""New names out of zone files: those that a zone has on the morning after a date and had not on the morning before.

A date's new names are the snapshot of the next morning without the snapshot of its own morning (UTC). Where that one
is missing, the newest earlier one of at most seven days takes its place, and the receipt says so: the names of the gap
are then all attributed to this date. Snapshots are kept (`snapshots.py`), so a date asked for again has the
same list, and a zone that is here already is not fetched again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import BinaryIO

from squatwatch.errors import BadList, NotPublishedYet, SquatwatchError, TryLater
from squatwatch.files.streams import sha256_of
from squatwatch.lake.work_folder import work_folder
from squatwatch.sources.base import Receipt
from squatwatch.sources.zone.archive import ZoneArchive
from squatwatch.sources.zone.czds import Czds
from squatwatch.sources.zone.skipped import Skipped
from squatwatch.sources.zone.snapshots import LONGEST_GAP, Snapshots
from squatwatch.sources.zone.zonefile import delegated_domains

log = logging.getLogger(__name__)

DAY = timedelta(days=1)
LARGEST_UNPACKED = 16  # times the largest zone file as received; real ones are 5 to 10 times as large
CHANGES_DAILY = 10_000  # a zone of so many names never stays as it is for a day


@dataclass(frozen=True)
class ZoneSource:
    """The new names of zones.

    `zones` is where zone files come from, `home` the data root with the snapshots, `max_bytes` of a zone file.
    """

    name: str
    home: Path
    tlds: tuple[str, ...]
    zones: Czds | ZoneArchive
    keep_days: int
    max_bytes: int

    def location(self, run_date: date) -> str:
        """Return where the zone files come from, fit for messages and the ledger."""
        return self.zones.location(run_date)

    def fetch(self, run_date: date, into: BinaryIO) -> Receipt:
        """Write the new names to `into`. A zone without an earlier snapshot adds none.

        Raises SquatwatchError where no zone has an earlier snapshot, and what `Source.fetch` raises.
        """
        on = run_date + DAY
        self._complete(run_date, on)
        bases = {tld: self._snapshots(tld).newest_before(on) for tld in self.tlds}
        if not any(bases.values()):
            raise self._nothing_to_compare(run_date, on)
        for tld, base in bases.items():
            for domains in self._snapshots(tld).new_names(on, base) if base else ():
                into.write("".join(f"{domain}\n" for domain in domains).encode())
        if not into.tell():
            raise BadList(f"no zone has a new name ({_compared(bases, on)}); {self._remove(on)}")
        for tld in self.tlds:
            self._snapshots(tld).remove_before(on - self.keep_days * DAY)
        return Receipt(f"{self.location(run_date)}: {_compared(bases, on)}{self._skipped(on)}")

    def _complete(self, run_date: date, on: date) -> None:
        """Store the snapshots that are missing, of every zone that can be had, before one that cannot stops the date.

        A server has today's zones only, so one that waited for another might never be had. A busy server is left alone.
        """
        missing = [(tld, day) for tld in self.tlds for day in self._missing(tld, on)]
        failures: list[SquatwatchError] = []
        if missing:
            with self.zones.session(run_date) as bring:
                for tld, day in missing:
                    try:
                        self._store(tld, day, bring)
                    except TryLater:
                        raise
                    except BadList as error:
                        failures.append(BadList(f"zone {tld} of {day}: {error}"))
                    except SquatwatchError as error:
                        failures.append(error)
        if failures:
            # what a person must see to comes before what only takes time
            raise min(failures, key=lambda error: isinstance(error, NotPublishedYet))

    def _missing(self, tld: str, on: date) -> Iterator[date]:
        """Yield the date, and before it what it is compared with, where an archive has that."""
        stored, archived = self._snapshots(tld).newest_before(on), self.zones.newest_before(tld, on)
        if archived and (not stored or stored < archived):
            yield archived
        if not self._snapshots(tld).has(on):
            yield on

    def _store(self, tld: str, on: date, bring: Callable[[str, date, Path], Path]) -> None:
        with work_folder(self.home, "zone", tld) as folder:
            path = bring(tld, on, folder)
            sha256 = sha256_of(path)
            self._check_is_another(tld, on, sha256)
            skipped = Skipped()
            domains = delegated_domains(path, tld, LARGEST_UNPACKED * self.max_bytes, skipped)
            count = self._snapshots(tld).store(on, domains, sha256, skipped, folder)
        log.info("source %s: zone %s of %s has %s names", self.name, tld, on, f"{count:,}")
        if skipped.count:
            log.warning("source %s: zone %s of %s: %s", self.name, tld, on, skipped)

    def _check_is_another(self, tld: str, on: date, sha256: str) -> None:
        """Raise NotPublishedYet for a file that came before.

        Yesterday's file with today's Last-Modified would give a day without names, and then one with two days'.
        """
        snapshots = self._snapshots(tld)
        before = snapshots.newest_before(on)
        if before and snapshots.zone_sha256(before) == sha256 and snapshots.count(before) >= CHANGES_DAILY:
            raise NotPublishedYet(f"source {self.name}: zone {tld} of {on} is the file of {before} again")

    def _nothing_to_compare(self, run_date: date, on: date) -> SquatwatchError:
        return SquatwatchError(
            f"source {self.name}: of {', '.join(self.tlds)} there is no snapshot of {run_date} or up to "
            f"{LONGEST_GAP.days - 1} days before, so what is new on {run_date} cannot be told. The snapshot of {on} is "
            f"stored: from the next date on there is a list, run: squatwatch download --date {on}"
        )

    def _remove(self, on: date) -> str:
        paths = ", ".join(str(self._snapshots(tld).path(on)) for tld in self.tlds)
        return f"if the zones came out of date, remove {paths}"

    def _skipped(self, on: date) -> str:
        """Return the end of a sentence about lines that could not be read, of every zone that has some."""
        skipped = {tld: self._snapshots(tld).skipped(on) for tld in self.tlds}
        return "".join(f"; {tld}: {sentence}" for tld, sentence in skipped.items() if sentence)

    def _snapshots(self, tld: str) -> Snapshots:
        return Snapshots(self.home, tld)


def _compared(bases: dict[str, date | None], on: date) -> str:
    return ", ".join(f"{tld} {_shown(base, on)}" for tld, base in bases.items())


def _shown(base: date | None, on: date) -> str:
    if not base:
        return f"{on} (the first snapshot, no names of it)"
    gap = (on - base).days
    return f"{base} to {on}" + (f" (a gap: the new names of {gap} days)" if gap > 1 else "")
