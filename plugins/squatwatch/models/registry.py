"""The registry of networks: `<home>/models/<name>/<version>/` is an artifact, `current.json` beside it a pointer.

An artifact is there whole or not at all, and putting one there is enough to use it by name and version; the name alone
stands for the version that the pointer names. A name is that of a family of brands; `general` is for all others, and
squatwatch is shipped with a first version of it. Using another version and rolling back replace the pointer whole, so
whoever reads finds the one or the other.
"""

from __future__ import annotations

import filecmp
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from squatwatch.errors import SquatwatchError
from squatwatch.lake.partitions import atomic, exclusive_file
from squatwatch.lists.brands import MODEL_NAME
from squatwatch.settings import Settings

GENERAL = "general"
SHIPPED = "shipped"  # version that stands for the one beside the code, to roll back to where none was used before
VERSION = re.compile(r"bilstm-[0-9a-f]{10}")
MANIFEST = "manifest.json"  # written last, so that another one is another artifact
POINTER, OLD_POINTER = "current.json", "in_use.json"


@dataclass(frozen=True)
class Family:
    """The versions of one name that a data root keeps, in `folder`, and the pointer to the one in use."""

    name: str
    folder: Path
    pointer: Path

    def versions(self) -> list[str]:
        """Return the versions that are kept, sorted by name."""
        return sorted(path.name for path in self.folder.glob("bilstm-*") if path.is_dir() and is_version(path.name))

    def in_use(self) -> str | None:
        """Return the version that the pointer names; None where there is no pointer: somebody has to say so.

        `shipped` stands for the one beside the code, which is the general one without a pointer. Raises SquatwatchError
        where the pointer cannot be read or names no version.
        """
        version = self._pointed().get("version")
        return str(version) if version else SHIPPED if self.name == GENERAL else None

    def demand_in_use(self) -> str:
        """Return the same version. Raises SquatwatchError as well where there is none."""
        if version := self.in_use():
            return version
        if not (versions := self.versions()):
            raise SquatwatchError(
                f"there is no model {self.name}; put one there: squatwatch models add {self.name} FOLDER"
            )
        raise SquatwatchError(
            f"nobody said which version of the model {self.name} to use: "
            f"squatwatch models use {self.name} {versions[-1]}"
        )

    def previous(self) -> str:
        """Return the version that was in use before. Raises SquatwatchError where none was used yet."""
        pointed = self._pointed()
        if not pointed:
            raise SquatwatchError(f"no other version of {self.name} was used yet, so there is nothing to roll back to")
        return str(pointed["previous"])

    def artifact(self, version: str) -> Path:
        """Return the folder of a version. Raises SquatwatchError where it is not kept."""
        if self.name == GENERAL and version in (SHIPPED, shipped_version()):
            return shipped_model()
        if not is_version(version) or not (self.folder / version).is_dir():
            raise SquatwatchError(f"there is no model {self.name}/{version}; squatwatch models lists them")
        return self.folder / version

    def _pointed(self) -> dict[str, Any]:
        try:
            pointed = json.loads(self.pointer.read_text("utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except (OSError, ValueError, RecursionError) as error:
            raise self._unreadable(str(error)) from None
        version = pointed.get("version") if isinstance(pointed, dict) else None
        if not isinstance(version, str) or not (is_version(version) or version == SHIPPED):
            raise self._unreadable("it names no version")
        return {"previous": SHIPPED, **pointed}

    def _unreadable(self, why: str) -> SquatwatchError:
        return SquatwatchError(
            f"{self.pointer} cannot be read ({why}); name a version: squatwatch models use {self.name} VERSION"
        )


def family(home: Path, name: str) -> Family:
    """Return a family by its name, whether anything is kept of it or not. Raises SquatwatchError for a wrong name."""
    if not MODEL_NAME.fullmatch(name):
        raise SquatwatchError(f"{name!r} is no name of a model: write small letters, digits and hyphens, as in `banks`")
    root = _root(home)
    if name == GENERAL and (root / OLD_POINTER).is_file():  # as releases before 0.3 kept the only one that there was
        return Family(name, root, root / OLD_POINTER)
    return Family(name, root / name, root / name / POINTER)


def families(home: Path) -> list[Family]:
    """Return the families of which anything is kept, sorted by name, and always the general one."""
    folders = {path.name for path in _root(home).glob("*") if path.is_dir() and MODEL_NAME.fullmatch(path.name)}
    kept = [family(home, name) for name in sorted(folders | {GENERAL})]
    return [each for each in kept if each.name == GENERAL or each.versions() or each.pointer.is_file()]


def is_version(name: str) -> bool:
    """Tell whether a name is one that versions have."""
    return bool(VERSION.fullmatch(name))


def general_model(settings: Settings) -> Path:
    """Return the general artifact in use: SQUATWATCH_MODEL's, else the one that the registry says."""
    if settings.model:
        return settings.model
    general = family(settings.home, GENERAL)
    return general.artifact(general.in_use() or SHIPPED)


def shipped_model() -> Path:
    """Return the folder of the artifact beside `squatwatch_ml`, found without importing it."""
    package = find_spec("squatwatch_ml")
    assert package and package.origin
    return Path(package.origin).parent / "shipped_artifact"


@cache
def shipped_version() -> str:
    """Return the version of the artifact beside the code."""
    return str(json.loads((shipped_model() / MANIFEST).read_text("utf-8"))["model_version"])


def keep_artifact(home: Path, name: str, artifact: Path, version: str) -> Path:
    """Copy an artifact to where the family's versions are; it is there whole or not at all.

    What is kept under that version already is replaced where it is anything else.
    """
    with _changing(home):
        kept = family(home, name)
        if not is_version(version):
            raise SquatwatchError(f"{version!r} is no model version; squatwatch models lists them")
        _copy_whole(artifact, kept.folder / version)
    return kept.folder / version


def use(home: Path, name: str, version: str, user_name: str) -> None:
    """Make a kept version the one in use, and remember the one before it; of the general ones also `shipped`.

    Raises SquatwatchError where the version is not kept.
    """
    with _changing(home):
        kept = family(home, name)
        if kept.artifact(version) == shipped_model():
            version = SHIPPED  # which may be another one after an upgrade
        before = _in_use_or_none(kept)
        if version == before and kept.pointer.is_file():
            return
        now = {
            "version": version,
            "previous": before or version,
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
            "by": user_name,
        }
        with atomic(kept.pointer) as temporary:
            temporary.write_text(json.dumps(now, indent=2) + "\n")


def _in_use_or_none(kept: Family) -> str | None:
    try:
        return kept.in_use()
    except SquatwatchError:  # it cannot be read, and is about to be replaced
        return None


def _root(home: Path) -> Path:
    return home / "models"


@contextmanager
def _changing(home: Path) -> Iterator[None]:
    """Hold the registry while it is changed, laid out as this release has it."""
    with exclusive_file(home / "locks" / "models.lock"):
        _bring_from_old_layout(_root(home))
        yield


def _bring_from_old_layout(root: Path) -> None:
    """Put what releases before 0.3 kept where this one looks; the pointer when all that it may name is there."""
    old = [path for path in root.glob("bilstm-*") if is_version(path.name)]
    for path in old:
        _copy_whole(path, root / GENERAL / path.name)
    if (root / OLD_POINTER).is_file():
        (root / GENERAL).mkdir(exist_ok=True)
        (root / OLD_POINTER).rename(root / GENERAL / POINTER)
    for path in old:
        shutil.rmtree(path)


def _copy_whole(artifact: Path, folder: Path) -> None:
    """Copy an artifact, unless it is there already; it is there whole or not at all."""
    if folder.is_dir() and _same_files(artifact, folder):
        return
    beside, before = folder.with_name(f".{folder.name}"), folder.with_name(f".before-{folder.name}")  # no versions
    for left_over in (beside, before):
        shutil.rmtree(left_over, ignore_errors=True)
    shutil.copytree(artifact, beside)
    if folder.is_dir():
        folder.rename(before)
    beside.rename(folder)
    shutil.rmtree(before, ignore_errors=True)


def _same_files(one: Path, other: Path) -> bool:
    names = {path.name for path in one.iterdir()}
    _, differing, unreadable = filecmp.cmpfiles(one, other, names, shallow=False)
    return names == {path.name for path in other.iterdir()} and not differing and not unreadable
