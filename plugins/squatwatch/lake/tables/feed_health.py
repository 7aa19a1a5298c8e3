"""The tables of feed health: what each check found, and which lists somebody accepted all the same."""

from __future__ import annotations

import polars as pl

from squatwatch.lake.tables.table import UTC_TIME, Column, Table

FEED_HEALTH = Table(
    "feed_health",
    "Whether each list is what it should be: one check, its limits and its result. Written before anything is made of "
    "the list, and also where a check stops the date. One row per run_date, source and check_name.",
    {
        "source": Column(pl.String, "Name of the source."),
        "check_name": Column(pl.String, "The check, as it is named in feed_health.yml."),
        "result": Column(
            pl.String,
            "passed; warned (outside the limits, the date goes on); stopped (the date does not go on); accepted (it "
            "would have stopped, but somebody accepted this list); skipped (too little history, or switched off).",
            former_name="verdict",
            former_values={"ok": "passed", "told": "warned"},
        ),
        "severity": Column(
            pl.String,
            "What a figure outside these limits does: warn or stop; null where skipped.",
            former_values={"tell": "warn"},
        ),
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
    step="health",
    upstream="registrations",
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
    step="health",
    is_required=False,
)
