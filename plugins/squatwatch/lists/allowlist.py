"""The analysts' own allowlist: `allowlist.csv`, one row per domain that needs no alarm, why, and until when."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import polars as pl

from squatwatch.files.csvfile import CsvRow, WrongRow, read_csv, read_rows, shown
from squatwatch.files.decorated import bare_name
from squatwatch.files.state import State, state_of
from squatwatch.names.registrable import NotADomain, a_labels
from squatwatch.names.suffixes import registry_suffixes, suffix_fingerprint, suffix_list
from squatwatch.settings import Settings

COLUMNS = ("domain", "reason", "expires_on")
LONGEST_REASON = 300  # characters that the page takes
WHAT = "allowlist"
SCHEMA = {"domain": pl.String, "reason": pl.String, "expires_on": pl.Date}


def allowlist_path(settings: Settings) -> Path:
    """Return the list in force: the one that is set, else the analysts' own in the data root, else the seed."""
    own = own_allowlist(settings)
    return own if settings.allowlist_file or own.exists() else settings.dbt_project / "seeds/allowlist.csv"


def own_allowlist(settings: Settings) -> Path:
    """Return the file to which the Detections page writes; it may not be there yet."""
    return settings.allowlist_file or settings.home / "allowlist.csv"


def read_allowlist(path: Path) -> pl.DataFrame:
    """Return columns `domain` (A-labels), `reason`, `expires_on` (the last date that it counts for; null is for ever).

    May be empty. It is read anew where the file, or the suffix list in use, is another.
    Raises SquatwatchError naming file, line and value for a row that could not do what it says.
    """
    return _read_as_it_is(path, state_of(path), suffix_fingerprint())


@lru_cache(maxsize=8)
def _read_as_it_is(path: Path, _state: State | None, _suffixes: str) -> pl.DataFrame:
    rows = read_rows(path, WHAT, read_csv(path, COLUMNS, WHAT), _read_row)
    return pl.DataFrame(rows, schema=SCHEMA, orient="row").unique().sort("domain", "expires_on", "reason")


def _read_row(row: CsvRow) -> tuple[str, str, date | None]:
    reason = row.values["reason"]
    if not reason:
        raise WrongRow(f"{shown(row.values['domain'])} has no reason")
    return _domain(row), reason, _expires_on(row)


def _domain(row: CsvRow) -> str:
    written = row.values["domain"]
    try:
        domain = a_labels(bare_name(written))
    except NotADomain as problem:
        raise WrongRow(f"{shown(written)} {problem}") from None
    # a private suffix (github.io) may be excused with all names below it, a registry's (co.uk) not
    if registry_suffixes().publicsuffix(domain) == domain:
        raise WrongRow(f"{shown(written)} is a public suffix: it would excuse everything")
    registered = suffix_list().privatesuffix(domain)
    if registered and registered != domain:
        raise WrongRow(f"{shown(written)} lies below {registered}, and only that is ever registered")
    return domain


def _expires_on(row: CsvRow) -> date | None:
    written = row.values["expires_on"]
    if not written:
        return None
    try:
        return datetime.strptime(written, "%Y-%m-%d").date()
    except ValueError:
        problem = f"expires_on {shown(written)} is not a date: write it as YYYY-MM-DD, or leave it empty for ever"
        raise WrongRow(problem) from None
