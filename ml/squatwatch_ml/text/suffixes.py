"""The Public Suffix List, and how a domain is cut: the one rule for what is trained on and for what is scored.

The label of a name is what stands before its public suffix, private suffixes included: `paypal-login.vercel.app` is
`paypal-login` below `vercel.app`, because everybody can have a name below `vercel.app`.

The list comes with the package `publicsuffixlist`. `use` puts a newer one in its place for this process, without a
release of squatwatch, and adds suffixes of one's own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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
        for cached in (_text, _simple, suffix_list, registry_suffixes, fingerprint):
            cached.cache_clear()


@contextmanager
def packaged() -> Iterator[None]:
    """Use the packaged list in this block: what is kept for other processes does not depend on what this one uses."""
    used = _in_use
    use()
    try:
        yield
    finally:
        use(*used)


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
    return _parsed(_text())


@cache
def registry_suffixes() -> PublicSuffixList:
    """Return the list without its private section: the suffixes that registries sell names under; raises the same."""
    return _parsed(_text(), only_icann=True)


def public_suffixes(domains: Iterable[str | None]) -> list[str | None]:
    """Return the public suffix of each of many domains in lower case, None where there is none; raises the same.

    Most names are `name.tld` below a top-level domain that is a suffix, and are no suffix themselves: they are told by
    two look-ups, the others by the list.
    """
    simple, others = _simple()
    found: list[str | None] = []
    for domain in domains:
        name, _, tld = (domain or "").rpartition(".")
        is_simple = tld in simple and name and "." not in name and name[:4] != "xn--" and domain not in others
        found.append(tld if is_simple else suffix_list().publicsuffix(domain) if domain is not None else None)
    return found


def label_of(domain: str) -> str:
    """Return the label before the public suffix, A-labels decoded: `xn--pypal-4ve.co.uk` to `pаypal`, `a.b.de` to `b`.

    Below an unknown top-level domain it is the label before that. What is not a domain comes back as it is; so does a
    public suffix.
    """
    return labels([domain])[0]


def labels(domains: Iterable[str]) -> list[str]:
    """Return the label of each of many domains, as `label_of` does."""
    names = [domain.strip().strip(".").lower() for domain in domains]
    suffixes = zip(names, public_suffixes(names), strict=True)
    return [_label(name, suffix or name.rpartition(".")[2]) for name, suffix in suffixes]


def _label(name: str, suffix: str) -> str:
    if not suffix or suffix == name:
        return name
    label = name[: -len(suffix) - 1].rpartition(".")[2]
    try:
        return label[4:].encode("ascii").decode("punycode") if label.startswith("xn--") else label
    except UnicodeError:
        return label


def suffix_of(domain: str) -> str:
    """Return the public suffix of a domain, in A-labels: `co.uk` of `a.b.co.uk`; empty where there is none."""
    name = domain.strip().strip(".").lower()
    return suffix_list().publicsuffix(name) or name.rpartition(".")[2]


class _Simple(NamedTuple):
    """Top-level domains that are suffixes without a wildcard below them, and names of two labels or more in rules."""

    top: frozenset[str]
    others: frozenset[str]


@cache
def _simple() -> _Simple:
    rules = {line.lower().split(" ")[0].rstrip() for line in _text().splitlines() if not line.startswith("//")}
    below = frozenset(rule.lstrip("!").removeprefix("*.") for rule in rules if "." in rule)
    top = {rule for rule in rules if rule.isascii() and "." not in rule}
    return _Simple(frozenset(top - below - {""}), below)


def _parsed(text: str, *, only_icann: bool = False) -> PublicSuffixList:
    """Return the list with its A-labels; the package would put all rules through IDNA, which is most of its time."""
    rules = (f"{line}\n{_in_a_labels(line)}" if not line.isascii() else line for line in text.splitlines())
    return PublicSuffixList("\n".join(rules), accept_unknown=False, accept_encoded_idn=False, only_icann=only_icann)


def _in_a_labels(line: str) -> str:
    if line.startswith("//"):
        return line
    rule = line.split(" ")[0].rstrip()
    return rule[: rule.startswith("!")] + rule.lstrip("!").encode("idna").decode("ascii")


@cache
def _text() -> str:
    """Return the list in use, with a section for the suffixes besides that it lacks."""
    text = (_in_use.path or PACKAGED).read_text("utf-8")
    if _in_use == _InUse():
        return text
    listed = _parsed(text, only_icann=True)
    if listed.publicsuffix("com") != "com" or listed.publicsuffix("uk") != "uk":
        raise ValueError("it is no Public Suffix List: it has no section of registries, or not the suffixes com and uk")
    lacking = [suffix for suffix in _in_use.own if listed.publicsuffix(suffix) != suffix]
    return text + "".join(f"\n{line}" for line in (BEGIN, *lacking, END)) if lacking else text
