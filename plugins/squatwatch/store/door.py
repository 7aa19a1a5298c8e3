"""The door: whoever works on a data root goes through `work_on`, and whoever reads it follows it first.

A data root that is a folder is worked on as it is; nothing else of this room is loaded for it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TypeVar

from squatwatch.errors import DiskFull
from squatwatch.settings import Settings
from squatwatch.store.scope import Scope

Result = TypeVar("Result")


def work_on(settings: Settings, scope: Scope, work: Callable[[Settings], Result]) -> Result:
    """Return what `work` returns for the settings that it is given, whose `home` is a folder with the scope in it.

    In a store what `work` wrote is committed when it ends, also where it ends with a SquatwatchError: a check that
    stops a date has written why. Raises TryLater where other writers were first again and again, or the store is busy.
    """
    if settings.store_url is None:
        return work(settings)
    from squatwatch.store.work import work_in_a_root

    with _room_in_scratch(settings):
        return work_in_a_root(settings, scope, work)


def follow(settings: Settings, dates: Sequence[date] | None = None) -> None:
    """Bring this machine's copy of these dates, by default of all, and of what is shared up to date.

    Snapshots of zones stay away: a download alone reads them, and brings them itself. A file that the store has lost is
    not there, and a warning says so. Raises TryLater where the store does not answer.
    """
    if settings.store_url:
        from squatwatch.store.local_copy import copy_of

        copy = copy_of(settings)
        with _room_in_scratch(settings):
            copy.show(settings.home, copy.units(dates, with_zones=False).values())


def follow_warehouse(settings: Settings) -> None:
    """Bring this machine's copy of the warehouse up to date, with the files behind it.

    Raises Damaged where the store has lost one, and TryLater where it does not answer.
    """
    if settings.store_url:
        from squatwatch.store.local_copy import copy_of

        with _room_in_scratch(settings):
            copy_of(settings).show_catalog(settings.home)


@contextmanager
def _room_in_scratch(settings: Settings) -> Iterator[None]:
    """Raise DiskFull with what can be done where the disk of the scratch folder is full."""
    from squatwatch.lake.partitions import room_for

    try:
        with room_for(settings.scratch):
            yield
    except DiskFull as error:
        raise DiskFull(
            f"{error}. What is in SQUATWATCH_SCRATCH ({settings.scratch}) can be fetched again: remove it, or name a "
            "folder on another disk"
        ) from error


def mirror(settings: Settings) -> None:
    """Put what is published under fixed keys of the store as well, where SQUATWATCH_STORE_MIRROR says so."""
    if settings.store_url and settings.store_mirror:
        from squatwatch.store.whole.mirror import mirror_published

        mirror_published(settings)
