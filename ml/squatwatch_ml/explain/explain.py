"""Reasons why a name resembles a brand: in one word, and with the span that does it.

The words are dnstwist's (addition, bitsquatting, homoglyph, hyphenation, insertion, omission, plural, repetition,
replacement, subdomain, transposition, vowel-swap, tld-swap), plus combo (the brand among other words), combo-typo
(an altered brand among other words), soundsquat, level (the brand beside `www` or `com`) and reorder.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from rapidfuzz.distance import OSA

from squatwatch_ml.explain.reasons import reason
from squatwatch_ml.pair.alignment import changes
from squatwatch_ml.pair.beside import has_levels
from squatwatch_ml.pair.match import Match, Pair, nearest

# QWERTY: each key and the keys around it
KEYBOARD = """
1:2q 2:13qw 3:24we 4:35er 5:46rt 6:57ty 7:68yu 8:79ui 9:80io 0:9op
q:12wa w:23qeas e:34wrsd r:45etdf t:56ryfg y:67tugh u:78yihj i:89uojk o:90ipkl p:0ol
a:qwsz s:weadzx d:ersfxc f:rtdgcv g:tyfhvb h:yugjbn j:uihknm k:iojlm l:opk
z:asx x:sdzc c:dfxv v:fgcb b:ghvn n:hjbm m:jkn
"""
NEIGHBOURS = {key[0]: key[2:] for key in KEYBOARD.split()}
VOWELS = frozenset("aeiou")
SOUNDS = tuple(
    (pair.partition(":")[0], pair.partition(":")[2])
    for pair in "ce:se ci:si cy:sy ph:f ck:k x:ks qu:kw wh:w th:t c:k q:k z:s y:i ee:i oo:u ou:u ea:i".split()
)


class Explanation(NamedTuple):
    """The way in which a name imitates a brand.

    `technique`: one word of those above; `matched_text`: the span of the label, as written, that imitates the brand;
    `reason`: the same in a sentence; `aligned`: each place where the span differs, as written>meant (`rn>m`, `>i`).
    """

    technique: str
    matched_text: str
    reason: str
    aligned: tuple[str, ...]


def explain(label: str, brand: str) -> Explanation:
    """Return how `label` (Unicode, without its public suffix) imitates `brand`.

    A name that does not resemble the brand gets an answer too: the span that comes nearest.
    """
    return explain_pair(nearest(label, brand))


def explain_pair(pair: Pair) -> Explanation:
    """Return the same for a pair whose match is known."""
    technique, matched = _technique(pair.label, _letters(pair.brand), pair.match)
    alterations = changes(pair.label, pair.match)
    return Explanation(technique, matched, reason(pair, technique, alterations), tuple(map(str, alterations)))


def _technique(label: str, brand: str, match: Match) -> tuple[str, str]:
    if label == brand:
        return "tld-swap", label
    before, matched, after = label[: match.start], label[match.start : match.end], label[match.end :]
    if match.is_reorder:
        return "reorder", matched
    kind = typo(matched, brand, match)
    if not (before + after).strip("-."):
        return kind or "hyphenation", matched or label
    if kind not in (None, "hyphenation"):
        return "combo-typo", matched
    whole = None
    if kind is None and not re.search(r"[-.]", before + after):
        whole = "plural" if not before and after in ("s", "es") else _one_edit(label, brand)
    return (whole, label) if whole else ("level" if has_levels(before, after) else "combo", matched)


def typo(written: str, brand: str, match: Match) -> str | None:
    """Return the word for how `written` differs from `brand`; None where it does not."""
    if written == brand:
        return None
    if "." in written and written.replace(".", "") == brand:
        return "subdomain"
    if _letters(written) == brand:
        return "hyphenation"
    if match.distance == 0:
        return "homoglyph"
    written = _letters(written)
    return _one_edit(written, brand) or _more_edits(written, brand, match)


def _one_edit(written: str, brand: str) -> str | None:
    if OSA.distance(written, brand) != 1:
        return None
    at = next(
        (i for i, (a, b) in enumerate(zip(written, brand, strict=False)) if a != b), min(len(written), len(brand))
    )
    if len(written) < len(brand):
        return "omission"
    if len(written) > len(brand):
        if written[at] in (written[at - 1 : at] + written[at + 1 : at + 2]):
            return "repetition"
        if at == len(brand):
            return "plural" if written[at] == "s" else "addition"
        return "insertion"
    if written[at + 1 :] != brand[at + 1 :]:
        return "transposition"
    return _replaced(written, brand, at)


def _replaced(written: str, brand: str, at: int) -> str:
    new, old = written[at], brand[at]
    if new in VOWELS and old in VOWELS:
        return "vowel-swap"
    if sound(written) == sound(brand):
        return "soundsquat"
    if new in NEIGHBOURS.get(old, ()):
        return "replacement"
    return "bitsquatting" if (ord(new) ^ ord(old)).bit_count() == 1 else "replacement"


def _more_edits(written: str, brand: str, match: Match) -> str:
    if sound(written) == sound(brand):
        return "soundsquat"
    if not written.isascii():
        return "homoglyph"
    if OSA.distance(match.span, match.target) < OSA.distance(written, brand):
        return "homoglyph"  # look-alikes and an edit besides
    if len(written) == len(brand):
        return "replacement"
    return "insertion" if len(written) > len(brand) else "omission"


def sound(text: str) -> str:
    """Return a rough key for how English speakers say `text`: `netphlix` and `netflicks` share that of `netflix`."""
    text = re.sub(r"(.)\1+", r"\1", text) if not re.search(r"ee|oo", text) else text
    for written, heard in SOUNDS:
        text = text.replace(written, heard)
    return re.sub(r"(.)\1+", r"\1", text)


def _letters(text: str) -> str:
    return re.sub(r"[\s\-_']", "", text)
