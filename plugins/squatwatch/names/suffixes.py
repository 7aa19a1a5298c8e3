"""The Public Suffix List, and how long a name may be."""

from __future__ import annotations

from functools import cache

from publicsuffixlist import PublicSuffixList

LONGEST_NAME = 253  # RFC 1035, without the trailing dot
LONGEST_LABEL = 63


@cache
def suffix_list() -> PublicSuffixList:
    """Return the bundled Public Suffix List, private section included; an unknown top-level domain has no suffix."""
    return PublicSuffixList(accept_unknown=False)


@cache
def registry_suffixes() -> PublicSuffixList:
    """Return the Public Suffix List without its private section."""
    return PublicSuffixList(accept_unknown=False, only_icann=True)
