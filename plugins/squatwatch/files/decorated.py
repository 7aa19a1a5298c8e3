"""The bare name in a line of a block list, a hosts file, a name server's configuration and the like.

A line in a form that is not known comes back as it is, and is judged as a name later: nothing is dropped here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from ipaddress import ip_address
from typing import NamedTuple

from squatwatch.names.registrable import NotADomain, a_labels, registrable

COMMENT = re.compile(r"[#!]|//|;|\[[^\]]*\]\s*$|sep=.\s*$", re.IGNORECASE)
# what follows the name; `name##.ad` and its like say what to hide on a page, and are no comments
COMMENT_BEHIND = re.compile(r"(?:\s+(?:[#!;]|//)|#\s).*$")

ADBLOCK = re.compile(r"\|\|([^\s/^$|*]+)\^?(?:\$.*)?")  # ||name^ and ||name^$important
DNSMASQ = re.compile(r"(?:address|server|local|ipset|nftset)=/(.+)/[^/]*", re.IGNORECASE)  # address=/name/0.0.0.0
UNBOUND = re.compile(r'(?:local-(?:zone|data):|zone)\s*"?([^"\s]+)["\s].*', re.IGNORECASE)  # and BIND's zone "name" {
RECORD = re.compile(  # a.com. 300 IN NS ns1.b.net., and a.com CNAME . of a response policy zone
    r"(\S+)\s+(?:\d+[smhdw]?\s+)?(?:in\s+)?(?:\d+[smhdw]?\s+)?(?:cname|dname|a|aaaa|ns|txt)\s+\S.*", re.IGNORECASE
)

QUOTES = "\"'`\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"
DEFANGED_DOT = re.compile(r"\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)", re.IGNORECASE)
URL = re.compile(r"(?:https?|hxxps?)(?::|\[:\])//([^\s/@?#]+)/?", re.IGNORECASE)  # of a site, not of a page on it
PORT = re.compile(r"([^:/]+\.[^:/]+):\d{1,5}")
BEFORE_NAME = re.compile(r"(?:(?:domain|full|domain-suffix)[:,])?(?:\*\.|\+\.|\.(?=[^.]+\.[^.]))?", re.IGNORECASE)


class Bare(NamedTuple):
    """The names in a line, or the line itself where it is only a comment."""

    names: list[str]
    is_comment: bool = False


def bare(line: str) -> Bare:
    """Return the names that a decorated line holds: `0.0.0.0 a.com b.com` holds two, `||a.com^` one."""
    text = line.strip(" \t\r\n\u00a0\ufeff")
    if COMMENT.match(text):
        return Bare([line], is_comment=True)
    text = COMMENT_BEHIND.sub("", text)
    for read in READERS:
        if names := read(text):
            return Bare([undressed(name) for name in names])
    name = undressed(text)
    return Bare([line if name == text == line.strip() else name])


def bare_name(text: str) -> str:
    """Return the one name that a cell or field holds, without decoration; the text itself where it is none."""
    names, is_comment = bare(text)
    return text if is_comment or len(names) != 1 else names[0]


def undressed(name: str) -> str:
    """Return the name without quotes, scheme, wildcard, leading dot, port, and with `[.]` as a dot."""
    name = name.strip().rstrip(",;").strip().strip(QUOTES)
    if url := URL.fullmatch(name):
        name = url[1]
    name = DEFANGED_DOT.sub(".", name)
    name = name[BEFORE_NAME.match(name).end() :]  # type: ignore[union-attr]  # it matches the empty text too
    port = PORT.fullmatch(name)
    return port[1] if port else name


def is_registrable(text: str) -> bool:
    """Tell whether the text is one registrable name, perhaps decorated, and nothing else."""
    names, is_comment = bare(text)
    if is_comment or len(names) != 1 or "." not in names[0]:
        return False
    try:
        return registrable(names[0]) == a_labels(names[0])
    except NotADomain:
        return False


def _of_hosts_file(text: str) -> list[str]:
    address, *names = text.split()[:100] or [""]
    return names if names and _is_address(address) else []


def _of(pattern: re.Pattern[str]) -> Callable[[str], list[str]]:
    def read(text: str) -> list[str]:
        match = pattern.fullmatch(text)
        return [match[1]] if match else []

    return read


def _of_dnsmasq(text: str) -> list[str]:
    match = DNSMASQ.fullmatch(text)
    return match[1].split("/") if match else []


def _is_address(text: str) -> bool:
    try:
        ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


READERS = (_of_hosts_file, _of(ADBLOCK), _of_dnsmasq, _of(UNBOUND), _of(RECORD))
