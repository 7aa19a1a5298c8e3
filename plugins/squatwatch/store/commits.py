"""Commits: which files a date has, and which objects hold them.

`commits/run_date=D/<n>.json` is the n-th state of a date, written by one conditional PUT; what belongs to no date
(models, thresholds, lists) has its states below `commits/shared/`. A commit is never changed nor removed, so that the
newest is the one with the greatest number, and of two writers of a number one has to read again.
"""

from __future__ import annotations

import json
import logging
import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from squatwatch import __version__
from squatwatch.errors import Damaged, SquatwatchError
from squatwatch.lake.partitions import SHARD_ROWS, atomic
from squatwatch.store.base import Store

FORMAT = 1  # of a commit, and of what else is kept as JSON in a store
BY_THIS_RELEASE = {"format": FORMAT, "release": __version__}
COMMIT = re.compile(
    r"commits/(run_date=(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})|shared/(?P<shared>[a-z.]+))/[0-9]{8}\.json"
)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Stored:
    """One file of the data root as it was written; its object never changes."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(ge=0)]
    modified_ns: Annotated[int, Field(ge=0, lt=1 << 63)] = field(compare=False)

    def key(self, path: str) -> str:
        """Return the key of the object that holds it, for its path below the data root."""
        file = PurePosixPath(path)
        return str(PurePosixPath("objects", file.parent, f"{file.stem}-{self.sha256[:16]}{file.suffix}"))


@dataclass(frozen=True)
class Unit:
    """The state of what is committed together: a date (`run_date=D`), or something shared (`shared/models`)."""

    name: str
    number: int = 0
    files: Mapping[str, Stored] = field(default_factory=dict)  # by path below the data root
    writer: str = field(default="", compare=False)  # who committed it: a random word, after the name of a move

    @property
    def key(self) -> str:
        """The key of the commit that says so."""
        return f"commits/{self.name}/{self.number:08}.json"

    def without_shards(self) -> Unit:
        """Return it without what steps made of single shards, which is needed to put a date together and is large."""
        files = {path: stored for path, stored in self.files.items() if not path.startswith(f"{SHARD_ROWS}/")}
        return replace(self, files=files)


def unit_of(path: str) -> str | None:
    """Return the unit that a file of the data root belongs to, None for what stays on this machine."""
    first, *others = path.split("/")
    if len(others) == 2 and others[0].startswith("run_date="):
        return others[0] if first not in LOCAL else None
    return f"shared/{first}" if first in SHARED else None


def is_commit(key: str) -> bool:
    """Tell whether an object is a commit by its key."""
    named = COMMIT.fullmatch(key)
    if named is None or named["shared"]:
        return named is not None and named["shared"] in SHARED
    try:
        return bool(date.fromisoformat(named["date"]))
    except ValueError:
        return False


SHARED = ("allowlist.csv", "models", "popularity", "retraining", "thresholds", "zones")
LOCAL = ("cache", "checkpoints", "docs", "evaluation", "index", "locks", "logs", "published", "work")


@dataclass(frozen=True)
class Commits:
    """The commits of a store, those that were read kept in `folder`."""

    store: Store
    folder: Path

    def newest(self) -> dict[str, int]:
        """Return the number of the newest commit of each unit. What else lies there is left alone, with a warning."""
        newest: dict[str, int] = {}
        for key in self.store.keys("commits/"):
            if is_commit(key):
                name, number = key.removeprefix("commits/").removesuffix(".json").rsplit("/", 1)
                newest[name] = max(newest.get(name, 0), int(number))
            else:
                log.warning("the object %r is no commit; it is left alone", key)
        return newest

    def read(self, name: str, number: int) -> Unit:
        """Return a state of the unit; 0 is that of nothing.

        Raises SquatwatchError where a later release wrote it, and Damaged where it is no commit of this unit.
        """
        if number == 0:
            return Unit(name)
        key = Unit(name, number).key
        path = self.folder / key.removeprefix("commits/")
        if not path.is_file():
            with atomic(path) as temporary:
                self.store.get(key, temporary)
        try:
            return self._unit_in(path, name, number)
        except Damaged:
            path.unlink()  # so that it is fetched again when somebody has put it right
            raise

    @staticmethod
    def _unit_in(path: Path, name: str, number: int) -> Unit:
        """Return the state of the unit that the copy of a commit says. Whoever can write to a store can forge one."""
        key = Unit(name, number).key
        written = readable_json(path, key)
        try:
            files = FILES.validate_python(written.get("files"))
            writer = WRITER.validate_python(written.get("writer"))
        except ValidationError as error:
            first = error.errors()[0]
            raise not_ours(key, f"{first['msg']} at {first['loc']}") from None
        for file in files:
            if unit_of(file) != name or not is_inside(file):
                raise not_ours(key, f"{file!r} is no file of {name}")
        return Unit(name, number, files, writer)

    def create(self, unit: Unit, work: Path, writer: str = "") -> bool:
        """Commit the state; return whether nobody else was first. `work` is a folder for a file."""
        written = {
            **BY_THIS_RELEASE,
            "writer": writer + uuid.uuid4().hex,  # so that no two commits are the same bytes
            "files": {path: asdict(stored) for path, stored in sorted(unit.files.items())},
        }
        path = work / f".{uuid.uuid4().hex}.json"
        path.write_text(json.dumps(written, indent=1), "utf-8")
        return bool(self.store.create(unit.key, path))


FILES = TypeAdapter(dict[str, Stored])
WRITER = TypeAdapter(Annotated[str, Field(max_length=1000)])


def is_inside(path: str) -> bool:
    """Tell whether a path, put below a folder, stays there: whoever may write to a store could name any."""
    return "\0" not in path and not {"", ".", ".."} & set(path.split("/"))


def readable_json(path: Path, key: str) -> dict[str, Any]:
    """Return what an object holds, of which `path` is a copy.

    Raises SquatwatchError where a later release wrote it, and Damaged where squatwatch did not.
    """
    try:
        written = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        raise not_ours(key, "it is no JSON") from None
    if not isinstance(written, dict) or type(written.get("format")) is not int:
        raise not_ours(key, "it has no format")
    if written["format"] > FORMAT:
        release = re.sub(r"[^\w.+-]", "?", str(written.get("release")))  # it gets onto a terminal
        raise SquatwatchError(
            f"{key} was written by squatwatch {release}, which this one ({__version__}) is too old to read; "
            "install that release on this machine too"
        )
    return written


def not_ours(key: str, why: str) -> Damaged:
    """Return the error of an object that squatwatch has not written."""
    return Damaged(
        f"the object {key!r} was not written by squatwatch: {why}. Find out who can write to the store, then put the "
        "object back from a backup or remove it, and run the command again"
    )


def merged(base: Unit, changed: Mapping[str, Stored | None], theirs: Unit) -> Unit | None:
    """Return the state after `theirs` with what we changed since `base` (None: removed).

    None where both changed one file: what we wrote was made from what is not there any more.
    """
    for path, stored in changed.items():
        if theirs.files.get(path) not in (base.files.get(path), stored):
            return None
    files = {**theirs.files, **{path: stored for path, stored in changed.items() if stored}}
    gone = {path for path, stored in changed.items() if stored is None}
    kept = {path: stored for path, stored in files.items() if path not in gone}
    return Unit(theirs.name, theirs.number + 1, kept)
