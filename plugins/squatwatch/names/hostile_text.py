"""Hostile text as people are shown it: domains that nobody clicks, characters that cannot be seen as escapes."""

from __future__ import annotations

import re
import unicodedata

from markupsafe import Markup, escape

# scripts that ordinary names of one language mix
ONE_LANGUAGE = ({"CJK", "HIRAGANA", "KATAKANA"}, {"CJK", "HANGUL"}, {"CJK", "BOPOMOFO"})


def visible(text: object) -> str:
    r"""Return the text on one line; marks that turn it around, controls and the like are escapes: `\u202e`."""
    return "".join(character if character.isprintable() else _escape(character) for character in str(text))


def defanged(domain: str) -> str:
    """Return `a.com` as `a[.]com`, of which no program makes a link."""
    return visible(domain).replace(".", "[.]")


def reason_html(reason: str | None) -> Markup:
    """Return a detection's reason as HTML, with what stands between backticks set as code."""
    parts = re.split(r"`([^`]*)`", visible(reason or ""))
    return Markup("").join(
        Markup("<code>{}</code>").format(part) if at % 2 else escape(part) for at, part in enumerate(parts)
    )


def mixed_scripts(domain_unicode: str) -> str:
    """Return `Latin + Cyrillic` where one label mixes scripts that no language mixes, else ""."""
    for label in domain_unicode.split("."):
        scripts = dict.fromkeys(_script(letter) for letter in label if letter.isalpha())
        if len(scripts) > 1 and not any(set(scripts) <= language for language in ONE_LANGUAGE):
            return " + ".join(script.capitalize() for script in scripts)
    return ""


def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").replace("-", " ").split()[0].replace("FULLWIDTH", "LATIN")


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii") if ord(character) != 0x3000 else "\\u3000"
