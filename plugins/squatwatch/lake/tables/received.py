"""The tables of lists as received and as normalised."""

from __future__ import annotations

import polars as pl

from squatwatch.lake.tables.table import UTC_TIME, Column, Table
from squatwatch.names.suffixes import LONGEST_LABEL, LONGEST_NAME

DOWNLOADS = Table(
    "downloads",
    "The ledger of lists as received. One row per run_date and source.",
    {
        "source": Column(
            pl.String, "Name of the source: sample, file, whoisds, http, s3, zone, or input for a file given by hand."
        ),
        "path": Column(pl.String, "The file under raw/, relative to the data root."),
        "sha256": Column(pl.String, "SHA-256 of the bytes as received."),
        "size": Column(pl.Int64, "Size in bytes as received."),
        "location": Column(
            pl.String, "Where it came from; of a URL only scheme and host, because a path may carry credentials."
        ),
        "fetched_at": Column(UTC_TIME, "When it was received (UTC)."),
        "http_status": Column(pl.Int32, "HTTP status, null for other sources."),
        "content_type": Column(pl.String, "Content-Type the server named, if any."),
        "etag": Column(pl.String, "ETag the server named, if any."),
        "last_modified": Column(pl.String, "Last-Modified the server named, if any."),
    },
    step="download",
    is_required=False,
)

REGISTRATIONS = Table(
    "registrations",
    "Newly registered domains as listed, normalised. One row per run_date, source and domain.",
    {
        "source": Column(pl.String, "Name of the source that listed the domain."),
        "domain": Column(pl.String, "Registrable domain (public suffix and one label) as A-labels, lower case."),
        "domain_unicode": Column(pl.String, "The domain with its A-labels decoded."),
        "label": Column(pl.String, "The label before the public suffix, decoded."),
        "public_suffix": Column(
            pl.String, "Public suffix (Public Suffix List, private section included), as A-labels."
        ),
        "tld": Column(pl.String, "Last label of the domain, as an A-label."),
        "is_idn": Column(pl.Boolean, "Has the domain an A-label (xn--)?"),
        "is_idna_valid": Column(
            pl.Boolean, "Does IDNA 2008 accept every label? Names that it refuses are registered all the same."
        ),
    },
    step="load",
)

# every reason a line can be rejected for, in the order they are tried
REJECT_REASONS = {
    "comment": "only a comment",
    "dropped": "the list says that the name was given up",
    "not_utf8": "the bytes are not UTF-8",
    "empty": "nothing on the line",
    "too_long": f"more than {LONGEST_NAME} characters",
    "url": "a URL or a path, not a name",
    "email": "an e-mail address",
    "ip_address": "an IP address",
    "bad_idn": "letters that cannot be written as an A-label",
    "empty_label": "two dots in a row, or a leading dot",
    "bad_character": "something other than letters, digits and hyphens",
    "label_too_long": f"a label of more than {LONGEST_LABEL} characters",
    "bad_hyphen": "a label that begins or ends with a hyphen",
    "single_label": "no dot",
    "unknown_tld": "a top-level domain that the Public Suffix List does not know",
    "public_suffix": "a public suffix itself",
    "subdomain": "a name below a registrable domain",
}

REJECTS = Table(
    "rejects",
    "Lines that are not a registrable domain. One row per run_date, source and line.",
    {
        "source": Column(pl.String, "Name of the source that sent the line."),
        "line_number": Column(pl.Int64, "Number of the line in the list, from 1 (a CSV header is not counted)."),
        "line": Column(pl.String, "The line as received, cut to 200 characters; bytes that are not UTF-8 as \\xNN."),
        "reason": Column(
            pl.String,
            "Why it is not a registrable domain: "
            + "; ".join(f"{reason} ({meaning})" for reason, meaning in REJECT_REASONS.items())
            + ".",
        ),
    },
    step="load",
)

LOAD_COUNTS = Table(
    "load_counts",
    "What became of each list's lines: line_count = kept_count + duplicate_count + reject_count. A source that was "
    "expected and sent nothing is there with zeros. One row per run_date and source.",
    {
        "source": Column(pl.String, "Name of the source."),
        "is_received": Column(pl.Boolean, "Did its list come? A date with a list missing is partial."),
        "list_sha256": Column(pl.String, "SHA-256 of the list as received, null where none came."),
        "line_count": Column(pl.Int64, "Lines in the list."),
        "kept_count": Column(pl.Int64, "Lines that became a registration."),
        "duplicate_count": Column(pl.Int64, "Lines that repeat a registration of the same list."),
        "reject_count": Column(pl.Int64, "Lines set apart in rejects."),
        "idn_count": Column(pl.Int64, "Registrations with an A-label (xn--)."),
        "three_level_count": Column(pl.Int64, "Registrations of three labels or more (example.co.uk)."),
    },
    step="load",
)

NAME_COUNTS = Table(
    "name_counts",
    "How a list's registrations spread over top-level domains and first characters, to tell a list that lacks a part. "
    "One row per run_date, source, kind and item.",
    {
        "source": Column(pl.String, "Name of the source."),
        "kind": Column(pl.String, "tld, or initial for the first character of the domain as A-labels."),
        "item": Column(pl.String, "The top-level domain, or the character."),
        "name_count": Column(pl.Int64, "Registrations that have it."),
    },
    step="load",
)
