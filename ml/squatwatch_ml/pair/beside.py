"""The text beside a brand in a name: keywords, ends of host names, and other text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile
from typing import NamedTuple

from squatwatch_ml.text.keywords import HOST_BEGINNINGS, HOST_ENDS, KEYWORDS

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
    """Divide what is before and after the brand; `with_levels`: levels of a host name are no keywords."""
    pieces_before, pieces_after = _pieces_before(before), _pieces_after(after)
    ends = _levels(pieces_after, HOST_ENDS) if with_levels else []
    beginnings = _levels(pieces_before[::-1], HOST_BEGINNINGS)[::-1] if with_levels else []
    beside = Beside([], [], [], beginnings + ends)
    rests = (
        (beside.front, pieces_before[: len(pieces_before) - len(beginnings)]),
        (beside.back, pieces_after[len(ends) :]),
    )
    for rest, pieces in rests:
        joined = False
        for piece in pieces:
            for part, is_keyword in _parts(piece.strip("-."), piece):
                if is_keyword:
                    beside.keywords.append(part)
                elif joined:
                    rest[-1] += part
                else:
                    rest.append(part)
                joined = not is_keyword
    return beside


def has_levels(before: str, after: str) -> bool:
    """Tell whether the brand stands beside the beginning or the end of a host name, or among its dots.

    A host name ends in `com` and begins with `www`: before the brand `com` and `info` are text as any other.
    """
    ends, beginnings = _levels(_pieces_after(after), HOST_ENDS), _levels(_pieces_before(before)[::-1], HOST_BEGINNINGS)
    return "." in before + after or bool(ends or beginnings)


def _levels(pieces: Sequence[str], levels: Sequence[str]) -> list[str]:
    """Return the levels among the pieces nearest to the brand, up to the first piece that is none."""
    return list(takewhile(levels.__contains__, (piece.strip("-.") for piece in pieces)))


def _pieces_before(before: str) -> list[str]:
    return re.findall(r"\d+[-.]*|[^-.\d]+[-.]*", before)


def _pieces_after(after: str) -> list[str]:
    return re.findall(r"[-.]*\d+|[-.]*[^-.\d]+", after)


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
