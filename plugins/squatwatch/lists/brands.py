"""The brands to watch: `brands.csv`, one row per brand and domain that it owns.

A brand may have an alarm budget, a model of its own, and a text about what it does; each is that of all its rows.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from math import inf
from pathlib import Path
from typing import NamedTuple

import polars as pl

from squatwatch.errors import SquatwatchError
from squatwatch.files.csvfile import CsvRow, WrongRow, complaint, layout, read_csv, read_rows, shown
from squatwatch.files.decorated import bare_name
from squatwatch.files.state import State, state_of
from squatwatch.names import idn
from squatwatch.names.registrable import NotADomain, registrable
from squatwatch.names.suffixes import LONGEST_LABEL, suffix_fingerprint, suffix_list

COLUMNS = ("brand", "brand_domain")
ALARM_BUDGET = "alarm_budget"
MODEL = "model"
ABOUT = "about"
OPTIONAL = (ALARM_BUDGET, MODEL, ABOUT)
LONGEST_ABOUT = 200  # characters
MODEL_NAME = re.compile(r"(?!bilstm-)[a-z0-9][a-z0-9-]{0,62}")  # a version is no name
WHAT = "brands file"
ROW_OF_ITS_OWN = "each domain of a brand needs a row of its own"
DECIMAL_COMMA = re.compile(r"^(\d+),(\d{1,2})$")
THOUSAND_OR_ONE = re.compile(r"^[1-9]\d{0,2}[.,]\d{3}$")

# many brands have a top-level domain of their own (.google, .dhl), so being one does not rule a brand out;
# these belong to nobody in particular
OPEN_TLDS = frozenset({"arpa", "biz", "com", "edu", "gov", "info", "int", "mil", "name", "net", "org", "pro"})


class _BrandRow(NamedTuple):
    line_number: int
    brand: str
    brand_domain: str
    alarm_budget: float | None
    model: str
    about: str


def read_brands(path: Path) -> pl.DataFrame:
    """Return the columns `brand` (lower case) and `brand_domain` (registrable, A-labels), sorted, without duplicates.

    A domain may belong to several brands (allianz and allianztrade). Raises SquatwatchError naming the file, and line
    and value of everything that is no brand, no domain of its own, or no alarm budget.
    """
    rows = _read(path)
    if not rows:
        raise SquatwatchError(f"the {WHAT} {path} has no brands below its header")
    pairs = sorted({(row.brand, row.brand_domain) for row in rows})
    return pl.DataFrame(pairs, schema={"brand": pl.String, "brand_domain": pl.String}, orient="row")


def read_budgets(path: Path, default: float) -> dict[str, float]:
    """Return each brand's alarm budget in names a day: the one in its rows, or the default where they have none.

    Raises what `read_brands` raises.
    """
    rows = _read(path)
    given = {row.brand: row.alarm_budget for row in rows if row.alarm_budget is not None}
    return {brand: given.get(brand, default) for brand in sorted({row.brand for row in rows})}


def read_models(path: Path) -> dict[str, str]:
    """Return by brand the name of the model that scores it, for the brands whose rows name one.

    Raises what `read_brands` raises.
    """
    return {row.brand: row.model for row in _read(path) if row.model}


def read_abouts(path: Path) -> dict[str, str]:
    """Return by brand what it does, in a few words, for the brands whose rows say it.

    Raises what `read_brands` raises.
    """
    return {row.brand: row.about for row in _read(path) if row.about}


def normal_brand(written: str) -> str:
    """Return a brand as tables have it: NFKC, lower case, the Turkish capital İ as i (not i with a dot above).

    An A-label (`xn--mller-kva`) is decoded (`müller`); one that is no Punycode stays as it is.
    """
    return _folded(idn.to_unicode(_folded(written)))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower().replace("i\u0307", "i")


def _read(path: Path) -> tuple[_BrandRow, ...]:
    """Return the rows of the file, which is read anew where it, or the suffix list in use, is another."""
    return _read_as_it_is(path, state_of(path), suffix_fingerprint())


@lru_cache(maxsize=8)
def _read_as_it_is(path: Path, _state: State | None, _suffixes: str) -> tuple[_BrandRow, ...]:
    rows = read_csv(path, COLUMNS, WHAT, optional=OPTIONAL)
    unnamed = _unnamed_cells(path)
    owned = _domains_by_brand(rows)
    budgets: dict[str, float] = {}  # of the rows above
    models: dict[str, str] = {}
    abouts: dict[str, str] = {}

    def read(row: CsvRow) -> _BrandRow:
        if cell := unnamed.get(row.line_number):
            raise WrongRow(f"{shown(cell)} is in no column that the header names; {ROW_OF_ITS_OWN}")
        brand = normal_brand(row.values["brand"])
        if problem := brand_problem(brand):
            raise WrongRow(f"the brand {shown(row.values['brand'])} {problem}")
        domain = _brand_domain(row.values["brand_domain"])
        if suffix_list().publicsuffix(brand) == brand and not any(_carries_name(name, brand) for name in owned[brand]):
            raise WrongRow(
                f"the brand {shown(brand)} is a top-level domain, and no brand_domain of it carries its name"
            )
        budget = _budget(row.values[ALARM_BUDGET])
        if budget is not None and budgets.setdefault(brand, budget) != budget:
            raise WrongRow(
                f"the brand {shown(brand)} has the alarm_budget {budget:g} here and {budgets[brand]:g} above"
            )
        model = _model(row.values[MODEL])
        if model and models.setdefault(brand, model) != model:
            raise WrongRow(f"the brand {shown(brand)} has the model {model} here and {models[brand]} above")
        about = row.values[ABOUT]
        if len(about.splitlines()) > 1:
            raise WrongRow(f"the about of {shown(brand)} has several lines; was a quote left open?")
        if len(about) > LONGEST_ABOUT:
            raise WrongRow(f"the about of {shown(brand)} has {len(about)} characters, of {LONGEST_ABOUT} at most")
        if about and abouts.setdefault(brand, about) != about:
            raise WrongRow(f"the brand {shown(brand)} has one about here and another one above")
        return _BrandRow(row.line_number, brand, domain, budget, model, about)

    return tuple(read_rows(path, WHAT, rows, read))


def _unnamed_cells(path: Path) -> dict[int, str]:
    """Return by line the first text that stands in no named column: nobody would read it.

    Raises SquatwatchError where the header names a column twice.
    """
    _, lines, at, delimiter = layout(path, COLUMNS, WHAT)
    reader = csv.reader(lines[at:], delimiter=delimiter)
    header = [cell.strip().lower() for cell in next(reader)]
    for name in (*COLUMNS, *OPTIONAL):
        if header.count(name) > 1:
            raise complaint(path, WHAT, at + 1, f"the header has the column {name} twice; {ROW_OF_ITS_OWN}")
    named = {position for position, name in enumerate(header) if name}
    found = {}
    for cells in reader:
        if texts := [text.strip() for position, text in enumerate(cells) if text.strip() and position not in named]:
            found[at + reader.line_num] = texts[0]
    return found


def _domains_by_brand(rows: Iterable[CsvRow]) -> dict[str, set[str]]:
    """Return the domains of each brand; what is none is left out, and complained about elsewhere."""
    owned: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        with suppress(WrongRow):
            owned[normal_brand(row.values["brand"])].add(_brand_domain(row.values["brand_domain"]))
    return owned


def _brand_domain(written: str) -> str:
    try:
        return registrable(bare_name(written))
    except NotADomain as problem:
        raise WrongRow(f"the brand_domain {shown(written)} {problem}") from None


def _budget(written: str) -> float | None:
    """Return a budget, None for an empty cell. Many spreadsheets write 0,5; 1,000 and 1.000 may be a thousand."""
    if not written:
        return None
    if THOUSAND_OR_ONE.fullmatch(written):
        raise WrongRow(
            f"the alarm_budget {shown(written)} is a thousandfold in some countries; write it with neither dot nor "
            "comma, or with one or two digits behind it"
        )
    try:
        budget = float(DECIMAL_COMMA.sub(r"\1.\2", written))
    except ValueError:
        budget = 0
    if not 0 < budget < inf:
        raise WrongRow(
            f"the alarm_budget {shown(written)} is not a number above 0, of names a day; empty is the default"
        )
    return budget


def _model(written: str) -> str:
    """Return the name of a model, "" for an empty cell."""
    if written and not MODEL_NAME.fullmatch(written):
        raise WrongRow(f"the model {shown(written)} is no name of one; squatwatch models lists them")
    return written


def brand_problem(brand: str) -> str | None:
    """Return why a normal brand cannot be looked for, in words that fit behind it; None where it can."""
    letters = [character for character in brand if unicodedata.category(character)[0] in "LMN"]
    if not letters:
        return "has no letters"
    if brand in OPEN_TLDS or ("." in brand and suffix_list().publicsuffix(brand) == brand):
        return "is a public suffix: every name below it would resemble it"
    if brand.startswith("xn--"):
        return "begins with xn-- and cannot be decoded; write the brand in its own letters"
    if len(letters) + brand.count("-") < len(brand):
        return "has something other than letters, digits and hyphens; write it as it stands in a domain"
    if len(letters) == 1:
        return "has one letter: half of all names would resemble it"
    if len(brand) > LONGEST_LABEL:
        return f"has more than {LONGEST_LABEL} characters, which no domain can hold"
    return None


def _carries_name(domain: str, brand: str) -> bool:
    """Tell whether a domain has the brand's name: nissan-global.com has nissan, e.leclerc has leclerc.

    Of two letters, as countries have, the whole label has to be the brand.
    """
    labels = domain.split(".")
    return labels[0] == brand or (len(brand) > 2 and (labels[0].startswith(brand) or labels[-1] == brand))
