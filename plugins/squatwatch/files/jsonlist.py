"""A list in JSON: an object a line, an array of names or objects, or one object that holds such an array."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from squatwatch.errors import BadList
from squatwatch.files.table import CHANGE_COLUMNS, DOMAIN_COLUMNS, DROPPED, LONGEST_LINE

DEEPEST = 5  # levels below which no list is looked for
FAILED = ("error", "errors", "exception", "fault")  # keys of an answer that explains why there is no list
STATUS = ("status", "statuscode", "code", "httpcode", "result")
FAILURES = frozenset({"error", "fail", "failed", "failure", "unauthorized", "forbidden", "denied", "invalid"})


class Entry(NamedTuple):
    """One name of a JSON list, as received and read."""

    received: bytes
    name: str
    is_dropped: bool = False


def json_entries(lines: Sequence[bytes]) -> list[Entry] | None:
    """Return the names of a list in JSON, None where it is no JSON. A line that is no JSON stays as it is.

    Raises BadList where it is one JSON document without a list of names, or one that reports a failure.
    """
    first = next((line.strip() for line in lines[:50] if line.strip()), b"")
    if first[:1] not in (b"{", b"["):
        return None
    document = _parsed(b"\n".join(lines))
    if isinstance(document, (Mapping, list)):
        return _of_document(document)
    if any(_objects(line) for line in lines[:50]):
        return [entry for line in lines for entry in _of_line(line)]
    return None


def _of_document(document: Mapping[object, object] | list[object]) -> list[Entry]:
    if isinstance(document, Mapping) and _is_failure(document):
        raise BadList("it is an answer in JSON that reports a failure, not a list")
    arrays = list(_arrays(document, is_names=False, depth=0))
    entries = max(arrays, key=lambda array: (array[0], len(array[1])))[1] if arrays else _of_value(document)
    if not entries:
        raise BadList("it is JSON without a list of names: an array of names, or of objects with the key domain")
    return entries


def _arrays(value: object, *, is_names: bool, depth: int) -> Iterator[tuple[bool, list[Entry]]]:
    """Yield the names of each array in a document, and whether its key says that it is of domain names."""
    if isinstance(value, list) and (entries := [entry for item in value for entry in _of_value(item)]):
        yield is_names, entries
    elif isinstance(value, Mapping) and depth < DEEPEST:
        for key, below in value.items():
            yield from _arrays(below, is_names=_plain(key) in DOMAIN_KEYS, depth=depth + 1)


def _is_failure(answer: Mapping[object, object]) -> bool:
    """Tell whether a JSON object explains why there is no list, by its keys or its status."""
    by_key = {_plain(key): value for key, value in answer.items()}
    said = [str(by_key[key]).strip().lower() for key in STATUS if key in by_key]
    if by_key.get("success") is False or by_key.get("ok") is False or any(by_key.get(key) for key in FAILED):
        return True
    if any(word in FAILURES or re.fullmatch("[45][0-9][0-9]", word) for word in said):
        return True
    is_well = by_key.get("success") is True or any(word in ("ok", "success", "200") for word in said)
    return bool(by_key.get("message")) and not is_well


def _of_line(line: bytes) -> list[Entry]:
    entries = [entry for value in _objects(line) for entry in _of_value(value, line)]
    return entries or [Entry(line, line[:LONGEST_LINE].decode("utf-8", "replace"))]


def _objects(line: bytes) -> list[object]:
    """Return the object of a line in a list, empty for anything else."""
    value = _parsed(line.strip().rstrip(b","))
    return [value] if isinstance(value, Mapping) and _names_of(value) else []


def _of_value(value: object, received: bytes | None = None) -> list[Entry]:
    received = json.dumps(value).encode() if received is None else received
    if isinstance(value, str):
        return [Entry(received, value)]
    if isinstance(value, Mapping):
        return [Entry(received, name, _is_dropped(value)) for name in _names_of(value)]
    return []


def _names_of(entry: Mapping[object, object]) -> list[str]:
    if _is_failure(entry):
        return []
    by_key = {_plain(key): value for key, value in entry.items()}
    value = next((by_key[key] for key in DOMAIN_KEYS if key in by_key), None)
    values = value if isinstance(value, list) else [value]
    return [name for name in values if isinstance(name, str)]


def _is_dropped(entry: Mapping[object, object]) -> bool:
    by_key = {_plain(key): value for key, value in entry.items()}
    return any(str(by_key.get(key, "")).strip().lower() in DROPPED for key in CHANGE_COLUMNS)


def _plain(key: object) -> str:
    return str(key).lower().replace("_", "").replace(" ", "").replace("-", "")


DOMAIN_KEYS = tuple(dict.fromkeys(_plain(column) for column in DOMAIN_COLUMNS))


def _parsed(text: bytes) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
