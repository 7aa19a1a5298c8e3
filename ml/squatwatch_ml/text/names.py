"""Lists of domain names, packaged or in files, and their labels."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from squatwatch_ml.text.suffixes import label_of, labels, packaged, suffix_of

__all__ = ["label_of", "labels_of", "popular_domains", "popular_labels", "read_domains", "suffix_of"]


def labels_of(domains: Iterable[str]) -> list[str]:
    """Return the distinct labels of domains, in order of first appearance; empty lines and comments are skipped."""
    lines = (line.strip() for line in domains)
    return list(dict.fromkeys(labels(line for line in lines if line and line[0] != "#")))


def read_domains(path: Path) -> list[str]:
    """Read the lines of a list: plain text, .gz, or a .zip with one member.

    Raises OSError where it cannot be read, ValueError where a zip has not exactly one member.
    """
    data = path.read_bytes()
    if path.suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.namelist()
            if len(members) != 1:
                raise ValueError(f"{path} holds {len(members)} files; a list is one file")
            data = archive.read(members[0])
    elif path.suffix == ".gz":
        data = gzip.decompress(data)
    return [line for line in data.decode("utf-8-sig", "replace").split() if line]


def popular_domains(name: str = "tranco") -> list[str]:
    """Read a packaged popularity list, alphabetical.

    `tranco` has a million names, `tranco10k` the first of them, `majestic_million` the ten thousand most linked ones.
    """
    path = _folder_of("pymispwarninglists") / "data" / "misp-warninglists" / "lists" / name / "list.json"
    domains: list[str] = json.loads(path.read_text("utf-8"))["list"]
    return domains


def popular_labels() -> list[str]:
    """Return the distinct labels of a million popular names, by the packaged suffixes, whichever are in use."""
    with packaged():
        return labels_of(popular_domains())


def _folder_of(package: str) -> Path:
    """Return where a package is installed. It is not imported: this one would load three hundred modules."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{package} is not installed")
    return Path(spec.origin).parent
