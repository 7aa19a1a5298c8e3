"""Published: the files that the warehouse's views read, each date's kept as they were when the date was whole.

Steps replace their partitions one by one, so between two of them a date is neither the old nor the new. Readers never
see that: publishing links a whole date's files into `<home>/published`, under names made of their content, and the
views name these. A date that is being run again, was interrupted or is damaged keeps the files it was published with.
Files that no view names any more are removed a day later, because somebody may have the old warehouse open.
"""

from __future__ import annotations

import os
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from squatwatch.errors import Missing
from squatwatch.files.streams import link_or_copy, sha256_of
from squatwatch.lake.partitions import PUBLISHED_FOLDER, date_of_folder, readable
from squatwatch.lake.provenance import Provenance, provenance_of
from squatwatch.state.status import read_files

KEPT_FOR = timedelta(days=1)  # after the last view that named a file is gone


@dataclass(frozen=True)
class PublishedFile:
    """One file behind the views, and the state of the partition file that it was taken from."""

    table: str
    partition: str  # run_date=2024-06-13, or model_version=… for thresholds
    file_name: str
    path: str  # below the data root
    size: int
    modified_ns: int
    retired_at: datetime | None = None  # since when no view names it

    @property
    def key(self) -> tuple[str, str, str]:
        """The partition's file that it was taken from."""
        return self.table, self.partition, self.file_name

    @property
    def state(self) -> tuple[int, int]:
        """The file's size and time: where they are the same it was not written since, and need not be read."""
        return self.size, self.modified_ns


@dataclass(frozen=True)
class Snapshot:
    """A snapshot to publish: the files, the dates whose files changed, and by date why it cannot be taken as it is."""

    files: Sequence[PublishedFile]
    changed: frozenset[date]
    held_back: Mapping[date, str]


def take_snapshot(home: Path, tables: Mapping[str, str], before: Sequence[PublishedFile]) -> Snapshot:
    """Take the partitions of `tables` (name: what they are partitioned by) as they are, where a date is whole.

    `before` is what the last warehouse named; what did not change since is kept.
    """
    old = _by_partition(file for file in before if file.retired_at is None)
    now = _by_partition(_found(home, tables))
    files: list[PublishedFile] = []
    changed, held_back = set(), {}
    for partition in sorted(old.keys() | now.keys()):
        there, published = now.get(partition, []), old.get(partition, [])
        if _states(there) == _states(published):
            files += published
            continue
        taken, problem = _take(home, there)
        if problem:
            if run_date := date_of_folder(partition):
                held_back[run_date] = problem
            files += published
        else:
            files += taken
            is_same = [(file.key, file.path) for file in taken] == [(file.key, file.path) for file in published]
            if (run_date := date_of_folder(partition)) and not is_same:  # paths are named after what the files hold
                changed.add(run_date)
    named = {file.path for file in files}
    return Snapshot([*files, *_retired(before, named)], frozenset(changed), held_back)


def is_published(home: Path, tables: Mapping[str, str], run_date: date, files: Sequence[PublishedFile]) -> bool:
    """Tell whether `files`, those of the last warehouse, have the date's partitions as they are now."""
    partition = f"run_date={run_date}"
    now = _by_partition(_found(home, tables, partition))[partition]
    published = _by_partition(file for file in files if file.retired_at is None)[partition]
    return bool(now) and _states(now) == _states(published)


def sweep(home: Path, files: Sequence[PublishedFile]) -> list[PublishedFile]:
    """Remove what was retired long enough ago; return the files that are left."""
    left = []
    for file in files:
        if file.retired_at and datetime.now(UTC) - file.retired_at > KEPT_FOR:
            (home / file.path).unlink(missing_ok=True)
        else:
            left.append(file)
    return left


def _found(home: Path, tables: Mapping[str, str], partition: str | None = None) -> Iterator[PublishedFile]:
    """Yield the files of the partition, or of all, as they are now."""
    for table, partitioned_by in tables.items():
        for path in sorted((home / table).glob(f"{partition or f'{partitioned_by}=*'}/*.parquet")):
            stat = path.stat()
            yield PublishedFile(table, path.parent.name, path.name, "", stat.st_size, stat.st_mtime_ns)


def _take(home: Path, there: Sequence[PublishedFile]) -> tuple[list[PublishedFile], str | None]:
    """Link a partition's files, then check that the links fit together, since a run may be replacing files now.

    Return the links, and why they cannot be published; None where they can.
    """
    taken = []
    for file in there:
        try:
            taken.append(_link(home, file))
        except FileNotFoundError:
            return [], f"{file.table} is being replaced"
    if (run_date := date_of_folder(there[0].partition if there else "")) is None:
        return taken, None
    paths = {file.table: home / file.path for file in taken}

    def made_from(table: str) -> Provenance:
        if table not in paths:
            raise Missing(table)
        with readable(paths[table], table, run_date):
            return provenance_of(paths[table])

    problems = read_files(made_from)[1]
    return taken, "; ".join(problems.values()) or None


def _link(home: Path, file: PublishedFile) -> PublishedFile:
    source = home / file.table / file.partition / file.file_name
    folder = home / PUBLISHED_FOLDER / file.table / file.partition
    temporary = folder / f".{uuid.uuid4().hex}"
    try:
        link_or_copy(source, temporary)
        target = folder / f"{source.stem}-{sha256_of(temporary)[:16]}.parquet"
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)  # a rename to another name of the same file leaves both
    return replace(file, path=target.relative_to(home).as_posix())


def _retired(before: Sequence[PublishedFile], named: set[str]) -> Iterator[PublishedFile]:
    now = datetime.now(UTC)
    for file in before:
        if file.path not in named:
            yield file if file.retired_at else replace(file, retired_at=now)


def _by_partition(files: Iterable[PublishedFile]) -> dict[str, list[PublishedFile]]:
    grouped = defaultdict(list)
    for file in sorted(files, key=lambda file: file.key):
        grouped[file.partition].append(file)
    return grouped


def _states(files: Sequence[PublishedFile]) -> list[tuple[object, ...]]:
    return [(file.key, file.state) for file in files]
