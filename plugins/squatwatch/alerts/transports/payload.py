"""Several documents as one body: a line each; for STIX one bundle with every object once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from squatwatch.alerts.transports.base import Document


class Payload(NamedTuple):
    """The body of a file or object."""

    content: bytes
    content_type: str
    suffix: str  # of a file


def payload(format_name: str, batch: str, documents: Sequence[Document]) -> Payload:
    """Return the body for a file or object. The same documents are the same bytes."""
    if format_name == "stix":
        return Payload(json_of(bundle(batch, documents)), "application/stix+json;version=2.1", ".stix.json")
    lines = b"".join(json_of(document.body) + b"\n" for document in documents)
    return Payload(lines, "application/x-ndjson", f".{format_name}.ndjson")


def bundle(batch: str, documents: Sequence[Document]) -> dict[str, Any]:
    """Return one bundle with each object once.

    Where a name is flagged and revoked in one batch, both versions of its indicator are in it.
    """
    objects = {
        json.dumps(stix_object, sort_keys=True): stix_object
        for document in documents
        for stix_object in document.body["objects"]
    }
    return {
        "type": "bundle",
        "id": f"bundle--{uuid5(NAMESPACE_URL, f'squatwatch:batch:{batch}')}",
        "objects": list(objects.values()),
    }


def json_of(value: object) -> bytes:
    """Return JSON in ASCII, so that nothing in a name turns a log around."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")
