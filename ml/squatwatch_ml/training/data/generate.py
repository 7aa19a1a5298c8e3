"""Imitations of a brand, one small function a technique: labels as someone might register them.

Each function takes the brand in plain lower-case letters and a numpy Generator and returns one label,
or the brand itself where the technique does not apply to it. Same generator state, same label.
Where a technique adds words, they are our keywords, numbers, random letters, or common words if some are given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from squatwatch_ml.explain.explain import NEIGHBOURS, SOUNDS, VOWELS
from squatwatch_ml.text.keywords import KEYWORDS, LEVELS, LURES
from squatwatch_ml.text.words import is_dictionary_word

LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"
LONG = 7  # letters of a brand that is still known after two edits
Technique = Callable[[str, np.random.Generator], str]
Choice = TypeVar("Choice")

LOOK_ALIKES = {  # in ASCII
    "o": ["0"], "l": ["1", "i"], "i": ["1", "l", "j"], "e": ["3"], "a": ["4"], "s": ["5"], "t": ["7"], "b": ["8", "6"],
    "g": ["9", "q"], "z": ["2"], "m": ["rn", "nn"], "w": ["vv"], "u": ["v"], "v": ["u"], "q": ["g"],
}  # fmt: skip
# by script, since registries take labels of one script (and Latin with marks)
IDN_LOOK_ALIKES = (
    dict(zip("abcdefghijklmnoprstuwyz", "áƅćďéƒğĥíĵķĺḿńóþŕśťúŵýź", strict=True)),
    dict(zip("aceginorstuyz", "àçëġïñöřşţüÿž", strict=True)),
    dict(zip("aceijopsxyhkmtbnwd", "асеіјорѕхуһкмтьпшԁ", strict=True)),
    dict(zip("aoviupntxewyk", "αονιυρητχεωγκ", strict=True)),
)


def addition(brand: str, rng: np.random.Generator) -> str:
    """Add a letter or digit at the end."""
    return brand + _pick(rng, LETTERS + DIGITS)


def bitsquatting(brand: str, rng: np.random.Generator) -> str:
    """Flip one bit of a letter, as faulty memory does (Dinaburg 2011)."""
    at = _at(brand, rng)
    flipped = [chr(ord(brand[at]) ^ 1 << bit) for bit in range(7)]
    return _replace(brand, at, _pick(rng, [letter for letter in flipped if letter in LETTERS + DIGITS] or [brand[at]]))


def homoglyph(brand: str, rng: np.random.Generator) -> str:
    """Replace one or two letters by look-alikes in ASCII: `paypa1`, `rnicrosoft`."""
    places = [at for at, letter in enumerate(brand) if letter in LOOK_ALIKES]
    for at in sorted(_some(rng, places, 2), reverse=True):
        brand = _replace(brand, at, _pick(rng, LOOK_ALIKES[brand[at]]))
    return brand


def homoglyph_idn(brand: str, rng: np.random.Generator) -> str:
    """Replace letters by look-alikes of one script, or by letters with marks."""
    table = IDN_LOOK_ALIKES[rng.integers(len(IDN_LOOK_ALIKES))]
    places = [at for at, letter in enumerate(brand) if letter in table]
    most = len(places) if table[next(iter(table))] > "ʯ" else 2  # a whole word of another script, or a mark or two
    for at in _some(rng, places, max(most, 1)):
        brand = _replace(brand, at, table[brand[at]])
    return brand


def hyphenation(brand: str, rng: np.random.Generator) -> str:
    """Put a hyphen between two letters."""
    at = int(rng.integers(1, len(brand)))
    return brand[:at] + "-" + brand[at:]


def insertion(brand: str, rng: np.random.Generator) -> str:
    """Put a letter between two others, half the time one that is near on the keyboard."""
    at = int(rng.integers(1, len(brand)))
    near = NEIGHBOURS.get(brand[at - 1], LETTERS) if rng.random() < 0.5 else LETTERS + DIGITS
    return brand[:at] + _pick(rng, near) + brand[at:]


def omission(brand: str, rng: np.random.Generator) -> str:
    """Leave out one letter."""
    return _replace(brand, _at(brand, rng), "")


def plural(brand: str, rng: np.random.Generator) -> str:
    """Add `s` or `es`."""
    return brand + ("es" if brand.endswith(("s", "x", "z")) else "s")


def repetition(brand: str, rng: np.random.Generator) -> str:
    """Double one letter."""
    at = _at(brand, rng)
    return _replace(brand, at, brand[at] * 2)


def replacement(brand: str, rng: np.random.Generator) -> str:
    """Replace one letter, half the time by one that is near on the keyboard."""
    at = _at(brand, rng)
    near = NEIGHBOURS.get(brand[at], LETTERS) if rng.random() < 0.5 else LETTERS
    return _replace(brand, at, _pick(rng, near))


def transposition(brand: str, rng: np.random.Generator) -> str:
    """Swap two neighbouring letters."""
    at = int(rng.integers(len(brand) - 1))
    return brand[:at] + brand[at + 1] + brand[at] + brand[at + 2 :]


def vowel_swap(brand: str, rng: np.random.Generator) -> str:
    """Replace one vowel by another."""
    places = [at for at, letter in enumerate(brand) if letter in VOWELS]
    for at in _some(rng, places, 1):
        brand = _replace(brand, at, _pick(rng, sorted(VOWELS - {brand[at]})))
    return brand


def tld_swap(brand: str, rng: np.random.Generator) -> str:
    """Return the brand as it is: only the top-level domain differs."""
    return brand


def soundsquat(brand: str, rng: np.random.Generator) -> str:
    """Write one sound in another way: `netphlix`."""
    swaps = [(a, b) for one, other in SOUNDS for a, b in ((one, other), (other, one)) if a in brand]
    written, heard = _pick(rng, swaps) if swaps else ("", "")
    return brand.replace(written, heard, 1) if swaps else brand


def level(brand: str, rng: np.random.Generator) -> str:
    """Put what looks like an end or beginning of a host name beside the brand: `paypal-com-login`, `wwwpaypal`."""
    joint = _pick(rng, ["", "-"])
    if rng.random() < 0.4:
        return _pick(rng, ["www", "http", "https"]) + joint + brand
    name = brand + joint + _pick(rng, LEVELS[:1] * 4 + LEVELS)
    return name + _pick(rng, ["", "-"]) + _word(rng) if rng.random() < 0.6 else name


def reorder(brand: str, rng: np.random.Generator) -> str:
    """Move the front of the brand to its end: `flixnet`."""
    if len(brand) < 5:
        return brand
    cut = int(rng.integers(2, len(brand) - 1))
    return brand[cut:] + _pick(rng, ["", "", "-"]) + brand[:cut]


def combo(brand: str, rng: np.random.Generator) -> str:
    """Put one or two keywords, numbers or random letters before or after the brand."""
    for _ in range(1 + int(rng.random() < 0.3)):
        brand = _beside(brand, rng, 0.5)
    return brand


def _beside(name: str, rng: np.random.Generator, hyphen_share: float) -> str:
    joint = "-" if rng.random() < hyphen_share else ""
    word = _word(rng, is_dictionary_word(name))
    return word + joint + name if rng.random() < 0.35 else name + joint + word


def beside(vocabulary: Sequence[str]) -> Technique:
    """Return a technique that puts one or two of these words beside the brand."""

    def combo_words(brand: str, rng: np.random.Generator) -> str:
        joint = _pick(rng, ["", "-"])
        words = joint.join(_pick(rng, vocabulary) for _ in range(1 + int(rng.random() < 0.4)))
        return words + joint + brand if rng.random() < 0.35 else brand + joint + words

    return combo_words


def two_edits(brand: str, rng: np.random.Generator) -> str:
    """Make two edits; in brands of seven letters or more."""
    if len(brand) < LONG:
        return brand
    return _pick(rng, EDITS)(_pick(rng, EDITS)(brand, rng), rng)


def combo_typo(brand: str, rng: np.random.Generator) -> str:
    """Put keywords beside an altered brand: one edit, now and then two for brands of seven letters or more.

    Short brands stand apart from the keyword, else half of all names would be imitations of them.
    """
    if len(brand) < 5:
        altered = _pick(rng, [transposition, repetition, homoglyph])(brand, rng)
        return f"{altered}-{_pick(rng, KEYWORDS)}" if rng.random() < 0.5 else f"{_pick(rng, KEYWORDS)}-{altered}"
    alter = two_edits if len(brand) >= LONG and rng.random() < 0.2 else _pick(rng, [*EDITS, homoglyph, soundsquat])
    name = _beside(alter(brand, rng), rng, 0.8)
    return _beside(name, rng, 0.8) if rng.random() < 0.2 else name


EDITS: tuple[Technique, ...] = (insertion, omission, repetition, replacement, transposition, vowel_swap, bitsquatting)

NOT_FOR_SHORT = frozenset(EDITS) - {repetition, transposition} | {two_edits, soundsquat}

# how often each is drawn, after what is registered: the brand among other words first; what a network takes long to
# learn (two edits, typos beside keywords, sounds) more often
TECHNIQUES: dict[Technique, float] = {
    combo: 30, combo_typo: 65, homoglyph: 6, homoglyph_idn: 5, hyphenation: 4, insertion: 4, omission: 4,
    replacement: 4, transposition: 4, level: 4, two_edits: 44, repetition: 3, vowel_swap: 3, addition: 3, tld_swap: 3,
    soundsquat: 6, bitsquatting: 2, reorder: 2, plural: 1,
}  # fmt: skip


def imitations(brand: str, count: int, rng: np.random.Generator, vocabulary: Sequence[str] = ()) -> list[str]:
    """Return `count` labels imitating `brand`, techniques drawn by weight; fewer where the brand is too short for them.

    With a `vocabulary`, one label in twenty-three has words of it beside the brand instead of keywords.
    """
    drawn = {**TECHNIQUES, beside(vocabulary): 9} if vocabulary and not is_dictionary_word(brand) else TECHNIQUES
    if len(brand) < 5:  # one letter off a short brand is mostly another word
        drawn = {technique: weight for technique, weight in drawn.items() if technique not in NOT_FOR_SHORT}
    techniques, weights = list(drawn), np.array(list(drawn.values()))
    made: dict[str, None] = {}
    for _ in range(count * 20):
        if len(made) == count:
            break
        label = techniques[rng.choice(len(techniques), p=weights / weights.sum())](brand, rng)
        if 2 <= len(label) <= 63 and (label != brand or brand not in made):
            made[label] = None
    return list(made)


def _word(rng: np.random.Generator, is_word: bool = False) -> str:
    """Draw what stands beside the brand: mostly a keyword, now and then misspelt, else a number or random letters.

    Beside a brand that is an ordinary word the keyword is a lure: `apple-juice` is no imitation, `apple-login` is.
    """
    draw = rng.random()
    if draw < 0.5:
        return _pick(rng, LURES if is_word or rng.random() < 0.5 else KEYWORDS)
    if draw < 0.55:
        return omission(_pick(rng, LURES), rng)
    if draw < 0.67:
        return str(rng.integers(1, 10 ** int(rng.integers(1, 5))))
    if draw < 0.85:
        return _random(rng, LETTERS, int(rng.integers(1, 7)))
    return _random(rng, LETTERS + DIGITS, int(rng.integers(2, 12)))


def _random(rng: np.random.Generator, letters: str, length: int) -> str:
    return "".join(_pick(rng, letters) for _ in range(length))


def _pick(rng: np.random.Generator, choices: Sequence[Choice]) -> Choice:
    return choices[int(rng.integers(len(choices)))]


def _some(rng: np.random.Generator, places: list[int], most: int) -> list[int]:
    """Draw one to `most` of the places."""
    if not places:
        return []
    return [int(place) for place in rng.permutation(places)[: int(rng.integers(1, most + 1))]]


def _at(text: str, rng: np.random.Generator) -> int:
    return int(rng.integers(len(text)))


def _replace(text: str, at: int, new: str) -> str:
    return text[:at] + new + text[at + 1 :]
