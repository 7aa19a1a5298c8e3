"""Lists of domain names, and the label of a domain: what stands before its public suffix, in Unicode."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

from publicsuffixlist import PublicSuffixList


def label_of(domain: str) -> str:
    """The label before the public suffix, A-labels decoded: `xn--pypal-4ve.co.uk` to `pаypal`, `a.b.de` to `b`.

    What is not a domain comes back as it is; so does a public suffix.
    """
    domain = domain.strip().strip(".").lower()
    suffixes = _suffixes()
    registrable = suffixes.privatesuffix(domain)
    if registrable is None:
        return domain
    label = registrable.removesuffix("." + suffixes.publicsuffix(registrable))
    try:
        return label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label
    except UnicodeError:
        return label


def suffix_of(domain: str) -> str:
    """The public suffix of a domain, in A-labels: `co.uk` of `a.b.co.uk`; empty where there is none."""
    return _suffixes().publicsuffix(domain.strip().strip(".").lower()) or ""


def labels_of(domains: Iterable[str]) -> list[str]:
    """The distinct labels of the domains, in order of first appearance; empty lines and comments skipped."""
    lines = (line.strip() for line in domains)
    return list(dict.fromkeys(label_of(line) for line in lines if line and not line.startswith("#")))


def read_domains(path: Path) -> list[str]:
    """The lines of a list: plain text, .gz, or a .zip with one member.

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
    """A packaged popularity list, alphabetical: `tranco` (a million names) or `tranco10k` (the ten thousand first)."""
    path = files("pymispwarninglists") / "data" / "misp-warninglists" / "lists" / name / "list.json"
    return json.loads(path.read_text("utf-8"))["list"]


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True)
