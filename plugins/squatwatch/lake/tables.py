"""The contract between steps: the columns, types and meaning of every table that Python writes.

A table that dbt writes is described in the file beside its model, `dbt/models/marts/NAME.yml` or
`dbt/models/warehouse/NAME.yml`. What a table is partitioned by (`run_date`, for thresholds the model's version)
is in no file: it is the partition's path.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from squatwatch.names.suffixes import LONGEST_LABEL, LONGEST_NAME


@dataclass(frozen=True)
class Column:
    type: pl.DataType | type[pl.DataType]
    comment: str


@dataclass(frozen=True)
class Table:
    name: str
    comment: str
    columns: dict[str, Column]
    partition: str | None = "run_date"  # what a folder of it is named after, which no file holds; None: no folders

    @property
    def schema(self) -> pl.Schema:
        return pl.Schema({name: column.type for name, column in self.columns.items()})

    def conform(self, rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with exactly this table's columns, in order and cast; a missing column is a programming error."""
        return rows.select(pl.col(name).cast(type_) for name, type_ in self.schema.items())


UTC_TIME = pl.Datetime("us", "UTC")

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
)

FEED_HEALTH = Table(
    "feed_health",
    "Whether each list is what it should be: one check, its limits and its verdict. Written before anything is made of "
    "the list, and also where a check stops the date. One row per run_date, source and check_name.",
    {
        "source": Column(pl.String, "Name of the source."),
        "check_name": Column(pl.String, "The check, as it is named in feed_health.yml."),
        "verdict": Column(
            pl.String,
            "ok; told (outside the limits, the date goes on); stopped (the date does not go on); accepted (it would "
            "have stopped, but somebody accepted this list); skipped (too little history, or switched off).",
        ),
        "severity": Column(pl.String, "What a figure outside these limits does: tell or stop; null where skipped."),
        "figure": Column(pl.Float64, "What was measured: names, dates, or a share between 0 and 1."),
        "least": Column(pl.Float64, "The figure is to be at least this; null for no such limit."),
        "most": Column(pl.Float64, "The figure is to be at most this; null for no such limit."),
        "usual": Column(
            pl.Float64,
            "The source's usual figure, the median of earlier dates; null where there is none or no need of one.",
        ),
        "history_count": Column(pl.Int64, "Earlier dates of the source that it was compared with."),
        "detail": Column(pl.String, "The finding in a sentence, with top-level domains and dates by name."),
    },
)

ACCEPTED_LISTS = Table(
    "accepted_lists",
    "Lists that somebody accepted although a check of feed health stopped them. A date whose lists change needs to be "
    "accepted again. One row per run_date and lists.",
    {
        "registrations": Column(pl.String, "Fingerprint of the registrations: of the lists they were made from."),
        "reason": Column(pl.String, "Why they are right, in the words of who accepted them."),
        "accepted_by": Column(pl.String, "Login of who accepted them."),
        "accepted_at": Column(UTC_TIME, "When they were accepted (UTC)."),
    },
)

COMPONENT = (
    "Component of the score: how far its log-odds fall when this evidence is taken away; above 0 the evidence speaks "
    "for an imitation. Here: "
)

