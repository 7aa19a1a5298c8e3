"""Spellings of a brand with special letters in domain names: with them, or as they are transliterated.

`müller` is registered as `mueller` more often than as `müller`, and `weiß` as `weiss`. The transliterations are those
of German (DIN 5007, variant 2), Danish, Norwegian, French and Icelandic. Letters that only lose their marks (`é`, `ş`)
need none: skeletons drop marks.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

TRANSLITERATIONS = {
    "ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "å": "aa", "ø": "oe", "æ": "ae", "œ": "oe", "þ": "th",
}  # fmt: skip
LIGATURES = frozenset("ßæœþ")  # one letter for two: written out also by who drops all marks (`grosse` for `größe`)

_ALL = str.maketrans(TRANSLITERATIONS)
_LIGATURES_ONLY = str.maketrans({letter: TRANSLITERATIONS[letter] for letter in LIGATURES})


def lowercase(text: str) -> str:
    """Return a brand in lower case and composed characters; the Turkish `İ` becomes `i`, without a dot of its own."""
    return unicodedata.normalize("NFC", text.replace("İ", "i").lower().replace("i\u0307", "i"))


@lru_cache(maxsize=10_000)  # brands: a server is asked about any
def spellings(brand: str) -> tuple[str, ...]:
    """Return the ways to write a brand in lower case: as it is, then transliterated; one where both are the same."""
    written = lowercase(brand)
    return tuple(dict.fromkeys((written, written.translate(_LIGATURES_ONLY), written.translate(_ALL))))
