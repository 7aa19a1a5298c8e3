"""Long random text beside an altered brand, cut short before the network reads it.

Random text beside a brand speaks for an imitation, and the network has learnt so from runs of eleven characters at most.
Of longer ones it makes certainty: `papal` is no imitation of `paypal`, and with a hash of twenty characters behind it
scored .99. So each run beside the span is read as its first characters, those nearest to the span. Where the brand
itself stands in the name nothing is cut: the brand beside random text is what throw-away squats look like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from squatwatch_ml.pair.match import Match, Pair, View
from squatwatch_ml.text.keywords import KEYWORDS
from squatwatch_ml.text.skeleton import without_marks
from squatwatch_ml.text.words import read

LEAST, KEPT = 10, 5  # characters: shorter runs stay as they are; of longer ones so many are kept
WORD, KEYWORD = 5, 4  # letters: random ones make words of three, and of four in one of many languages

_RUN = re.compile(rf"[^-.]{{{LEAST},}}")
_KEYWORDS = frozenset(word for word in KEYWORDS if len(word) >= KEYWORD)


def bounded(pair: Pair) -> Pair:
    """Return the pair with each long random run beside the span cut short; the pair itself where there is none."""
    label, brand, match = pair
    if match.distance == 0 or not match.span or not _has_long_part(label, match):
        return pair
    cut = [at for stretch in _to_cut(without_marks(label), match) for at in stretch]
    return Pair(*_without(label, match, frozenset(cut), brand)) if cut else pair


def _has_long_part(label: str, match: Match) -> bool:
    return bool(_RUN.search(label[: match.start]) or _RUN.search(label, match.end))


def _to_cut(plain: str, match: Match) -> Iterator[range]:
    """Yield the places of each long run beside the span that are not kept: those farther from it."""
    for start, end in _runs(plain):
        if (before := min(end, match.start)) - start >= LEAST:
            yield range(start, before - KEPT)
        if end - (after := max(start, match.end)) >= LEAST:
            yield range(after + KEPT, end)


def _runs(plain: str) -> Iterator[tuple[int, int]]:
    """Yield where characters in a row are no word, no keyword and no hyphen, in the name read as a whole."""
    pieces = read(plain).best
    for divides, run in groupby(pieces, lambda piece: _divides(plain[piece.start : piece.end], piece.zipf)):
        if not divides:
            first, *_, last = [*run] * 2
            yield first.start, last.end


def _divides(text: str, zipf: float) -> bool:
    return text in "-." or text in _KEYWORDS or (zipf > 0 and len(text) >= WORD)


def _without(label: str, match: Match, cut: frozenset[int], brand: str) -> tuple[str, str, Match]:
    """Return label, brand and match without some characters, none of them in the span."""
    kept = [at for at in range(len(label)) if at not in cut]
    place = {at: number for number, at in enumerate(kept)}
    view = match.view
    read_on = [at for at, start in enumerate(view.starts) if start not in cut]
    starts = [place[view.starts[at]] for at in read_on]
    ends = [place.get(view.ends[at] - 1, start) + 1 for at, start in zip(read_on, starts, strict=True)]
    text = "".join(view.text[at] for at in read_on)
    start = place[match.start]
    shorter = match._replace(
        start=start,
        end=start + match.end - match.start,
        first=sum(at < match.first for at in read_on),
        view=View(text, starts, ends),
    )
    return "".join(label[at] for at in kept), brand, shorter
