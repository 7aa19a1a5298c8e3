"""Internationalised names: U-labels to A-labels and back, and whether IDNA 2008 would have allowed them.

Registries have sold names that IDNA 2008 refuses (emoji, `ab--c`), so refusal is a flag here,
never a reason to drop a name.
"""

from __future__ import annotations

import idna

from squatwatch.names.suffixes import LONGEST_LABEL


def to_ascii(name: str) -> str | None:
    """Return the name as A-labels, lower case; None where it cannot be written so (controls, over-long labels)."""
    try:
        return idna.encode(name, uts46=True, transitional=False).decode("ascii").lower()
    except idna.IDNAError:
        return _to_ascii_unchecked(name)


def to_unicode(name: str) -> str:
    """Return the name with every A-label decoded; a label that is no punycode stays as it is."""
    return ".".join(_decode_label(label) for label in name.split("."))


def is_valid(name: str) -> bool:
    """Tell whether IDNA 2008 accepts every label of a name made of A-labels and LDH labels."""
    try:
        idna.encode(to_unicode(name), strict=False)
    except idna.IDNAError:
        return False
    # an A-label that decodes to something else's spelling (xn--a-0 for ASCII) does not survive the way back
    return all(_round_trips(label) for label in name.split(".") if label.startswith("xn--"))


def _to_ascii_unchecked(name: str) -> str | None:
    """Return the name in Punycode without the registry's rules, for well-formed names that `idna` refuses."""
    try:
        labels = [_encode_label(label) for label in name.lower().split(".")]
    except UnicodeError:
        return None
    return ".".join(labels) if all(len(label) <= LONGEST_LABEL for label in labels) else None


def _encode_label(label: str) -> str:
    if label.isascii():
        return label
    if not label.isprintable() or any(character.isspace() for character in label):
        raise UnicodeError("white space and control characters make no label")
    return "xn--" + label.encode("punycode").decode("ascii")


def _decode_label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        decoded = label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, OverflowError, ValueError):
        return label
    return decoded if decoded and decoded.isprintable() else label


def _round_trips(label: str) -> bool:
    try:
        return idna.alabel(idna.ulabel(label)).decode("ascii") == label
    except idna.IDNAError:
        return False
