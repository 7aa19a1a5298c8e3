"""Bodies of requests and answers: CSV, JSON, and JSON lines.

A request has names, or pairs of name and brand:

    text/csv               paypal-login.com            or  paypal-login.com,paypal     a line each, no header
    application/json       {"names": ["paypal-login.com"]}  or  {"pairs": [["paypal-login.com", "paypal"]]}
    application/jsonlines  {"name": "paypal-login.com", "brand": "paypal"}             a line each, brand optional

An object may have a `label` (`paypal-login`, in Unicode) in the place of the name: what the pipeline has cut already.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

from squatwatch.serve.http.answers import NotServed, of_another_type, too_large, wrong
from squatwatch.serve.inference.answered import COLUMNS, Answered
from squatwatch.serve.inference.asked import Asked

LONGEST = 1_000  # characters of a name: a domain has 253
LONGEST_BRAND = 100  # a label has 63


def read_body(body: bytes, content_type: str, most: int) -> list[Asked]:
    """Return what a request asks about, in its order.

    Raises NotServed for another content type, what cannot be read, more than `most` names, and none.
    """
    kind = content_type.split(";")[0].strip().lower()
    read = READERS.get(kind)
    if read is None:
        known = ", ".join(sorted(READERS))
        raise of_another_type(f"the content type {kind[:100]!r} is none of: {known}")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise wrong(f"the body is no UTF-8, from byte {error.start} on") from None
    asked = read(text, most)
    if not asked:
        raise wrong("the body has no names")
    return asked


def answer_type(accept: str, content_type: str) -> str:
    """Return the content type of the answer: the first known one of the header Accept, else that of the request.

    Raises NotServed where Accept names only others.
    """
    wanted = [kind.split(";")[0].strip().lower() for kind in accept.split(",") if kind.strip()]
    for kind in wanted or ["*/*"]:
        if kind in WRITERS:
            return kind
        if kind in ("*/*", "application/*"):
            return content_type.split(";")[0].strip().lower()
    raise NotServed(406, "ValidationError", f"none of {accept[:200]!r} is one of: {', '.join(sorted(WRITERS))}")


def write_body(answered: Sequence[Answered], model_version: str, kind: str) -> bytes:
    """Return the body of an answer."""
    return WRITERS[kind](answered, model_version).encode()


def _of_csv(text: str, most: int) -> list[Asked]:
    asked: list[Asked] = []
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), strict=True):
            if any(map(str.strip, cells)):
                if len(cells) > 2:
                    raise wrong(f"line {len(asked) + 1} has {len(cells)} cells: name, or name and brand")
                asked.append(_asked(*cells))
                _demand_few(len(asked), most)
    except csv.Error as error:
        raise wrong(f"line {len(asked) + 1} is no CSV: {error}") from None
    return asked


def _of_json(text: str, most: int) -> list[Asked]:
    document = _loaded(text, "the body")
    if isinstance(document, dict) and len(document) == 1:
        [(key, entries)] = document.items()
        if key in ("names", "pairs", "instances") and isinstance(entries, list):
            _demand_few(len(entries), most)
            return [_of_entry(entry, f"{key}[{at}]") for at, entry in enumerate(entries)]
    raise wrong('the body is none of {"names": […]}, {"pairs": [[name, brand], …]}')


def _of_json_lines(text: str, most: int) -> list[Asked]:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    _demand_few(len(lines), most)
    return [_of_entry(_loaded(line, f"line {number}"), f"line {number}") for number, line in lines]


def _of_entry(entry: Any, where: str) -> Asked:
    """Return a name, a list of name and brand, or an object with the two; it may have a label for the name."""
    is_label = isinstance(entry, dict) and "label" in entry
    key = "label" if is_label else "name"
    if isinstance(entry, dict) and key in entry and not entry.keys() - {key, "brand"}:
        entry = [entry[key], *([entry["brand"]] if entry.get("brand") is not None else [])]
    cells = [entry] if isinstance(entry, str) else entry
    if not isinstance(cells, list) or not 1 <= len(cells) <= 2 or not all(isinstance(cell, str) for cell in cells):
        raise wrong(f"{where} is neither a name nor a name and a brand")
    return _asked(*cells)._replace(is_label=is_label)


def _asked(name: str, brand: str | None = None) -> Asked:
    if len(name) > LONGEST or len(brand or "") > LONGEST_BRAND:
        raise wrong(f"a name has more than {LONGEST} characters, or a brand more than {LONGEST_BRAND}")
    if any(map(_is_half_a_character, name + (brand or ""))):
        raise wrong("a name or a brand has half a character (a lone surrogate)")
    return Asked(name, brand.strip() or None if brand is not None else None)


def _is_half_a_character(character: str) -> bool:
    return "\ud800" <= character <= "\udfff"


def _loaded(text: str, what: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise wrong(f"{what} is no JSON: {error}") from None


def _demand_few(count: int, most: int) -> None:
    if count > most:
        raise too_large(f"the request has more than {most:,} names; send them in several")


def _csv_of(answered: Sequence[Answered], model_version: str) -> str:
    """Return a line per answer, without a header, as batch transform puts parts one behind the other."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    writer.writerows([getattr(row, column) for column in COLUMNS] for row in answered)
    return lines.getvalue()


def _json_of(answered: Sequence[Answered], model_version: str) -> str:
    predictions = [_object_of(row) for row in answered]
    return json.dumps({"model_version": model_version, "predictions": predictions}, allow_nan=False)


def _json_lines_of(answered: Sequence[Answered], model_version: str) -> str:
    return "".join(
        json.dumps(_object_of(row) | {"model_version": model_version}, allow_nan=False) + "\n" for row in answered
    )


def _object_of(row: Answered) -> dict[str, Any]:
    return {field.name: value for field in fields(row) if (value := getattr(row, field.name)) is not None}


READERS: dict[str, Callable[[str, int], list[Asked]]] = {
    "text/csv": _of_csv,
    "application/json": _of_json,
    "application/jsonlines": _of_json_lines,
}
WITH_COMPONENTS = ("application/json", "application/jsonlines")  # CSV has no columns for them
WRITERS: dict[str, Callable[[Sequence[Answered], str], str]] = {
    "text/csv": _csv_of,
    "application/json": _json_of,
    "application/jsonlines": _json_lines_of,
}
