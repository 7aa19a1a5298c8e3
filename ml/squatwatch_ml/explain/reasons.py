"""The sentence that says why a name resembles a brand: "`rn` for `m` in `microsoft`, plus `login`".

`plus` names keywords (see keywords.py); what stands beside the brand and is no keyword comes `after` or `before`. The
text holds nothing but letters of the name and the brand; characters that a reader could not see are written as escapes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from squatwatch_ml.pair.alignment import EXTRA, LOOKS, MISSING, SWAPPED, Change
from squatwatch_ml.pair.beside import Beside, read_beside
from squatwatch_ml.pair.match import Match, Pair

MOST_CHANGES = 4  # more than these are no help to a reader


def reason(pair: Pair, technique: str, alterations: list[Change]) -> str:
    """Return the sentence for a name.

    `technique` is the word that `explain` found, `alterations` are all the places where the span differs.
    """
    label, brand, match = pair
    if not match.span:
        return f"nothing of {quoted(brand)}"
    if technique == "tld-swap":
        return f"{quoted(label)} unchanged, only the TLD can differ"
    before, after = label[: match.start], label[match.end :]
    written = label[match.start : match.end]
    if (
        technique in ("addition", "insertion", "plural", "repetition")
        and not alterations
        and bool(before) != bool(after)
    ):
        return f"{quoted(before or after)} added at the {'front' if before else 'end'} of {quoted(brand)}"
    subject = _subject(written, brand, match, technique, alterations)
    beside = _phrases(read_beside(before, after, with_levels=technique == "level"))
    if not beside:
        return subject
    return subject + (" " if subject == quoted(written) else ", ") + ", ".join(beside)


def quoted(text: str) -> str:
    """Return the text between backticks; backticks, control, format and other invisible characters as escapes."""
    readable = "".join(
        character if character.isprintable() and character != "`" else f"\\u{ord(character):04x}" for character in text
    )
    if readable and unicodedata.category(readable[0]) in ("Mn", "Me"):  # a mark would sit on the backtick
        readable = f"\\u{ord(readable[0]):04x}{readable[1:]}"
    return f"`{readable}`"


def _subject(written: str, brand: str, match: Match, technique: str, alterations: list[Change]) -> str:
    """Return what became of the brand."""
    if match.is_reorder:
        return f"front of {quoted(brand)} moved to its end ({quoted(written)})"
    if not alterations:
        return _with_something_inside(written, brand)
    if technique == "soundsquat":
        return f"{quoted(written)} sounds like {quoted(brand)}"
    if len(set(alterations)) > MOST_CHANGES:
        scripts = {_script(change) for change in alterations}
        if len(scripts) == 1 and all(scripts) and {change.kind for change in alterations} == {LOOKS}:
            return f"{quoted(brand)} written in {scripts.pop()} letters"
        return f"{quoted(written)} resembles {quoted(brand)}"
    return _changed(alterations, written, brand)


def _with_something_inside(written: str, brand: str) -> str:
    """Return the phrase for the brand's own letters, perhaps with a hyphen or an invisible character between them."""
    if written in (brand, re.sub(r"[\s\-_'.]", "", brand)):
        return quoted(written)
    inside = sorted(set(written) - set(brand))
    what = "a hyphen" if inside in ([], ["-"]) else ", ".join(map(quoted, inside))
    return f"{quoted(brand)} with {what} inside ({quoted(written)})"


def _changed(alterations: list[Change], written: str, brand: str) -> str:
    """Return the changes one by one: what looks alike first, since that is what deceives."""
    alterations = sorted(dict.fromkeys(alterations), key=lambda change: change.kind != LOOKS)
    phrases = ", ".join(_phrase(change, last) for change, last in zip(alterations, [None, *alterations], strict=False))
    if all(change.kind == LOOKS and not change.written.isascii() for change in alterations):
        return f"{quoted(brand)} written with {phrases}"
    place = "from" if alterations[-1].kind == MISSING else "in"
    is_clear = all(change.written and change.meant and change.kind != SWAPPED for change in alterations)
    return f"{phrases} {place} {quoted(brand)}" + ("" if is_clear else f" ({quoted(written)})")


def _phrase(change: Change, last: Change | None) -> str:
    if change.kind == MISSING:
        return f"{quoted(change.meant)} missing"
    if change.kind == EXTRA:
        return f"{quoted(change.written)} {'doubled' if change.is_double else 'added'}"
    if change.kind == SWAPPED:
        return f"{quoted(change.meant[0])} and {quoted(change.meant[1:])} swapped"
    script = _script(change)
    named = f"{script} " if script and not (last and _script(last) == script) else ""
    return f"{named}{quoted(change.written)} for {quoted(change.meant)}"


def _script(change: Change) -> str | None:
    """Return the script of what is written, where it is another than the brand's: Cyrillic, Greek, Latin."""
    written, meant = (_script_of(text) for text in (change.written, change.meant))
    return written if written != meant else None


def _script_of(text: str) -> str | None:
    """Return the first word of the Unicode name of the first letter; None for digits and the like."""
    letter = next((character for character in text if character.isalpha()), None)
    if not letter:
        return None
    name = re.split(r"[ -]", unicodedata.name(letter, ""))[0]
    return name if name == "CJK" else name.title()


def _phrases(beside: Beside) -> list[str]:
    """Return phrases for other text, then keywords, then the ends of host names."""
    phrases = [
        f"{side} {_listed(texts)}" for side, texts in (("after", beside.front), ("before", beside.back)) if texts
    ]
    if beside.keywords:
        phrases.append(f"plus {_listed(beside.keywords)}")
    if beside.levels:
        phrases.append(f"beside {_listed(beside.levels)} as in a host name")
    return phrases


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(map(quoted, dict.fromkeys(texts)))
