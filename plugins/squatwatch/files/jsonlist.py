"""A list in JSON: an object a line, an array of names or objects, or one object that holds such an array."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from squatwatch.files.table import CHANGE_COLUMNS, DROPPED, LONGEST_LINE

DOMAIN_KEYS = ("domain", "domainname", "domains", "fqdn")
FAILED = ("error", "errors", "message")  # an answer that explains why there is no list


class Entry(NamedTuple):
    """One name of a JSON list, as received and read."""

    received: bytes
    name: str
    is_dropped: bool = False


def json_entries(lines: Sequence[bytes]) -> list[Entry] | None:
    """Return the names of a list in JSON, None where it is no such list. A line that is no JSON stays as it is."""
    first = next((line.strip() for line in lines[:50] if line.strip()), b"")
    if first[:1] not in (b"{", b"["):
        return None
    if _objects(first):
        return [entry for line in lines for entry in _of_line(line)]
    document = _parsed(b"\n".join(lines))
    values = _longest_array(document) if isinstance(document, Mapping) else document
    entries = [entry for value in values for entry in _of_value(value)] if isinstance(values, list) else []
    return entries or None


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
    by_key = {_plain(key): value for key, value in entry.items()}
    if any(key in by_key for key in FAILED):
        return []
    value = next((by_key[key] for key in DOMAIN_KEYS if key in by_key), None)
    values = value if isinstance(value, list) else [value]
    return [name for name in values if isinstance(name, str)]


def _is_dropped(entry: Mapping[object, object]) -> bool:
    by_key = {_plain(key): value for key, value in entry.items()}
    return any(str(by_key.get(key, "")).strip().lower() in DROPPED for key in CHANGE_COLUMNS)


def _longest_array(document: Mapping[object, object]) -> object:
    arrays = [value for value in document.values() if isinstance(value, list)]
    return max(arrays, key=len, default=None)


def _plain(key: object) -> str:
    return str(key).lower().replace("_", "").replace(" ", "").replace("-", "")


def _parsed(text: bytes) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
