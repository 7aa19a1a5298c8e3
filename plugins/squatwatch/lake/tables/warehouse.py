"""The tables that publish computes anew and only the warehouse has."""

from __future__ import annotations

import polars as pl

from squatwatch.lake.tables.table import PARTITIONED_BY, UTC_TIME, Column, Table

BRANDS = Table(
    "brands",
    "The brands looked for. One row per brand and owned domain.",
    {
        "brand": Column(pl.String, "Name of the brand, lower case."),
        "brand_domain": Column(pl.String, "A domain that the brand owns."),
        "alarm_budget": Column(pl.Float64, "Names a day that the brand may raise."),
        "model": Column(
            pl.String, "Model that the brand list names for the brand, null where that is the general one."
        ),
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
            "than those in force); unfinished (a step is missing); held (a feed check stopped it); damaged.",
        ),
        "reason": Column(pl.String, "Why it is not done, null where it is."),
        "is_published": Column(pl.Boolean, "Has the date rows in this warehouse?"),
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
        "size": Column(pl.Int64, "Size in bytes."),
        "modified_ns": Column(pl.Int64, "When the partition's file was written, in nanoseconds since 1970 (UTC)."),
        "retired_at": Column(UTC_TIME, "Since when no view reads it (UTC), null where one does."),
    },
    partition=None,
)
