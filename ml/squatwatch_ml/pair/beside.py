"""The text beside a brand in a name: keywords, ends of host names, and other text."""

from __future__ import annotations

import re
from typing import NamedTuple

from squatwatch_ml.text.keywords import KEYWORDS, LEVELS

_KEYWORDS = frozenset(KEYWORDS)
# without a hyphen between them short keywords do not count (`usde` is no `us` and `de`), and among other letters long
# ones only (`bookshop` is no `shop`)
GLUED = frozenset(word for word in KEYWORDS if len(word) >= 3) | {"my"}
LONG = re.compile("(" + "|".join(sorted((word for word in KEYWORDS if len(word) >= 5), key=len, reverse=True)) + ")")


class Beside(NamedTuple):
    """The text beside a brand, as it is written.

    `front`, `back`: text before and after it that is no keyword, in one piece where no keyword stands between.
    """

    front: list[str]
    back: list[str]
    keywords: list[str]
    levels: list[str]


def read_beside(before: str, after: str, with_levels: bool) -> Beside:
    """Divide what is before and after the brand; `with_levels`: `www`, `com` and the like are levels, not keywords."""
    beside = Beside([], [], [], [])
    pieces_before = re.findall(r"\d+[-.]*|[^-.\d]+[-.]*", before)
    pieces_after = re.findall(r"[-.]*\d+|[-.]*[^-.\d]+", after)
    for rest, pieces in ((beside.front, pieces_before), (beside.back, pieces_after)):
        joined = False
        for piece in pieces:
            word = piece.strip("-.")
            if with_levels and word in LEVELS:
                beside.levels.append(word)
                joined = False
                continue
            for part, is_keyword in _parts(word, piece):
                if is_keyword:
                    beside.keywords.append(part)
                elif joined:
                    rest[-1] += part
                else:
                    rest.append(part)
                joined = not is_keyword
    return beside


def _parts(word: str, piece: str) -> list[tuple[str, bool]]:
    """Return the keywords of a word and the text between them, each with whether it is a keyword."""
    if keywords := _keywords_of(word):
        return [(keyword, True) for keyword in keywords]
    parts = [part for part in LONG.split(piece) if part.strip("-.")]
    return [(part, LONG.fullmatch(part) is not None) for part in parts]


def _keywords_of(word: str) -> list[str]:
    """Return the keywords that make up the whole word, as few as possible; none where they do not."""
    if word in _KEYWORDS:
        return [word]
    ways: list[list[str] | None] = [[]] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(end):
            so_far, best = ways[start], ways[end]
            if so_far is not None and word[start:end] in GLUED and (best is None or len(so_far) + 1 < len(best)):
                ways[end] = [*so_far, word[start:end]]
    return ways[-1] or []
