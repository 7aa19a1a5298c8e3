"""Allowlist this: a detection's domain goes to the analysts' allowlist, with reason, expiry, who and when.

The file is SQUATWATCH_ALLOWLIST_FILE, else `allowlist.csv` in the data root, which begins as a copy of the seed.
"""

from __future__ import annotations

import csv
import shutil
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from squatwatch.errors import SquatwatchError
from squatwatch.lake.partitions import atomic, exclusive_file
from squatwatch.lists.allowlist import COLUMNS, allowlist_path, own_allowlist, read_allowlist
from squatwatch.review.day.rows import published
from squatwatch.review.judging.judge import Strict
from squatwatch.settings import Settings

WHO = ("added_by", "added_at")
FORMULA = "=+-@"  # a spreadsheet would take the reason for a formula


def _one_line(text: str) -> str:
    text = " ".join(text.split())
    if not text or text[0] in FORMULA or not text.isprintable():
        raise ValueError("a reason is a line of words")
    return text


class Excuse(Strict):
    """`expires_on` is the last date that the entry counts for; None is for ever."""

    run_date: date
    detection_id: str
    reason: Annotated[str, Field(max_length=300), AfterValidator(_one_line)]
    expires_on: date | None = None


def excuse(settings: Settings, asked: Excuse, user_name: str) -> str:
    """Adds the detection's domain to the allowlist, and gives the domain.

    Raises SquatwatchError where there is no such detection, or the file would not do; then it stays as it is.
    """
    row = next(
        (row for row in published(settings, asked.run_date).rows if row.detection_id == asked.detection_id), None
    )
    if row is None:
        raise SquatwatchError(f"{asked.run_date} has no such detection; reload the page: it may have been re-run")
    path = own_allowlist(settings)
    with exclusive_file(settings.home / "locks" / "allowlist.lock"):
        current = allowlist_path(settings)
        with atomic(path) as temporary:
            shutil.copyfile(current, temporary)
            _add(temporary, {
                "domain": row.domain,
                "reason": asked.reason,
                "expires_on": asked.expires_on.isoformat() if asked.expires_on else "",
                "added_by": _safe(user_name),
                "added_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
            })  # fmt: skip
            _check(temporary, path)
    return row.domain


def excused_domains(settings: Settings, run_date: date) -> frozenset[str]:
    """The domains that the allowlist of now excuses on the date. None where it cannot be read: a run will say why."""
    path = allowlist_path(settings)
    try:
        return _excused(path, path.stat().st_mtime_ns, run_date)
    except (OSError, SquatwatchError):
        return frozenset()


@lru_cache(maxsize=16)
def _excused(path: Path, _version: int, run_date: date) -> frozenset[str]:
    rows = read_allowlist(path).iter_rows()
    return frozenset(domain for domain, _, expires_on in rows if expires_on is None or expires_on >= run_date)


def _add(path: Path, entry: dict[str, str]) -> None:
    """Appends a row under whatever columns the file has; those of this entry that it lacks are added."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file)) or [list(COLUMNS)]
    names = [cell.strip().lower() for cell in header]
    missing = [name for name in (*COLUMNS, *WHO) if name not in names]
    rows = [row + [""] * (len(header) - len(row) + len(missing)) for row in rows if any(cell.strip() for cell in row)]
    rows.append([entry.get(name, "") for name in (*names, *missing)])
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([[*header, *missing], *rows])


def _check(temporary: Path, path: Path) -> None:
    try:
        read_allowlist(temporary)
    except SquatwatchError as error:
        raise SquatwatchError(str(error).replace(str(temporary), str(path))) from None


def _safe(user_name: str) -> str:
    return "".join(each if each.isprintable() else "?" for each in user_name).lstrip(FORMULA)
