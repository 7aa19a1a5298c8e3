"""Skeletons, what names look like: look-alike characters of all scripts, digits and letter pairs in one plain form.

Two strings that a hurried reader could take for each other have the same skeleton, or nearly so. The idea and the
character data are Unicode's (UTS 39, section 4, read through the `confusable-homoglyphs` package); digits and
letter pairs are ours. Both the name and the brand are folded, so it does not matter that `l` stands for `i` as well.
"""

from __future__ import annotations

import json
import string
import unicodedata
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

PLAIN = frozenset(string.ascii_lowercase + "-")

# i, l and 1 are one letter to a hurried reader; 2 and 6 look like z and b
LOOK_LIKE_ASCII = {"0": "o", "1": "l", "2": "z", "3": "e", "4": "a", "5": "s", "6": "b", "7": "t", "8": "b", "9": "g"}
LOOK_LIKE_ASCII |= {"i": "l", "|": "l", "!": "l", "$": "s", "@": "a", "_": "-"}

# `cl` for `d` is not among them: of 16,325 real squats none needs it, and it breaks `cicloud` and `interac1`
LETTER_PAIRS = (("rn", "m"), ("vv", "w"))

# letters used to imitate Latin ones that Unicode's data does not tie to them, by shape
LOOK_LIKE_OTHER = {
    pair[0]: pair[1]
    for line in (
        "αa βb γy δd εe ζz ηn ιi κk λl μu νn ξe οo ρp σo ςc τt υu χx ωw",
        "бb вb гr дd зe иu кk лn мm нh пn тt уy цu чy шw щw ъb ыb ьb эe юo яr",
        "đd ðd ħh łl øo ßb þp ƿp əe ɑa ɡg ŋn ƒf",
        "ᴀa ʙb ᴄc ᴅd ᴇe ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz",
    )
    for pair in line.split()
}

_ASCII = {ord(upper): upper.lower() for upper in string.ascii_uppercase} | {
    ord(written): look for written, look in LOOK_LIKE_ASCII.items()
}
_ASCII |= {ord("I"): "l"}


class _Fold(dict[int, str]):
    """A table for str.translate that works a character out the first time it is met."""

    def __missing__(self, codepoint: int) -> str:
        folded = self[codepoint] = _fold_character(chr(codepoint))
        return folded


_FOLD = _Fold(_ASCII)


def fold(text: str) -> str:
    """Return `text` with each character replaced by the plain letters it looks like; hyphens stay, letter pairs too.

    A character that looks like no Latin letter stays as it is. Marks and invisible characters go.
    """
    return text.translate(_ASCII if text.isascii() else _FOLD)


def skeleton(text: str) -> str:
    """Return `fold(text)` with `rn` read as `m` and `vv` as `w`: equal for texts that a reader may confuse."""
    return contract(fold(text))


def skeletons(texts: Sequence[str]) -> list[str]:
    """Return the skeleton of each of many texts; those in ASCII are folded as one text of lines."""
    lines = [text for text in texts if text.isascii()]
    folded = skeleton("\n".join(lines)).split("\n") if lines else []
    if len(folded) != len(lines):  # there are line breaks in them
        return [skeleton(text) for text in texts]
    of_lines = iter(folded)
    return [next(of_lines) if text.isascii() else skeleton(text) for text in texts]


def joined_skeleton(text: str) -> str:
    """Return the skeleton of a name without its hyphens."""
    return skeleton(text).replace("-", "")


def contract(folded: str) -> str:
    """Return a folded text with `rn` read as `m` and `vv` as `w`."""
    for pair, letter in LETTER_PAIRS:
        folded = folded.replace(pair, letter)
    return folded


def without_marks(label: str) -> str:
    """Return the label, each character that is not ASCII as the plain letter that it looks like, `?` for none."""
    if label.isascii():
        return label
    return "".join(character if character.isascii() else fold(character)[:1] or "?" for character in label)


def _fold_character(character: str) -> str:
    if character.isascii():
        return character
    lower = character.lower()
    bases = lower if lower in LOOK_LIKE_OTHER or lower in _confusables() else unicodedata.normalize("NFKD", lower)
    folded = "".join(_fold_base(base) for base in bases).translate(_ASCII)
    return folded if not folded or folded.isascii() else lower


def _fold_base(character: str) -> str:
    """Return one character without its marks: `ł` to `l`, `ø` to `o`, Cyrillic `а` to `a`; unknown ones stay."""
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return ""
    return LOOK_LIKE_OTHER.get(character) or _confusables().get(character, character)


@cache
def _confusables() -> dict[str, str]:
    """Return the Latin letters that each non-ASCII character of Unicode's confusables can be taken for."""
    data = json.loads(files("confusable_homoglyphs").joinpath("confusables.json").read_text("utf-8"))
    looks = {}
    for character, others in data.items():
        if len(character) == 1 and not character.isascii():
            plain = [_plain(other["c"]) for other in others]
            plain = [letters for letters in plain if letters]
            if plain:
                looks[character] = min(plain, key=lambda letters: (len(letters), letters))
    return looks


def _plain(text: str) -> str:
    """Return `text` as lower-case ASCII letters, marks dropped; empty where something else remains."""
    decomposed = unicodedata.normalize("NFKD", text.lower())
    folded = "".join(c for c in decomposed if unicodedata.category(c) not in ("Mn", "Me", "Cf")).translate(_ASCII)
    return folded if folded and set(folded) <= PLAIN else ""
