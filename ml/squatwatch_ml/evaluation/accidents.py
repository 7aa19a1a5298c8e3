"""Labelled squats that only look like their brand by accident, as far as their letters tell.

The feed's labels were linked to brands by a lexical rule, so `interactive-tours` is there as a squat of interac and
`xiaomi-cloud` as one of icloud. Whoever hosted a scam there did not mean that brand. What is set aside here is set
aside by its letters alone, found or missed, true squats among it too (`impot-gouv` for impots).
"""

from __future__ import annotations

from functools import cache

from squatwatch_ml.pair.match import nearest
from squatwatch_ml.text.popular_names import popular_text
from squatwatch_ml.text.skeleton import without_marks
from squatwatch_ml.text.words import read, zipf_of
from squatwatch_ml.training.data.pairs import COMMON_ZIPF


def is_accident(label: str, brand: str) -> bool:
    """Tell whether a label has the brand only in something else.

    That is: inside a longer common word, or across the hyphen between two parts; or altered, where the whole part is a
    common word or a popular name of its own (`telecrm` for telegram).
    """
    pair = nearest(label, brand)
    plain, match = without_marks(pair.label), pair.match
    if _is_in_longer_word(plain, match.start, match.end):
        return True
    if match.distance == 0:
        first, *more = plain[match.start : match.end].split("-")
        return bool(more) and len(first) == 1 and not match.starts_part
    part = plain[plain.rfind("-", 0, match.start) + 1 : match.start] + plain[match.start :].split("-")[0]
    return part != brand and (zipf_of(part) >= COMMON_ZIPF or part in _popular())


def _is_in_longer_word(plain: str, start: int, end: int) -> bool:
    return any(
        piece.start <= start and piece.end >= end and piece.end - piece.start > end - start
        for piece in read(plain).best
        if piece.zipf >= COMMON_ZIPF
    )


@cache
def _popular() -> frozenset[str]:
    return frozenset(popular_text().decode().split("\n"))
