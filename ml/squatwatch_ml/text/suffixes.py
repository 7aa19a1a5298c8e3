"""The Public Suffix List, and how a domain is cut: the one rule for what is trained on and for what is scored.

The label of a name is what stands before its public suffix, private suffixes included: `paypal-login.vercel.app` is
`paypal-login` below `vercel.app`, because everybody can have a name below `vercel.app`.

The list comes with the package `publicsuffixlist`. `use` puts a newer one in its place for this process, without a
release of squatwatch, and adds suffixes of one's own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

from publicsuffixlist import PSLFILE, PublicSuffixList

PACKAGED = Path(PSLFILE)
BEGIN, END = "// ===BEGIN ICANN DOMAINS===", "// ===END ICANN DOMAINS==="


class _InUse(NamedTuple):
    path: Path | None = None  # of a list in the format of publicsuffix.org, None for the packaged one
    own: tuple[str, ...] = ()  # suffixes besides, where the list lacks them


_in_use = _InUse()


def use(path: Path | None = None, own_suffixes: Iterable[str] = ()) -> None:
    """Use the list in a file from now on in this process, None for the packaged one, and some suffixes besides.

    The file is read when the list is needed first. Suffixes are given as A-labels in lower case; those that the list
    has change nothing.
    """
    global _in_use
    wanted = _InUse(path, tuple(sorted(set(own_suffixes))))
    if wanted != _in_use:
        _in_use = wanted
        for cached in (_text, suffix_list, registry_suffixes, fingerprint):
            cached.cache_clear()


@cache
def fingerprint() -> str:
    """Return what tells the suffixes in use from the packaged ones; empty where they are the packaged ones.

    Raises what `suffix_list` raises.
    """
    if _in_use.path is None and not _in_use.own:
        return ""
    text = _text()
    has_more = text != PACKAGED.read_text("utf-8")
    return hashlib.sha256(text.encode()).hexdigest()[:16] if has_more else ""


@cache
def suffix_list() -> PublicSuffixList:
    """Return the list with its private section; an unknown top-level domain has no suffix.

    Raises OSError where the file in use cannot be read, ValueError where it is no Public Suffix List.
    """
    return PublicSuffixList(_text(), accept_unknown=False)


@cache
def registry_suffixes() -> PublicSuffixList:
    """Return the list without its private section: the suffixes that registries sell names under; raises the same."""
    return PublicSuffixList(_text(), accept_unknown=False, only_icann=True)


def label_of(domain: str) -> str:
    """Return the label before the public suffix, A-labels decoded: `xn--pypal-4ve.co.uk` to `pаypal`, `a.b.de` to `b`.

    Below an unknown top-level domain it is the label before that. What is not a domain comes back as it is; so does a
    public suffix.
    """
    name = domain.strip().strip(".").lower()
    suffix = suffix_of(name)
    if not suffix or suffix == name:
        return name
    label = name.removesuffix("." + suffix).rpartition(".")[2]
    try:
        return label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label
    except UnicodeError:
        return label


def suffix_of(domain: str) -> str:
    """Return the public suffix of a domain, in A-labels: `co.uk` of `a.b.co.uk`; empty where there is none."""
    name = domain.strip().strip(".").lower()
    return suffix_list().publicsuffix(name) or name.rpartition(".")[2]


@cache
def _text() -> str:
    """Return the list in use, with a section for the suffixes besides that it lacks."""
    text = (_in_use.path or PACKAGED).read_text("utf-8")
    listed = PublicSuffixList(text, accept_unknown=False, only_icann=True)
    if listed.publicsuffix("com") != "com" or listed.publicsuffix("uk") != "uk":
        raise ValueError("it is no Public Suffix List: it has no section of registries, or not the suffixes com and uk")
    lacking = [suffix for suffix in _in_use.own if listed.publicsuffix(suffix) != suffix]
    return text + "".join(f"\n{line}" for line in (BEGIN, *lacking, END)) if lacking else text
