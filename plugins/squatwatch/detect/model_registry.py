"""The network in use: artifacts below `<home>/models`, and one small file that names the one that counts.

Without that file it is the one that squatwatch is shipped with; SQUATWATCH_MODEL goes before both. Promoting and
rolling back replace the file whole, so whoever reads finds the one or the other.
"""

from __future__ import annotations

import json
import re
import shutil
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from squatwatch.errors import SquatwatchError
from squatwatch.lake.partitions import atomic, exclusive_file
from squatwatch.settings import Settings

VERSION = re.compile(r"bilstm-[0-9a-f]{10}")
SHIPPED = "shipped"  # what to roll back to where nothing was promoted before


def models_folder(home: Path) -> Path:
    """Return the folder of the artifacts that were promoted once."""
    return home / "models"


def model_folder(settings: Settings) -> Path:
    """Return the folder of the artifact in force: SQUATWATCH_MODEL's, else the promoted one, else the shipped one."""
    return settings.model or model_in_use(settings.home) or shipped_model()


def shipped_model() -> Path:
    """Return the folder of the artifact beside `squatwatch_ml`, found without importing it."""
    package = find_spec("squatwatch_ml")
    assert package and package.origin
    return Path(package.origin).parent / "shipped_artifact"


def model_in_use(home: Path) -> Path | None:
    """Return the promoted artifact; None where it is the shipped one."""
    version = _pointer(home).get("version", SHIPPED)
    return None if version == SHIPPED else models_folder(home) / version


def keep_artifact(home: Path, artifact: Path, version: str) -> Path:
    """Copy an artifact to where promoted ones are; it is there whole or not at all."""
    folder = models_folder(home) / _checked(version)
    if not folder.is_dir():
        beside = folder.with_name(f".{version}")
        shutil.rmtree(beside, ignore_errors=True)
        shutil.copytree(artifact, beside)
        beside.rename(folder)
    return folder


def use(home: Path, version: str, user_name: str) -> None:
    """Make a kept version, or `shipped`, the one in use; remember the one before it.

    Raises SquatwatchError where the version is not kept.
    """
    with exclusive_file(home / "locks" / "models.lock"):
        before = _pointer(home)
        if version == before.get("version", SHIPPED):
            return
        if version != SHIPPED and not (models_folder(home) / _checked(version)).is_dir():
            raise SquatwatchError(f"there is no model {version} in {models_folder(home)}; squatwatch models lists them")
        now = {
            "version": version,
            "previous": before.get("version", SHIPPED),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
            "by": user_name,
        }
        with atomic(_path(home)) as temporary:
            temporary.write_text(json.dumps(now, indent=2) + "\n")


def previous(home: Path) -> str:
    """Return the version that was in use before. Raises SquatwatchError where none was promoted yet."""
    pointer = _pointer(home)
    if not pointer:
        raise SquatwatchError("no model was promoted yet, so there is nothing to roll back to")
    return str(pointer["previous"])


def kept_versions(home: Path) -> list[str]:
    """Return the versions that can be used, sorted by name."""
    return sorted(path.name for path in models_folder(home).glob("bilstm-*") if path.is_dir())


def _path(home: Path) -> Path:
    return models_folder(home) / "in_use.json"


def _pointer(home: Path) -> dict[str, Any]:
    try:
        pointer: dict[str, Any] = json.loads(_path(home).read_text())
        return pointer
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except ValueError as error:
        raise SquatwatchError(f"{_path(home)} is not JSON ({error}); remove it to use the shipped model") from None


def _checked(version: str) -> str:
    if not VERSION.fullmatch(version):
        raise SquatwatchError(f"{version!r} is no model version; squatwatch models lists them")
    return version
