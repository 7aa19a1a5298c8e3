"""The place in a label where a brand is imitated: the span that is nearest to the brand, and how near."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from squatwatch_ml.text.skeleton import LETTER_PAIRS, fold
from squatwatch_ml.text.spelling import TRANSLITERATIONS, lowercase, spellings


class View(NamedTuple):
    """A folded label; character i of `text` stands for label[starts[i]:ends[i]], which others may stand for too."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


class Match(NamedTuple):
    """A span near a brand: label[start:end] as written, `span` as folded, `target` the brand folded the same way.

    `pieces`: the letters of the brand as written that each character of `target` stands for.
    `distance`: edits (OSA) between span and target. `is_reorder`: the span is the target with its front
    moved to its end; `distance` is then 0.
    """

    start: int
    end: int
    span: str
    target: str
    pieces: tuple[str, ...]
    distance: int
    is_reorder: bool
    view: View
    first: int  # position of the span in view.text

    @property
    def starts_part(self) -> bool:
        """Tell whether the span begins a part between hyphens."""
        return self.first == 0 or self.view.ends[self.first - 1] < self.start or self._before() == "-"

    @property
    def ends_part(self) -> bool:
        """Tell whether the span ends a part between hyphens."""
        after = self.first + len(self.span)
        return after == len(self.view.text) or self.view.text[after] == "-" or self.view.starts[after] > self.end

    def _before(self) -> str:
        return self.view.text[self.first - 1]


class Pair(NamedTuple):
    """A label and a brand in lower case, the brand in the spelling that comes nearest to a span of the label."""

    label: str
    brand: str
    match: Match


def nearest(label: str, brand: str) -> Pair:
    """Return the pair of a label and the nearest spelling of a brand.

    The brand as written goes before its transliterations where both are as near. A word in the letters of another
    script that does not look like the brand throughout (`вимала` for humana) is not compared with it: it has an empty
    match.
    """
    label = label.lower()
    pairs = [Pair(label, spelling, best_match(label, spelling)) for spelling in spellings(brand)]
    pair = pairs[0] if len(pairs) == 1 else min(pairs, key=lambda pair: _cost(pair.match)[:2])
    return pair._replace(match=_nothing(pair.match)) if _is_word_of_another_script(pair) else pair


def _is_word_of_another_script(pair: Pair) -> bool:
    """Tell whether the span differs from a brand in Latin letters by an edit, and has none of these itself."""
    if pair.label.isascii() or not pair.match.distance:
        return False
    written = pair.label[pair.match.start : pair.match.end]
    return any(map(str.isalpha, written)) and any(map(_is_latin, pair.brand)) and not any(map(_is_latin, written))


def _is_latin(character: str) -> bool:
    return character.isalpha() and unicodedata.name(character, "").startswith("LATIN")


def _nothing(match: Match) -> Match:
    return match._replace(start=0, end=0, span="", distance=len(match.target), is_reorder=False, first=0)


def best_match(label: str, brand: str) -> Match:
    """Return the span of `label` (Unicode, without its public suffix) that comes nearest to `brand` as spelt here.

    Fewest edits first; then as written rather than with letter pairs folded, inside one part between hyphens rather
    than across, standing alone rather than inside a longer word.
    """
    fewest, is_found = sys.maxsize, False
    spans: list[tuple[View, int, int, str, tuple[str, ...], int, bool]] = []
    for view, target, pieces in _ways_to_compare(label.lower(), brand):
        for first, last in set(_spans(view.text, target, is_found)):
            distance, is_reorder = _distance(view.text[first:last], target, fewest)
            if distance < fewest:
                fewest = distance
                spans.clear()
            if distance == fewest:
                spans.append((view, first, last, target, pieces, distance, is_reorder))
                is_found |= not (distance or is_reorder)
    return min((_match(*span) for span in spans), key=_cost)


def _ways_to_compare(label: str, brand: str) -> Iterator[tuple[View, str, tuple[str, ...]]]:
    """Yield each way to read the label, and the brand read in the same way; of equals, best_match takes the first."""
    targets = brand_views(brand)
    for plain, contracted in _views(label):
        is_one = plain[0] is contracted[0] and targets[0] == targets[1]  # there is no letter pair
        for views, (target, pieces) in zip((plain,) if is_one else (plain, contracted), targets, strict=False):
            for view in views:
                yield view, target, pieces


@lru_cache(maxsize=100)  # a name's pairs come one after the other
def _views(label: str) -> list[tuple[list[View], list[View]]]:
    """Return the ways to read a label, plain and contracted, each without hyphens as well where it has some."""
    return [(_with_joined(plain), _with_joined(contracted_view(plain))) for plain in _plain_views(label)]


