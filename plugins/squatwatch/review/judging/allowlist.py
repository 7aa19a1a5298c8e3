"""A detection's domain is put on the analysts' allowlist, with reason, expiry, who and when; or an entry taken back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field

from squatwatch.errors import SquatwatchError
from squatwatch.files.decorated import bare_name
from squatwatch.lists.allowlist import LONGEST_REASON
from squatwatch.lists.excuses import with_names_above
from squatwatch.names.registrable import NotADomain, a_labels
from squatwatch.review.judging.allowlist_file import Entry, add_entries, remove_entries
from squatwatch.review.judging.judge import detection_row
from squatwatch.review.judging.strict import OfDate
from squatwatch.settings import Settings
from squatwatch.store.door import work_on
from squatwatch.store.scope import Scope
from squatwatch.warehouse.export import FORMULA_SIGNS


def _one_line(text: str) -> str:
    text = " ".join(text.split())
    if not text or text[0] in FORMULA_SIGNS or not text.isprintable():
        raise ValueError("a reason is a line of words")
    return text


def _to_come(day: date | None) -> date | None:
    """Return an entry's last date. Raises ValueError where it is before yesterday (UTC), whose list comes today."""
    if day and day < datetime.now(UTC).date() - timedelta(days=1):
        raise ValueError(f"{day} is over; choose today or a later date, or none for ever")
    return day


class Addition(OfDate):
    """Put a detection's domain on the allowlist; `entry` is the name, or one above it that is excused instead.

    `expires_on` is the last date that the entry counts for; None is for ever.
    """

    detection_id: str
    reason: Annotated[str, Field(max_length=LONGEST_REASON), AfterValidator(_one_line)]
    expires_on: Annotated[date | None, AfterValidator(_to_come)] = None
    entry: str = ""


class Removal(OfDate):
    """Take back the entry that excuses a detection; `added_at` undoes the user's own addition of that time alone."""

    detection_id: str
    entry: str
    added_at: str = ""


class AllowlistChange(NamedTuple):
    """`entries` that were added or removed, all of them of the domain `entry`."""

    entry: str
    entries: list[Entry]


def add(settings: Settings, addition: Addition, user_name: str) -> AllowlistChange:
    """Add an entry to the allowlist.

    Raises SquatwatchError where there is no such detection, the entry does not excuse it, or the file would be wrong;
    then the file stays as it is.
    """
    domain = _entry_of(settings, addition, addition.entry)
    entry = {
        "domain": domain,
        "reason": addition.reason,
        "expires_on": addition.expires_on.isoformat() if addition.expires_on else "",
        "added_by": _safe(user_name),
        "added_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
    }
    work_on(settings, Scope([]), lambda root: add_entries(root, [entry]))
    return AllowlistChange(domain, [entry])


def take_back(settings: Settings, removal: Removal, user_name: str) -> AllowlistChange:
    """Remove the entries of a domain from the allowlist. Raises SquatwatchError as `add` does, and where there is none.

    Names that it excused raise alarms again from the next run on.
    """
    domain = _entry_of(settings, removal, removal.entry)
    own = {"added_at": removal.added_at, "added_by": _safe(user_name)} if removal.added_at else {}

    def is_meant(entry: Entry) -> bool:
        return _domain_of(entry) == domain and own.items() <= entry.items()

    removed = work_on(settings, Scope([]), lambda root: remove_entries(root, is_meant))
    if not removed:
        raise SquatwatchError(f"{domain} is not on the allowlist any more; reload the page")
    return AllowlistChange(domain, removed)


def _entry_of(settings: Settings, post: Addition | Removal, entry: str) -> str:
    domain = detection_row(settings, post.run_date, post.detection_id).domain
    if entry and entry not in with_names_above(domain):
        raise SquatwatchError(f"an entry {entry!r} does not excuse {domain}")
    return entry or domain


def _domain_of(entry: Entry) -> str:
    try:
        return a_labels(bare_name(entry.get("domain", "")))
    except NotADomain:
        return ""


def _safe(user_name: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in user_name).lstrip(FORMULA_SIGNS)
