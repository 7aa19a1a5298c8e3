"""The brands to watch: `brands.csv`, one row per brand and domain that it owns, and their alarm budgets."""

from __future__ import annotations

import unicodedata
from math import inf
from pathlib import Path

import polars as pl

from squatwatch.errors import SquatwatchError
from squatwatch.files.csvfile import Row, complaint, read_csv, shown
from squatwatch.names.registrable import NotADomain, registrable
from squatwatch.names.suffixes import LONGEST_LABEL, suffix_list

COLUMNS = ("brand", "brand_domain")
ALARM_BUDGET = "alarm_budget"
WHAT = "brands file"

# many brands have a top-level domain of their own (.google, .dhl), so being one does not rule a brand out;
# these belong to nobody in particular
OPEN_TLDS = frozenset({"arpa", "biz", "com", "edu", "gov", "info", "int", "mil", "name", "net", "org", "pro"})


def read_brands(path: Path) -> pl.DataFrame:
    """Columns `brand` (lower case) and `brand_domain` (registrable, A-labels), sorted, without duplicates.

    A domain may belong to several brands (allianz and allianztrade). Raises SquatwatchError naming file, line and
    value for anything that is no brand or no domain of its own, and for an alarm budget that is none.
    """
    read = read_csv(path, COLUMNS, WHAT, optional=[ALARM_BUDGET])
    rows = [(row.line_number, *_read_row(path, row)) for row in read]
    _budgets(path, read)
    if not rows:
        raise SquatwatchError(f"the {WHAT} {path} has no brands below its header")
    pairs = sorted({(brand, domain) for _, brand, domain in rows})
    for line_number, brand, _ in rows:
        if _is_only_a_tld(brand, pairs):
            problem = f"the brand {shown(brand)} is a top-level domain, and no brand_domain of it carries its name"
            raise complaint(path, WHAT, line_number, problem)
    return pl.DataFrame(pairs, schema={"brand": pl.String, "brand_domain": pl.String}, orient="row")


def read_budgets(path: Path, default: float) -> dict[str, float]:
    """Each brand's alarm budget in names a day: the one in its rows, or the default where they have none.

    Raises SquatwatchError for one that is not a number above 0, and for a brand with two.
    """
    rows = read_csv(path, COLUMNS, WHAT, optional=[ALARM_BUDGET])
    given = _budgets(path, rows)
    return {brand: given.get(brand, default) for brand in sorted({_brand_of(row) for row in rows})}


def _budgets(path: Path, rows: list[Row]) -> dict[str, float]:
    """Of the brands that have one; it may stand in one of a brand's rows or in all."""
    given: dict[str, float] = {}
    for row in rows:
        if not (written := row.values[ALARM_BUDGET]):
            continue
        budget = _budget(written)
        if budget is None:
            problem = f"the alarm_budget {shown(written)} is not a number above 0, of names a day; empty is the default"
            raise complaint(path, WHAT, row.line_number, problem)
        brand = _brand_of(row)
        if given.setdefault(brand, budget) != budget:
            problem = f"the brand {shown(brand)} has the alarm_budget {budget:g} here and {given[brand]:g} above"
            raise complaint(path, WHAT, row.line_number, problem)
    return given


def _budget(written: str) -> float | None:
    try:
        budget = float(written)
    except ValueError:
        return None
    return budget if 0 < budget < inf else None


def _brand_of(row: Row) -> str:
    return unicodedata.normalize("NFC", row.values["brand"]).lower()


def _read_row(path: Path, row: Row) -> tuple[str, str]:
    written = row.values["brand_domain"]
    problem = _problem(_brand_of(row))
    if problem:
        raise complaint(path, WHAT, row.line_number, f"the brand {shown(row.values['brand'])} {problem}")
    try:
        return _brand_of(row), registrable(written)
    except NotADomain as no_domain:
        raise complaint(path, WHAT, row.line_number, f"the brand_domain {shown(written)} {no_domain}") from None


def _problem(brand: str) -> str | None:
    letters = [character for character in brand if unicodedata.category(character)[0] in "LMN"]
    if not letters:
        return "has no letters"
    if brand in OPEN_TLDS or ("." in brand and suffix_list().publicsuffix(brand) == brand):
        return "is a public suffix: every name below it would resemble it"
    if len(letters) + brand.count("-") < len(brand):
        return "has something other than letters, digits and hyphens; write it as it stands in a domain"
    if len(letters) == 1:
        return "has one letter: half of all names would resemble it"
    if len(brand) > LONGEST_LABEL:
        return f"has more than {LONGEST_LABEL} characters, which no domain can hold"
    return None


def _is_only_a_tld(brand: str, pairs: list[tuple[str, str]]) -> bool:
    named = any(owner == brand and _carries_name(domain, brand) for owner, domain in pairs)
    return not named and suffix_list().publicsuffix(brand) == brand


def _carries_name(domain: str, brand: str) -> bool:
    """nissan-global.com for nissan, e.leclerc for leclerc; of two letters, as countries have, the whole label."""
    labels = domain.split(".")
    return labels[0] == brand or (len(brand) > 2 and (labels[0].startswith(brand) or labels[-1] == brand))