DETECTIONS = Table(
    "detections",
    "Domains that resemble a brand, with score and reason; every pair above a low score floor. "
    "One row per run_date, domain and brand.",
    {
        "detection_id": Column(pl.String, "UUIDv5 of brand and domain: the same on every re-run and date."),
        "domain": Column(pl.String, "Registrable domain as A-labels."),
        "domain_unicode": Column(pl.String, "The domain with its A-labels decoded."),
        "brand": Column(pl.String, "The brand it resembles."),
        "score": Column(pl.Float64, "The network's score, 0 to 1."),
        "threshold": Column(
            pl.Float64,
            "The threshold the score was held against: set by hand, calibrated for the brand, or the model's.",
        ),
        "is_detection": Column(pl.Boolean, "Score at or above the threshold, and not allowlisted."),
        "technique": Column(
            pl.String,
            "How the name imitates the brand (dnstwist's words, plus combo, combo-typo, soundsquat, level, reorder).",
        ),
        "matched_text": Column(pl.String, "The span of the name that made it fire."),
        "reason": Column(
            pl.String,
            "Why it resembles the brand, in a sentence. `plus` names words that imitations put beside a brand; other "
            "text comes after or before. Characters that cannot be seen are written as escapes.",
        ),
        "aligned": Column(
            pl.List(pl.String),
            "Where the matched text differs from the brand, from left to right: rn>m (rn stands for m), >i (i is "
            "missing), x> (x was added), la>al (swapped).",
        ),
        "component_resemblance": Column(
            pl.Float64,
            COMPONENT + "how near the matched text comes to the brand: edits, look-alikes, letters kept.",
        ),
        "component_placement": Column(
            pl.Float64, COMPONENT + "where it stands: at the edges of a part, how much of the name it is."
        ),
        "component_surroundings": Column(
            pl.Float64, COMPONENT + "what is beside it: keywords, words, digits, hyphens."
        ),
        "component_words": Column(
            pl.Float64,
            COMPONENT + "how common the matched text, the brand and the words over them are in ordinary names.",
        ),
        "sources": Column(pl.List(pl.String), "Sources that listed the domain on this date, sorted."),
        "allowlist_reason": Column(pl.String, "Why the name is set aside, null where nothing excuses it."),
        "model_version": Column(pl.String, "Version of the model that scored it."),
        "scored_at": Column(UTC_TIME, "When it was scored (UTC)."),
        "device": Column(pl.String, "Where the network ran: cpu or gpu."),
    },
)

DETECTIONS_HISTORY = Table(
    "detections_history",
    "Every verdict so far: a date scored again by another model or with other thresholds keeps its earlier rows here. "
    "One row per run_date, domain, brand, model_version and set of thresholds.",
    DETECTIONS.columns,
)

SCORE_COUNTS = Table(
    "score_counts",
    "What became of a date's candidates: candidate_count = below_floor_count + below_threshold_count + "
    "allowlisted_count + detection_count. One row per run_date.",
    {
        "model_version": Column(pl.String, "Version of the model that scored the date."),
        "candidate_count": Column(pl.Int64, "Pairs of domain and brand that were scored."),
        "below_floor_count": Column(pl.Int64, "Pairs that scored below the floor and left no row in detections."),
        "below_threshold_count": Column(pl.Int64, "Pairs above the floor and below the brand's threshold."),
        "allowlisted_count": Column(pl.Int64, "Pairs at or above the threshold that the allowlist excuses."),
        "detection_count": Column(pl.Int64, "Pairs that are detections."),
    },
)

THRESHOLDS = Table(
    "thresholds",
    "The score from which a brand's names are flagged, calibrated to its alarm budget on past dates. "
    "One row per model_version and brand.",
    {
        "brand": Column(pl.String, "Name of the brand."),
        "threshold": Column(pl.Float64, "Score from which its names are flagged; never below base_threshold."),
        "base_threshold": Column(pl.Float64, "The model's own threshold for a brand of this kind (name, word, short)."),
        "alarm_budget": Column(pl.Float64, "Names a day that the brand may raise, as it was when calibrated."),
        "window_begins_on": Column(pl.Date, "First date it was calibrated on."),
        "window_ends_on": Column(pl.Date, "Last date it was calibrated on."),
        "day_count": Column(pl.Int64, "Dates in the window that were scored."),
        "name_count": Column(pl.Int64, "Names in the window at or above base_threshold and not allowlisted."),
        "flagged_per_day": Column(pl.Float64, "Names a day in the window at or above threshold and not allowlisted."),
        "calibrated_at": Column(UTC_TIME, "When it was calibrated (UTC)."),
    },
    partition="model_version",
)

