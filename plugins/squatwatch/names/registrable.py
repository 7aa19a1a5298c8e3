"""The registrable domain of a name that a person wrote."""

from __future__ import annotations

import re

from squatwatch.names import idn
from squatwatch.names.suffixes import registry_suffixes, suffix_list

DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]+")


class NotADomain(ValueError):
    """A name is not a domain; the message says why, in words that fit behind the name."""


def a_labels(name: str) -> str:
    """Return the name in lower-case A-labels. Raises NotADomain for whatever is not a name in the public DNS."""
    ascii_name = idn.to_ascii(name.strip().lower().removesuffix("."))
    if ascii_name is None or "." not in ascii_name or not DOMAIN.fullmatch(ascii_name):
        raise NotADomain("is not a domain; write it as example.com, without https:// and path")
    if suffix_list().publicsuffix(ascii_name) is None:
        raise NotADomain("is not a domain: its top-level domain does not exist")
    return ascii_name


def registrable(name: str) -> str:
    """Return the part of a name that somebody can register: `www.amazon.co.uk` is `amazon.co.uk`.

    A private suffix itself (`myshopify.com`) is its owner's domain, though names below it are other people's.
    Raises NotADomain, also for the suffix of a registry (`co.uk`).
    """
    domain = a_labels(name)
    if registry_suffixes().publicsuffix(domain) == domain:
        raise NotADomain("is a public suffix: anybody can register names below it")
    return suffix_list().privatesuffix(domain) or domain
