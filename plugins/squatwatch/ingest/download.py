"""Download: a source's list of a date, as received, under `raw/`, and what is known of it in the ledger `downloads`.

The raw file goes in place before its row in the ledger. If the machine stops between the two, the sha256 of the row
does not fit the file, and the next download fetches the list again.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from squatwatch.errors import BadList, SquatwatchError
from squatwatch.files.listfile import kind_of, open_list
from squatwatch.files.streams import sha256_of
from squatwatch.ingest.recognise import demand_names
from squatwatch.lake.partitions import Lake, room_for
from squatwatch.lake.tables import DOWNLOADS
from squatwatch.settings import Settings
from squatwatch.sources import Receipt, Source


@dataclass(frozen=True)
class Downloaded:
    """A source's list under `raw/`; `is_new` tells whether it was fetched now."""

    source: str
    size: int
    sha256: str
    is_new: bool


@dataclass(frozen=True)
class RawList:
    """A list under `raw/` whose bytes are those that were received."""

    source: str
    path: Path
    sha256: str


def download_list(settings: Settings, run_date: date, source: Source, *, refetch: bool = False) -> Downloaded:
    """Put the source's list of the date under `raw/`, unless it is there already and `refetch` is not set.

    The list is opened before it takes its place: where it turns out bad, or does not come, the raw file and the
    ledger stay as they were. Raises what `Source.fetch` raises; BadList names source, date and the next command.
    """
    lake = Lake(settings.home)
    if not refetch and (present := _present(lake, run_date, source.name)):
        return present
    folder = settings.home / "raw" / f"run_date={run_date}"
    with (
        _named_errors(source, run_date, folder),
        room_for(folder),
        _new_file(folder.parent, source.name) as temporary,
    ):
        with temporary.open("wb+") as file:
            receipt = source.fetch(run_date, file)
            file.flush()
            os.fsync(file.fileno())
        demand_names(open_list(temporary, settings.max_list_bytes))
        path = folder / f"{source.name}.{kind_of(temporary)}"
        row = _row(source.name, path.relative_to(settings.home), temporary, receipt)
        folder.mkdir(exist_ok=True)  # not before: a date whose list does not come leaves nothing behind
        os.replace(temporary, path)
        _sync(folder)
        lake.write("downloads", run_date, DOWNLOADS.conform(pl.DataFrame([row])), source.name)
        for kind in {"zip", "gz", "txt"} - {path.suffix[1:]}:  # the list as it came before, in another format
            (folder / f"{source.name}.{kind}").unlink(missing_ok=True)
    return Downloaded(source.name, row["size"], row["sha256"], is_new=True)


def raw_lists(home: Path, run_date: date) -> list[RawList]:
    """Return the date's lists, by name of source, each checked against its sha256 in the ledger.

    Raises SquatwatchError where there are none, where one is gone and where one has changed.
    """
    lists = ledger(home, run_date)
    if not lists:
        raise SquatwatchError(f"there are no lists of {run_date} in {home}; run: squatwatch download --date {run_date}")
    return [_checked(raw, run_date) for raw in lists]


def ledger(home: Path, run_date: date) -> list[RawList]:
    """Return the date's lists by name of source, as the ledger has them; empty where none was received."""
    lake = Lake(home)
    names = sorted(path.stem for path in lake.folder("downloads", run_date).glob("*.parquet"))
    rows = [lake.read("downloads", run_date, name).row(0, named=True) for name in names]
    return [RawList(row["source"], home / row["path"], row["sha256"]) for row in rows]


def _checked(raw: RawList, run_date: date) -> RawList:
    wrong = None
    if not raw.path.is_file():
        wrong = "is gone"
    elif sha256_of(raw.path) != raw.sha256:
        wrong = "is not the file that was received (its sha256 differs from the ledger)"
    if wrong:
        raise SquatwatchError(
            f"{raw.path}, the list of source {raw.source} of {run_date}, {wrong}; {again(raw.source, run_date)}"
        )
    return raw


def _present(lake: Lake, run_date: date, name: str) -> Downloaded | None:
    """Return the download of an earlier run, where its ledger row and its raw file agree."""
    if not lake.partition("downloads", run_date, name).is_file():
        return None
    row = lake.read("downloads", run_date, name).row(0, named=True)
    path = lake.home / row["path"]
    if not path.is_file() or sha256_of(path) != row["sha256"]:
        return None
    return Downloaded(name, row["size"], row["sha256"], is_new=False)


def _row(name: str, path: Path, file: Path, receipt: Receipt) -> dict[str, Any]:
    return {
        "source": name,
        "path": path.as_posix(),
        "sha256": sha256_of(file),
        "size": file.stat().st_size,
        "fetched_at": datetime.now(UTC),
        **asdict(receipt),
    }


@contextmanager
def _new_file(raw: Path, name: str) -> Iterator[Path]:
    """Give a path on the same disk as the final one that no reader looks for, gone after the block."""
    raw.mkdir(parents=True, exist_ok=True)
    temporary = raw / f".{name}.{uuid.uuid4().hex}"
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _named_errors(source: Source, run_date: date, folder: Path) -> Iterator[None]:
    """Give source, date and the next command to errors that do not know them."""
    try:
        yield
    except BadList as error:
        raise BadList(
            f"the list of source {source.name} of {run_date} from {source.location(run_date)} is refused: {error}; "
            f"what was there before has not been touched; {again(source.name, run_date)}"
        ) from error
    except OSError as error:
        raise SquatwatchError(
            f"the list of source {source.name} of {run_date} cannot be stored in {folder} "
            f"({error.strerror or error}); {again(source.name, run_date)}"
        ) from error


def again(name: str, run_date: date) -> str:
    """Return how to get another list from the source `name`, as the end of a message."""
    if name == "input":
        return f"give a good file: squatwatch run --date {run_date} --input FILE"
    return f"to fetch it again, run: squatwatch download --date {run_date} --source {name} --refetch"


def _sync(folder: Path) -> None:
    """Make a rename outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
