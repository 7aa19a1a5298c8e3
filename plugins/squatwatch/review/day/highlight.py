"""The characters of a name that differ from the brand, marked for the eye."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from squatwatch.names.hostile_text import defanged


class Part(NamedTuple):
    """A piece of the name. `kind`: "" beside the brand, `same`, `differs`, or `gap` where a character is missing."""

    text: str
    kind: str


def parts(domain_unicode: str, brand: str, matched_text: str | None, aligned: Sequence[str] | None) -> list[Part]:
    """Return the defanged name in pieces.

    All of the matched text is `same` where `aligned` does not lead to the brand.
    """
    matched_text = matched_text or ""
    at = domain_unicode.casefold().find(matched_text.casefold()) if matched_text else -1
    if at < 0 or len(domain_unicode.casefold()) != len(domain_unicode):
        return [Part(defanged(domain_unicode), "")]
    matched = domain_unicode[at : at + len(matched_text)]
    pairs = [difference.partition(">") for difference in aligned or ()]
    differences = [(left, right) for left, sign, right in pairs if sign]
    inside = _walk(matched.casefold(), brand.casefold(), differences)
    pieces = [(domain_unicode[:at], ""), *_joined(matched, inside), (domain_unicode[at + len(matched) :], "")]
    return [Part(defanged(text), kind) for text, kind in pieces if text or kind == "gap"]


def _walk(matched: str, brand: str, differences: Sequence[tuple[str, str]]) -> tuple[tuple[int, str], ...] | None:
    """Return lengths and kinds that lead through both texts from left to right, None where the differences do not fit.

    Hyphens inside the matched text are nothing that `aligned` speaks of; what is left over at its end was added.
    """

    @cache
    def walk(i: int, j: int, k: int) -> tuple[tuple[int, str], ...] | None:
        if i == len(matched) and j == len(brand) and k == len(differences):
            return ()
        steps = []
        if i < len(matched) and j < len(brand) and matched[i] == brand[j]:
            steps.append((1, "same", 1, 0))
        if k < len(differences):
            left, right = differences[k]
            if matched.startswith(left, i) and brand.startswith(right, j):
                steps.append((len(left), "differs" if left else "gap", len(right), 1))
        if i < len(matched) and (matched[i] == "-" or j == len(brand)):
            steps.append((1, "differs", 0, 0))
        for length, kind, in_brand, used in steps:
            rest = walk(i + length, j + in_brand, k + used)
            if rest is not None:
                return ((length, kind), *rest)
        return None

    return walk(0, 0, 0)


def _joined(matched: str, walked: Sequence[tuple[int, str]] | None) -> Iterator[tuple[str, str]]:
    """Yield the pieces with neighbours of one kind as one."""
    if walked is None:
        yield matched, "same"
        return
    at = 0
    pieces: list[tuple[str, str]] = []
    for length, kind in walked:
        text, at = matched[at : at + length], at + length
        if pieces and kind == pieces[-1][1] != "gap":
            pieces[-1] = (pieces[-1][0] + text, kind)
        else:
            pieces.append((text, kind))
    yield from pieces
