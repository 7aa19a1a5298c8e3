"""Notes by which a prune and a writer never miss each other, though neither waits for the other.

A writer may be about to commit an object that has been there for days: a run that was killed had put the same bytes.
It puts that one anew and looks for notes of prunes afterwards; a prune writes its note and lists objects afterwards. So
either the prune sees a new object, or the writer sees the note and stops.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from squatwatch.errors import TryLater
from squatwatch.store.base import Created, Store

NOTES = "prune/"
LONGEST = timedelta(minutes=5)  # that a prune removes things
COUNTS_FOR = timedelta(minutes=30)  # a note, if its prune was killed; clocks may differ by what lies between
OLD = timedelta(hours=12)  # for an object; a prune spares those of the last day


def create_object(store: Store, key: str, source: Path) -> bool:
    """Put the file as an object that no prune removes before it is committed; return whether it is what is there now.

    Raises TryLater where a prune is at work and might have removed it already.
    """
    created = store.create(key, source)
    if created is Created.BEFORE and _is_old(store, key):
        store.put(key, source)
        if any(_age(note.modified_at) < COUNTS_FOR for note in store.listing(NOTES)):
            raise TryLater(f"{key}: objects that nobody needs are being removed in this moment; run the command again")
        created = store.create(key, source)
    return bool(created)


def _is_old(store: Store, key: str) -> bool:
    folder = key.rpartition("/")[0]
    return any(one.key == key and _age(one.modified_at) > OLD for one in store.listing(f"{folder}/"))


def _age(moment: datetime) -> timedelta:
    return datetime.now(UTC) - moment
