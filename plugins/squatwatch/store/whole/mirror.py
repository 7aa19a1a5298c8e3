"""The mirror: what is published, at fixed keys, `published/<table>/run_date=D/<table>.parquet`, for other engines.

An object is replaced whole; those of a date are replaced one after the other. What a listing shows is compared with
what was put, so that whatever went wrong before, such as a slow machine that put an older file last, is set right.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from squatwatch.lake.partitions import PUBLISHED_FOLDER
from squatwatch.lake.work_folder import work_folder
from squatwatch.settings import Settings
from squatwatch.store.base import Store
from squatwatch.store.catalogs import published_files
from squatwatch.store.commits import BY_THIS_RELEASE, Stored, not_ours, readable_json
from squatwatch.store.local_copy import LocalCopy, copy_of
from squatwatch.store.objects import AT_ONCE

STATE = f"{PUBLISHED_FOLDER}/_mirror.json"  # engines pass over names that begin so
ATTEMPTS = 3  # at what other machines publish meanwhile; they have a mirror to make as well

Put = tuple[str, str]  # the beginning of the file's SHA-256, and the etag of the object
STATE_OF_FILES = TypeAdapter(dict[str, Put])


@dataclass(frozen=True)
class Mirrored:
    """The mirror as it is now, and what it took."""

    file_count: int
    put_count: int
    removed_count: int


def mirror_published(settings: Settings) -> Mirrored:
    """Bring the mirror to what was published last, also where another machine publishes meanwhile."""
    copy = copy_of(settings)
    put_count, removed_count = 0, 0
    for _ in range(ATTEMPTS):
        number, catalog = copy.catalog()
        files = published_files(catalog) if catalog else {}
        put, removed = _update(copy, files)
        put_count, removed_count = put_count + put, removed_count + removed
        if copy.catalogs.newest() == number:
            break
    return Mirrored(len(files), put_count, removed_count)


def _update(copy: LocalCopy, files: Mapping[str, Stored]) -> tuple[int, int]:
    """Put what is not there as it should be, remove what should not be there; return how many objects each were."""
    store = copy.objects.store
    wanted = {f"{PUBLISHED_FOLDER}/{path}": (copy.objects.path(path, stored), stored) for path, stored in files.items()}
    with work_folder(copy.folder, "mirror", "state") as work:
        there = {one.key: one.etag for one in store.listing(f"{PUBLISHED_FOLDER}/")}
        known = _read_state(store, work) if there.pop(STATE, None) else {}
        new = [key for key, (_, stored) in wanted.items() if known.get(key) != (stored.sha256[:16], there.get(key))]
        gone = there.keys() - wanted.keys()
        if not new and not gone:
            return 0, 0
        etags = _put(store, {key: wanted[key][0] for key in new})
        _delete(store, gone)
        state = {key: (stored.sha256[:16], etags.get(key) or there[key]) for key, (_, stored) in wanted.items()}
        _write_state(store, work, state)
    return len(new), len(gone)


def _put(store: Store, files: Mapping[str, Path]) -> dict[str, str]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip(files, pool.map(lambda key: store.put(key, files[key]), files), strict=True))


def _delete(store: Store, keys: Iterable[str]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(store.delete, keys))


def _read_state(store: Store, work: Path) -> dict[str, Put]:
    path = work / "read.json"
    store.get(STATE, path)
    try:
        return STATE_OF_FILES.validate_python(readable_json(path, STATE).get("files"))
    except ValidationError:
        raise not_ours(STATE, "it does not say what is mirrored") from None


def _write_state(store: Store, work: Path, state: Mapping[str, Put]) -> None:
    path = work / "written.json"
    path.write_text(json.dumps({**BY_THIS_RELEASE, "files": state}, indent=1), "utf-8")
    store.put(STATE, path)
