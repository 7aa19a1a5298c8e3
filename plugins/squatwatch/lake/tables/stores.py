"""The tables that publish copies from the stores of labels, alerts and lookups into the warehouse."""

from __future__ import annotations

import polars as pl

from squatwatch.lake.tables.table import UTC_TIME, Column, Table

LABELS = Table(
    "labels",
    "What analysts said of detections, nothing ever changed or removed: current_labels has the word that counts. One "
    "row per label_id.",
    {
        "label_id": Column(pl.Int64, "Counts up: of two labels of a detection the one with the larger number counts."),
        "detection_id": Column(pl.String, "UUIDv5 of brand and domain: the same on every re-run and date."),
        "domain": Column(pl.String, "Registrable domain as A-labels."),
        "brand": Column(pl.String, "The brand that it was judged for."),
        "run_date": Column(pl.Date, "The date on which it was shown; null where it came from a file."),
        "verdict": Column(
            pl.String,
            "squat (made to deceive), not_squat, watch (not decided, to be looked at again), own (the brand's own, or "
            "by its leave); null takes back what was said before.",
        ),
        "is_squat": Column(
            pl.Boolean, "What the verdict says of the name: false is a false alarm, null is not decided or taken back."
        ),
        "note": Column(pl.String, "The analyst's note, perhaps empty."),
        "user_name": Column(pl.String, "Who said it."),
        "labelled_at": Column(UTC_TIME, "When (UTC)."),
        "model_version": Column(pl.String, "Model whose score was shown; null where none was."),
        "score": Column(pl.Float64, "The score that was shown, 0 to 1; null where none was."),
        "is_current": Column(pl.Boolean, "Whether this is the label that counts."),
    },
    partition=None,
)

ALERTS = Table(
    "alerts",
    "The outbox as it was when the warehouse was published: what each sink was sent of a detection. One row per "
    "detection_id, sink and sequence.",
    {
        "alert_id": Column(
            pl.String,
            "UUIDv5 of detection and sequence, as the sink got it. Names told in one alert have that of the first.",
        ),
        "detection_id": Column(pl.String, "UUIDv5 of brand and domain: the same on every re-run and date."),
        "sink": Column(pl.String, "Name of the sink in the alerts file."),
        "sequence": Column(pl.Int64, "Counts the alerts of a detection to the sink, from 1."),
        "action": Column(pl.String, "new, changed or revoked."),
        "cause": Column(pl.String, "What happened, in words; empty for new."),
        "run_date": Column(pl.Date, "The date for which the name was first sent."),
        "domain": Column(pl.String, "Registrable domain as A-labels."),
        "brand": Column(pl.String, "The brand it resembles."),
        "state": Column(
            pl.String,
            "waiting; sent; rejected (the receiver does not want this alert); failed (the sink was down for too long).",
        ),
        "attempts": Column(pl.Int64, "How often it was tried to send it."),
        "queued_at": Column(UTC_TIME, "Since when it is to be sent (UTC)."),
        "sent_at": Column(UTC_TIME, "When the receiver had it (UTC), null where it has not."),
        "status_code": Column(pl.Int64, "What the receiver answered last, null where it did not or has no such codes."),
        "problem": Column(pl.String, "Why it was not sent at the last attempt, null where it was."),
        "payload_sha256": Column(pl.String, "SHA-256 of the document that was sent."),
    },
    partition=None,
)

ENRICHMENT = Table(
    "enrichment",
    "What DNS and registration data said of flagged names, where SQUATWATCH_ENRICH asks for it. One row per lookup.",
    {
        "lookup_id": Column(pl.Int64, "Counts up in the order in which lookups were written."),
        "domain": Column(pl.String, "Registrable domain as A-labels."),
        "looked_up_at": Column(UTC_TIME, "When it was asked (UTC)."),
        "dns_state": Column(
            pl.String,
            "resolves: it has an address; no_records: it is in the DNS without one; not_registered: there is no such "
            "name in the DNS; unknown: nobody said.",
        ),
        "dns_problem": Column(pl.String, "Why the DNS said nothing, null where it did."),
        "a": Column(pl.List(pl.String), "IPv4 addresses, sorted."),
        "aaaa": Column(pl.List(pl.String), "IPv6 addresses, sorted."),
        "ns": Column(pl.List(pl.String), "Name servers, sorted."),
        "mx": Column(pl.List(pl.String), "Mail servers, sorted; none where a null MX says so."),
        "soa": Column(pl.String, "The zone's primary server and mailbox, null where there is no zone."),
        "rdap_state": Column(
            pl.String, "registered; not_registered: the registry knows no such name; unknown: nobody said."
        ),
        "rdap_problem": Column(pl.String, "Why the registry said nothing, null where it did."),
        "registrar": Column(pl.String, "The registrar's name, null where it is not known."),
        "registered_on": Column(pl.Date, "When it was registered, null where it is not known."),
        "statuses": Column(pl.List(pl.String), "The registry's status words (EPP), such as client hold."),
    },
    partition=None,
)
