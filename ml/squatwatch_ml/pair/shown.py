"""A pair as the network is shown it: without most of long random text, and without hyphens between a brand's words.

Both are kinds of names that the network was trained on too little to judge them by themselves.

Random text beside an altered brand speaks for an imitation; the network has seen eleven characters of it at most, and
of more it makes certainty: `papal` is no imitation of `paypal`, and with a hash of sixteen characters behind it scored
.999. So of each long run beside the span few characters are shown, those nearest to it: with three `papal` stays what
it is, with five it was a squat again to a network that has learnt more typos, and with none more honest names are
raised. Where the brand itself stands in the name all is shown: the brand beside random text is what throw-away squats
look like.

A hyphen inside the brand makes it several words to a network that reads words: `your-american-express` scored .19 and
`your-americanexpress` .99. So hyphens between whole words that are the brand, or a long brand with one edit, are not
shown. With more edits, shorter brands or shorter pieces this raised as many honest names (`e-transfer`, `tik-tak`) as
squats.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from squatwatch_ml.pair.match import Match, Pair, best_match
from squatwatch_ml.text.keywords import KEYWORDS
from squatwatch_ml.text.skeleton import without_marks
from squatwatch_ml.text.words import read

LONG_RUN, SHOWN = 10, 3  # characters: of runs that are as long or longer, how many are shown
WORD, KEYWORD = 5, 4  # letters: random ones make words of three, and of four in one of many languages
LONG_BRAND, SHORTEST_PIECE = 8, 3  # letters: of a hyphenated brand with an edit in it, and of what begins and ends it

_LONG_PART = re.compile(rf"[^-.]{{{LONG_RUN},}}")
_KEYWORDS = frozenset(word for word in KEYWORDS if len(word) >= KEYWORD)


def as_shown(pair: Pair) -> Pair:
    """Return the pair without the characters that are not shown; the pair itself where all are."""
    label, brand, match = pair
    hidden = {*_random_text(label, match), *_hyphens(label, match)}
    if not hidden:
        return pair
    shown = "".join(character for at, character in enumerate(label) if at not in hidden)
    return Pair(shown, brand, best_match(shown, brand))


def _hyphens(label: str, match: Match) -> Iterator[int]:
    """Yield the places of hyphens between the words of the brand."""
    written = label[match.start : match.end]
    if "-" not in written or "-" in match.span or match.is_reorder or not (match.starts_part and match.ends_part):
        return
    pieces = written.split("-")
    is_long = len(match.target) >= LONG_BRAND and min(len(pieces[0]), len(pieces[-1])) >= SHORTEST_PIECE
    if match.distance <= int(is_long):
        yield from (match.start + at for at, character in enumerate(written) if character == "-")


def _random_text(label: str, match: Match) -> Iterator[int]:
    """Yield the places of long runs beside an altered brand, those farther from it."""
    if match.distance == 0 or not match.span:
        return
    if not (_LONG_PART.search(label[: match.start]) or _LONG_PART.search(label, match.end)):
        return
    for start, end in _runs(without_marks(label)):
        if (before := min(end, match.start)) - start >= LONG_RUN:
            yield from range(start, before - SHOWN)
        if end - (after := max(start, match.end)) >= LONG_RUN:
            yield from range(after + SHOWN, end)


def _runs(plain: str) -> Iterator[tuple[int, int]]:
    """Yield where characters in a row are no word, no keyword and no hyphen, in the name read as a whole."""
    pieces = read(plain).best
    for divides, run in groupby(pieces, lambda piece: _divides(plain[piece.start : piece.end], piece.zipf)):
        if not divides:
            first, *_, last = [*run] * 2
            yield first.start, last.end


def _divides(text: str, zipf: float) -> bool:
    return text in "-." or text in _KEYWORDS or (zipf > 0 and len(text) >= WORD)
