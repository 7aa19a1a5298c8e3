"""Work on a data root in a store: a step has a folder of its own with what is committed; what it wrote is committed.

Whoever was overtaken by another writer of the same file begins anew with what that one wrote. Files that only one of
two writers has changed are both kept, as in a folder; what does not fit together by that is seen by its provenance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from shutil import copyfile
from typing import TypeVar

from squatwatch.errors import SquatwatchError, TryLater
from squatwatch.lake.partitions import date_of_folder
from squatwatch.lake.work_folder import work_folder
from squatwatch.settings import Settings
from squatwatch.store.catalogs import published_files
from squatwatch.store.commits import Stored, Unit, merged, unit_of
from squatwatch.store.local_copy import LocalCopy, copy_of
from squatwatch.store.roots import Mark, changes, lay_out, mark_of, marks_in
from squatwatch.store.scope import Before, Scope
from squatwatch.warehouse.connection import warehouse_path
from squatwatch.warehouse.relocate import relocate

Result = TypeVar("Result")
ATTEMPTS = 5


class Overtaken(Exception):
    """Another writer has committed a file that was written here too."""


def work_in_a_root(settings: Settings, scope: Scope, work: Callable[[Settings], Result]) -> Result:
    """Do what `work_on` says where the data root is in a store."""
    copy = copy_of(settings)
    for _ in range(ATTEMPTS):
        try:
            return _once(copy, settings, scope, work)
        except Overtaken as error:
            why = str(error)
    raise TryLater(f"{settings.store_url}: {why} {ATTEMPTS} times meanwhile; run the command again")


@dataclass(frozen=True)
class Placed:
    """Contents of a folder of work as they were put there: states of units, marks of files, the warehouse's number."""

    units: Mapping[str, Unit]
    marks: Mapping[str, Mark]
    warehouse: Mark | None
    number: int


def _once(copy: LocalCopy, settings: Settings, scope: Scope, work: Callable[[Settings], Result]) -> Result:
    with work_folder(copy.folder, "step", "root") as root:
        placed = _place(copy, scope, root)
        try:
            outcome = work(settings.model_copy(update={"home": root}))
        except SquatwatchError as error:
            error.args = (str(error).replace(str(root), settings.store_url or ""), *error.args[1:])
            copy.show(settings.home, _commit(copy, placed, root))
            raise
        copy.show(settings.home, _commit(copy, placed, root))
        return outcome


def _place(copy: LocalCopy, scope: Scope, root: Path) -> Placed:
    """Fill the folder with the scope.

    Raises TryLater where the store does not list a date that was published: it would vanish from the warehouse.
    """
    copy.prepare(root)
    # before the dates: what is published in between has dates that are not listed
    number, catalog = copy.catalog_alone() if scope.warehouse else (0, None)
    units = copy.units(None if scope.dates is None or scope.before else scope.dates, scope.zones)
    lay_out(copy.objects, _in_scope(scope, units).values(), root)
    if catalog:
        _bring_published(copy, published_files(catalog), units)
        copyfile(catalog, warehouse_path(root))
        if scope.warehouse == "views":
            relocate(warehouse_path(root), root)
    return Placed(units, marks_in(root), _mark(warehouse_path(root)), number)


def _bring_published(copy: LocalCopy, files: Mapping[str, Stored], units: Mapping[str, Unit]) -> None:
    """Fetch what the last publish named, except what is gone of dates that were built again: the next one names others.

    Raises Damaged where it is gone of others, and TryLater where the store does not list a date's commits.
    """
    dates = {path.split("/")[1] for path in files if "/run_date=" in path}
    if lost := sorted(dates - units.keys()):
        raise TryLater(f"the store does not list the commits of {', '.join(lost)}; run the command again")
    for path, damaged in copy.objects.bring_what_there_is(files).items():
        unit = units.get(unit_of(path) or "", Unit(""))
        if path in unit.files and unit.files[path].sha256.startswith(files[path].sha256):
            raise damaged


def _in_scope(scope: Scope, units: Mapping[str, Unit]) -> dict[str, Unit]:
    """Return the units with the files that are brought: of dates before the scope's only some, of others none."""
    if not scope.shards:
        units = {name: unit.without_shards() for name, unit in units.items()}
    if scope.dates is None:
        return dict(units)
    own = {f"run_date={run_date}" for run_date in scope.dates}
    whole = {name: unit for name, unit in units.items() if name in own or name.startswith("shared/")}
    return whole | (_dates_before(scope.before, min(scope.dates), units) if scope.before else {})


def _dates_before(before: Before, first: date, units: Mapping[str, Unit]) -> dict[str, Unit]:
    earlier = {
        name: unit
        for name, unit in sorted(units.items())
        if (run_date := date_of_folder(name))
        and run_date < first
        and set(before.tables) <= set(map(_table, unit.files))
    }
    read = {*before.tables, *before.others}
    return {
        name: replace(unit, files={path: stored for path, stored in unit.files.items() if _table(path) in read})
        for name, unit in list(earlier.items())[-before.count :]
    }


def _table(path: str) -> str:
    return path.split("/")[0]


def _commit(copy: LocalCopy, placed: Placed, root: Path) -> list[Unit]:
    """Commit what was written since, the warehouse last; return the states of the units that changed.

    Raises Overtaken where another writer has changed the same file, or published.
    """
    changed = changes(placed.units, root, placed.marks)
    written = {path: stored for files in changed.values() for path, stored in files.items() if stored}
    copy.objects.put(written, root)
    units = [
        _commit_unit(copy, placed.units.get(name, Unit(name)), files, root) for name, files in sorted(changed.items())
    ]
    warehouse = warehouse_path(root)
    if _mark(warehouse) != placed.warehouse and not copy.catalogs.create(placed.number + 1, warehouse):
        raise Overtaken("another machine published")
    return units


def _commit_unit(copy: LocalCopy, base: Unit, files: Mapping[str, Stored | None], root: Path) -> Unit:
    theirs = base
    while state := merged(base, files, theirs):
        if copy.commits.create(state, root):
            return state
        theirs = copy.commits.read(base.name, copy.commits.newest()[base.name])
    raise Overtaken(f"another machine wrote the same files of {base.name.removeprefix('run_date=')}")


def _mark(path: Path) -> Mark | None:
    return mark_of(path.stat()) if path.is_file() else None
