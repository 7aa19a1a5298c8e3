"""Labels from CSV files: verdicts that were made elsewhere, of which each must be able to count."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path

import polars as pl

from squatwatch.errors import SquatwatchError
from squatwatch.files.csvfile import CsvRow, WrongRow, read_csv, read_rows, shown
from squatwatch.files.decorated import bare_name
from squatwatch.labels.label import Label
from squatwatch.labels.verdicts import VERDICTS, Verdict
from squatwatch.lake.ids import detection_id
from squatwatch.lists.brands import normal_brand
from squatwatch.names.registrable import NotADomain, a_labels, registrable

COLUMNS = ("domain", "brand", "verdict")
ELSEWHERE = {"use": Verdict.NOT_SQUAT, "other": Verdict.NOT_SQUAT}  # words of other lists, kept as the note
TITLES = {verdict.words.lower(): verdict for verdict in Verdict}  # what the page calls them
WHAT = "labels file"


def read_label_file(path: Path, user_name: str, brands: pl.DataFrame) -> list[Label]:
    """Return one label a row of columns domain, brand, verdict and, if there is one, note.

    `brands` are the brands in force, as `read_brands` returns them. `www.` before a domain is left out. Raises
    SquatwatchError naming the file, and line and value of every row that is no label or could never count: of a brand
    that is not watched, of a name that nobody registers, against a domain that the brand owns, or against a row above.
    """
    owned = set(brands.select("brand", "brand_domain").iter_rows())
    rows = read_csv(path, COLUMNS, WHAT, optional=("note",))
    said: dict[str, tuple[int, Verdict]] = {}  # in the rows above, by detection

    def read(row: CsvRow) -> Label:
        label, verdict = _label(row, user_name, owned), _verdict(row)
        line, above = said.setdefault(label.detection_id, (row.line_number, verdict))
        if above is not verdict:
            raise WrongRow(
                f"{label.domain} of {label.brand} is {verdict} here and {above} in line {line}; keep one row"
            )
        return label

    return read_rows(path, WHAT, rows, read)


def _label(row: CsvRow, user_name: str, owned: set[tuple[str, str]]) -> Label:
    verdict, brand, domain = _verdict(row), _brand(row, {brand for brand, _ in owned}), _domain(row)
    if (brand, domain) in owned and not verdict.is_false_alarm:
        raise WrongRow(f"{shown(row.values['domain'])} belongs to {brand}: it never becomes a detection")
    note = row.values["note"] or (row.values["verdict"].lower() if row.values["verdict"].lower() in ELSEWHERE else "")
    try:
        return Label(detection_id(brand, domain), domain, brand, verdict, user_name, note)
    except SquatwatchError as error:
        raise WrongRow(str(error)) from None


def _verdict(row: CsvRow) -> Verdict:
    written = " ".join(row.values["verdict"].lower().split())
    known = {**VERDICTS, **ELSEWHERE}
    if written not in known | TITLES:
        raise WrongRow(f"the verdict {shown(row.values['verdict'])} is none of {', '.join(known)}")
    return (known | TITLES)[written]


def _brand(row: CsvRow, brands: set[str]) -> str:
    brand = normal_brand(row.values["brand"])
    if brand not in brands:
        nearest = get_close_matches(brand, sorted(brands), 1)
        perhaps = f"; did you mean {nearest[0]}?" if nearest else ""
        raise WrongRow(f"the brand {shown(row.values['brand'])} is not in the brands file{perhaps}")
    return brand


def _domain(row: CsvRow) -> str:
    """Return the domain that somebody registered; a name below one is only taken where `www.` is all that is below."""
    written = row.values["domain"]
    try:
        name = a_labels(bare_name(written))
        domain = registrable(name)
    except NotADomain as problem:
        raise WrongRow(f"{shown(written)} {problem}") from None
    if name.removeprefix("www.") != domain and name != domain:
        raise WrongRow(f"{shown(written)} lies below {domain}, and only that is ever registered")
    return domain
