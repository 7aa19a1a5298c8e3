"""The Public Suffix List in use, and how long a name may be.

The list lives in `squatwatch_ml`, so that names are cut by one rule where they are trained on and where they are
scored. A newer list than the packaged one is the setting SQUATWATCH_SUFFIXES_FILE.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from publicsuffixlist import PublicSuffixList

from squatwatch.errors import SquatwatchError
from squatwatch_ml.text import suffixes
from squatwatch_ml.text.suffixes import use as use_suffixes

__all__ = [
    "LONGEST_LABEL",
    "LONGEST_NAME",
    "public_suffixes",
    "registry_suffixes",
    "suffix_fingerprint",
    "suffix_list",
    "use_suffixes",
]

LONGEST_NAME = 253  # RFC 1035, without the trailing dot
LONGEST_LABEL = 63


def suffix_list() -> PublicSuffixList:
    """Return the list in use, private section included; an unknown top-level domain has no suffix.

    Raises SquatwatchError where the file of SQUATWATCH_SUFFIXES_FILE cannot be read, or is no such list.
    """
    with _named_errors():
        return suffixes.suffix_list()


def public_suffixes(domains: Iterable[str | None]) -> list[str | None]:
    """Return the public suffix of each of many domains, None where there is none. Raises what `suffix_list` raises."""
    with _named_errors():
        return suffixes.public_suffixes(domains)


def registry_suffixes() -> PublicSuffixList:
    """Return the list in use without its private section. Raises what `suffix_list` raises."""
    with _named_errors():
        return suffixes.registry_suffixes()


def suffix_fingerprint() -> str:
    """Return what tells the suffixes in use from the packaged ones, empty for those. Raises as `suffix_list`."""
    with _named_errors():
        return suffixes.fingerprint()


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise SquatwatchError(
            f"the suffix list of SQUATWATCH_SUFFIXES_FILE cannot be used: {reason}; "
            "it has to name a copy of https://publicsuffix.org/list/public_suffix_list.dat"
        ) from None