def _with_joined(view: View) -> list[View]:
    return [view, joined_view(view)] if "-" in view.text else [view]


def _plain_views(label: str) -> Iterator[View]:
    """Yield the folded label, and where it has special letters (`ß`) the label with them written out (`ss`)."""
    yield plain_view(label)
    if not label.isascii() and any(letter in TRANSLITERATIONS for letter in label):
        written_out = [TRANSLITERATIONS.get(letter) or fold(letter) for letter in label]
        places = [at for at, letters in enumerate(written_out) for _ in letters]
        yield View(fold("".join(written_out)), places, [at + 1 for at in places])


@lru_cache(maxsize=10_000)  # brands: a server is asked about any
def brand_views(brand: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the brand folded, and with letter pairs folded too, each with the written letters per folded character."""
    brand = re.sub(r"[\s\-_'.]", "", lowercase(brand))
    plain = plain_view(brand)
    return tuple(
        (text, tuple(brand[start:end] for start, end in zip(starts, ends, strict=True)))
        for text, starts, ends in (plain, contracted_view(plain))
    )


class _Cost(NamedTuple):
    distance: int
    is_reorder: bool
    extra: int  # hyphens inside, letter pairs
    is_after_letters: bool
    is_before_letters: bool
    start: int
    end: int


def _cost(match: Match) -> _Cost:
    extra = match.end - match.start - len(match.span)
    return _Cost(
        match.distance, match.is_reorder, extra, not match.starts_part, not match.ends_part, match.start, match.end
    )


def plain_view(label: str) -> View:
    """Return the label folded character by character."""
    if label.isascii():  # one for one
        return View(fold(label), range(len(label)), range(1, len(label) + 1))
    pieces = [fold(character) for character in label]
    starts = [at for at, piece in enumerate(pieces) for _ in piece]
    return View("".join(pieces), starts, [at + 1 for at in starts])


def contracted_view(view: View) -> View:
    """Return the view with letter pairs read as one letter."""
    text, starts, ends = view
    if not any(pair in text for pair, _ in LETTER_PAIRS):
        return view
    starts, ends = list(starts), list(ends)
    for pair, letter in LETTER_PAIRS:
        at = text.find(pair)
        while at >= 0:
            text = text[:at] + letter + text[at + 2 :]
            del starts[at + 1], ends[at]
            at = text.find(pair, at + 1)
    return View(text, starts, ends)


def joined_view(view: View) -> View:
    """Return the view without its hyphens."""
    letters = [at for at, letter in enumerate(view.text) if letter != "-"]
    return View(view.text.replace("-", ""), [view.starts[at] for at in letters], [view.ends[at] for at in letters])


def _distance(span: str, target: str, most: int) -> tuple[int, bool]:
    """Return the edits between span and target, and whether it is a reorder; some number above `most` for more."""
    apart = abs(len(span) - len(target))
    if apart > most:
        return apart, False
    distance = OSA.distance(span, target)
    is_reorder = distance > 1 and _is_rotation(span, target)
    return (0 if is_reorder else distance), is_reorder


def _match(
    view: View, first: int, last: int, target: str, pieces: tuple[str, ...], distance: int, is_reorder: bool
) -> Match:
    span = view.text[first:last]
    start, end = (view.starts[first], view.ends[last - 1]) if span else (0, 0)
    return Match(start, end, span, target, pieces, distance, is_reorder, view, first)


def _spans(text: str, target: str, are_found: bool) -> Iterator[tuple[int, int]]:
    """Yield the spans worth comparing: where the target stands, else the parts, and around the most alike window.

    Where the target stands there is nothing nearer; if some `are_found` that are, others are not looked for.
    """
    at = text.find(target) if target else -1
    are_found |= at >= 0
    while at >= 0:
        yield at, at + len(target)
        at = text.find(target, at + 1)
    if are_found:
        return
    first = 0
    for part in text.split("-"):
        if part or not text:
            yield first, first + len(part)
        first += len(part) + 1
    window = fuzz.partial_ratio_alignment(target, text) if len(text) > len(target) > 0 else None
    if window:
        for first in range(max(0, window.dest_start - 1), window.dest_start + 2):
            for last in range(window.dest_end - 1, min(len(text), window.dest_end + 1) + 1):
                if first < last and text[first] != "-" and text[last - 1] != "-":
                    yield first, last
    else:
        stripped = text.strip("-")
        first = text.find(stripped)
        yield first, first + len(stripped)


def _is_rotation(span: str, target: str) -> bool:
    if len(span) != len(target) or len(target) < 4:
        return False
    cut = (target + target).find(span)
    return 2 <= cut <= len(target) - 2
