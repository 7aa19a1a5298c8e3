"""Invented domain names that look like a day of registrations: businesses, people, places, shops, numbers, noise.

One function a kind of name; each takes the day's random numbers and the word lists and gives one name.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

from squatwatch.names.idn import to_ascii

WORDS = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))

LETTERS = "abcdefghijklmnopqrstuvwxyz"


@cache
def words(*keys: str) -> list[str]:
    """Return one list: `words("nouns")`, `words("german", "trades")`; `com*3` in it stands for three times com."""
    found = WORDS
    for key in keys:
        found = found[key]
    return [word for entry in found.split() for word in [entry.split("*")[0]] * int(entry.partition("*")[2] or 1)]


def pick(rng: Random, *keys: str) -> str:
    return rng.choice(words(*keys))


def tld(rng: Random, kind: str) -> str:
    return "." + pick(rng, "tlds", kind)


def business(rng: Random) -> str:
    """Return a name like brightharborroofing.com."""
    first = pick(rng, rng.choice(("adjectives", "nouns", "nouns", "surnames")))
    parts = [first, pick(rng, "nouns"), pick(rng, "trades")] if rng.random() < 0.45 else [first, pick(rng, "trades")]
    return join(rng, parts, 0.07) + tld(rng, "business")


def local_trade(rng: Random) -> str:
    """Return a name like tulsaplumbing.com."""
    parts = [pick(rng, "us_places"), pick(rng, "trades")]
    if rng.random() < 0.2:
        parts.insert(rng.randrange(2), rng.choice(("best", "pro", "the", "mobile", "affordable", "elite", "family")))
    elif rng.random() < 0.15:
        parts.reverse()
    return join(rng, parts, 0.06) + tld(rng, "business")


def british(rng: Random) -> str:
    """Return a name like whitbyroofers.co.uk."""
    owner = pick(rng, "uk_places") if rng.random() < 0.6 else pick(rng, "surnames")
    parts = [owner, pick(rng, "uk_trades")]
    if rng.random() < 0.15:
        parts.insert(1, rng.choice(("and-sons", "local", "premier", "direct", "quality")))
    return join(rng, parts, 0.2) + tld(rng, "british")


def person(rng: Random) -> str:
    """Return a name like mariakowalski.com."""
    first, last = pick(rng, "first_names"), pick(rng, "surnames")
    extra = rng.choice(
        ("art", "author", "photography", "music", "design", "writes", "realtor", "homes", "coaching", "md")
    )
    shape = rng.random()
    if shape < 0.55:
        parts = [first, last]
    elif shape < 0.75:
        parts = [first, last, extra]
    elif shape < 0.85:
        parts = [rng.choice(("dr", "coach", "chef", "by", "its", "team")), first, last][: rng.choice((2, 3))]
    else:
        parts = [first, rng.choice(("and", "y", "und", "et")), pick(rng, "first_names")]
        parts.append(rng.choice(("wedding", "2027", "2026", "say-i-do", "getmarried")))
    return join(rng, parts, 0.08) + tld(rng, "generic")


def shop(rng: Random) -> str:
    """Return a name like cozylampstore.com."""
    thing = plural(pick(rng, "things"))
    shape = rng.random()
    if shape < 0.4:
        parts = [pick(rng, "adjectives"), thing]
    elif shape < 0.7:
        parts = [pick(rng, "nouns"), thing]
    else:
        parts = [rng.choice(("the", "my", "get", "shop", "only", "best", "buy")), pick(rng, "adjectives"), thing]
    if rng.random() < 0.35:
        parts.append(
            rng.choice(("store", "shop", "co", "outlet", "deals", "market", "direct", "boutique", "sale", "online"))
        )
    return join(rng, parts, 0.1) + tld(rng, "shop")


def startup(rng: Random) -> str:
    """Return a name like quillstack.io."""
    first = pick(rng, rng.choice(("tech", "nouns", "verbs", "adjectives")))
    second = pick(rng, "tech") if rng.random() < 0.55 else pick(rng, "startup_ends")
    return first + second + tld(rng, "startup")


def site(rng: Random) -> str:
    """Return a name like dailysourdoughblog.com."""
    parts = [pick(rng, "topics"), pick(rng, "topic_ends")]
    if rng.random() < 0.6:
        parts.insert(0, pick(rng, rng.choice(("adjectives", "verbs", "us_places", "nouns"))))
    return join(rng, parts, 0.12) + tld(rng, "generic")


def phrase(rng: Random) -> str:
    """Return a name like learntosail.com."""
    verb, noun = pick(rng, "verbs"), pick(rng, "nouns")
    parts = rng.choice(
        ([verb, "the", noun], [verb, "my", noun], [verb, "with", pick(rng, "first_names")], ["lets", verb, noun])
    )
    if rng.random() < 0.3:
        parts = [*parts, rng.choice(("now", "today", "online", "club", "app", "group"))]
    return join(rng, parts, 0.08) + tld(rng, "generic")


def foreign(language: str) -> Callable[[Random], str]:
    """Return a name like zimmerei-hofmann.de: a trade with a place, a name or an ordinary word of the language."""
    prefixes = {"french": ("le", "la", "les", "chez"), "italian": ("il", "la", "da"), "spanish": ("el", "la", "mi")}
    hyphens = {"german": 0.6, "french": 0.5, "polish": 0.25, "dutch": 0.12}.get(language, 0.08)

    def name(rng: Random) -> str:
        trade = pick(rng, language, "trades")
        shape = rng.random()
        if shape < 0.45:
            parts = [trade, pick(rng, language, "places")]
        elif shape < 0.8:
            parts = [trade, pick(rng, rng.choice(("surnames", "first_names")))]
        else:
            parts = [pick(rng, "first_names"), pick(rng, "surnames"), trade]
        if language in prefixes and rng.random() < 0.12:
            parts.insert(0, rng.choice(prefixes[language]))
        label = join(rng, parts, hyphens)
        ending = pick(rng, language, "tlds")
        keeps_accents = not label.isascii() and ending in ("de", "com", "fr", "at", "ch", "net") and rng.random() < 0.12
        return (to_ascii(label) if keeps_accents else plain(label)) + "." + ending

    return name


def chinese(rng: Random) -> str:
    """Return a name like shenghuowang.cn."""
    label = "".join(pick(rng, "syllables", "pinyin") for _ in range(rng.choice((2, 2, 3, 3, 4))))
    if rng.random() < 0.25:
        label += str(rng.choice((8, 88, 168, 360, 518, 520, 666, 888, 1688)))
    return label + tld(rng, "chinese")


def asian(rng: Random) -> str:
    """Return a name like griyaindah.com."""
    language = rng.choice(("indonesian", "hindi"))
    parts = [pick(rng, "syllables", language) for _ in range(2)]
    if rng.random() < 0.45:
        parts.append(pick(rng, rng.choice(("trades", "surnames", "topic_ends", "things"))))
    return join(rng, parts, 0.06) + tld(rng, language)


def betting(rng: Random) -> str:
    """Return a name like 8832bet.com or vip558.top."""
    number = str(rng.randrange(10, 10 ** rng.choice((2, 3, 4, 4, 5, 6))))
    word = pick(rng, "betting")
    parts = [number, word] if rng.random() < 0.5 else [word, number]
    if rng.random() < 0.25:
        parts.insert(1, rng.choice(LETTERS))
    return "".join(parts) + tld(rng, "noise")


def noise(rng: Random) -> str:
    """Return a name like hgjs7d2.icu or 50723k.com: made by a machine, for a machine."""
    alphabet = rng.choice(
        (LETTERS, LETTERS, LETTERS + "0123456789" * 2, "0123456789", "aeiou" * 3 + "bcdfglmnprstvz" * 2)
    )
    label = "".join(rng.choice(alphabet) for _ in range(rng.randrange(5, 13)))
    if rng.random() < 0.06:
        label = label[:4] + "-" + label[4:]
    return label + tld(rng, "noise")


# how many of a hundred names are of each kind
KINDS: list[tuple[Callable[[Random], str], float]] = [
    (business, 17),
    (local_trade, 7),
    (british, 5),
    (person, 11),
    (shop, 9),
    (startup, 8),
    (site, 6),
    (phrase, 5),
    (foreign("german"), 4),
    (foreign("french"), 3),
    (foreign("spanish"), 4),
    (foreign("portuguese"), 4.5),
    (foreign("italian"), 2.5),
    (foreign("dutch"), 2),
    (foreign("turkish"), 1.5),
    (foreign("polish"), 1.5),
    (chinese, 3),
    (asian, 3),
    (betting, 3),
    (noise, 5),
]


def ordinary(rng: Random) -> str:
    """Return one name of any kind, in the proportions of KINDS."""
    (kind,) = rng.choices([kind for kind, _ in KINDS], [weight for _, weight in KINDS])
    return kind(rng)


def join(rng: Random, parts: list[str], hyphens: float) -> str:
    return ("-" if rng.random() < hyphens else "").join(parts)


def plural(word: str) -> str:
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("ch", "sh", "s", "x")) else "s")


def plain(text: str) -> str:
    """Return the text with accents spelled out as their owners do: ü as ue in German, é as e."""
    spelled = text.translate(str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}))
    return "".join(c for c in unicodedata.normalize("NFKD", spelled) if not unicodedata.combining(c))