PARTITIONED_BY = {
    "run_date": Column(pl.Date, "The day whose list of newly registered domains was examined."),
    "model_version": Column(pl.String, "Version of the model that the thresholds belong to."),
}

TABLES = (
    DOWNLOADS,
    REGISTRATIONS,
    REJECTS,
    LOAD_COUNTS,
    NAME_COUNTS,
    FEED_HEALTH,
    ACCEPTED_LISTS,
    SCORE_COUNTS,
    DETECTIONS,
    DETECTIONS_HISTORY,
    THRESHOLDS,
)

# tables that only the warehouse has, made anew by every publish

BRANDS = Table(
    "brands",
    "The brands looked for. One row per brand and owned domain.",
    {
        "brand": Column(pl.String, "Name of the brand, lower case."),
        "brand_domain": Column(pl.String, "A domain that the brand owns."),
        "alarm_budget": Column(pl.Float64, "Names a day that the brand may raise."),
    },
    partition=None,
)

SIGHTINGS = Table(
    "sightings",
    "On which dates the domains that ever scored above the floor were listed, of all dates, whatever was looked for "
    "then. One row per domain and run_date.",
    {
        "domain": Column(pl.String, "Registrable domain as A-labels."),
        "run_date": Column(pl.Date, "A date on which any source listed it."),
    },
    partition=None,
)

DATES = Table(
    "dates",
    "The state of each date when the warehouse was published. One row per run_date.",
    {
        "run_date": PARTITIONED_BY["run_date"],
        "state": Column(
            pl.String,
            "done; partial (a source sent no list); outdated (made with other brands, allowlist, models or thresholds "
            "than those in force); unfinished (a step is missing); held (the feed was judged unhealthy); damaged.",
        ),
        "reason": Column(pl.String, "Why it is not done, null where it is."),
        "is_published": Column(pl.Boolean, "Has the date rows in this warehouse?"),
    },
    partition=None,
)

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
    "The outbox as it was when the warehouse was published: what each sink was told of a detection. One row per "
    "detection_id, sink and sequence.",
    {
        "alert_id": Column(pl.String, "UUIDv5 of detection and sequence, as the sink got it; the same in every sink."),
        "detection_id": Column(pl.String, "UUIDv5 of brand and domain: the same on every re-run and date."),
        "sink": Column(pl.String, "Name of the sink in the alerts file."),
        "sequence": Column(pl.Int64, "Counts the alerts of a detection to the sink, from 1."),
        "action": Column(pl.String, "new, changed or revoked."),
        "cause": Column(pl.String, "What happened, in words; empty for new."),
        "run_date": Column(pl.Date, "The date on which the name was first told."),
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

PUBLISHED_FILES = Table(
    "published_files",
    "The files behind the views, and those of earlier warehouses that are kept for a day. One row per path.",
    {
        "table": Column(pl.String, "The table that it is a part of."),
        "partition": Column(pl.String, "run_date=… or model_version=…"),
        "file_name": Column(pl.String, "Name of the partition's file that it was taken from."),
        "path": Column(pl.String, "Where it is, below the data root."),
        "inode": Column(pl.Int64, "Of the partition's file, to see whether it was replaced since."),
        "size": Column(pl.Int64, "Size in bytes."),
        "modified_ns": Column(pl.Int64, "When the partition's file was written, in nanoseconds since 1970 (UTC)."),
        "retired_at": Column(UTC_TIME, "Since when no view reads it (UTC), null where one does."),
    },
    partition=None,
)

WAREHOUSE_TABLES = (BRANDS, LABELS, ALERTS, ENRICHMENT, SIGHTINGS, DATES, PUBLISHED_FILES)

# what `transform` writes, candidates last: dbt describes their columns
OUTPUTS = (
    "registration_features",
    "set_aside",
    "top_ngrams",
    "topics",
    "candidate_features",
    "feature_summary",
    "candidates",
)
