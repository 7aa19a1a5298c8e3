"""The store of lookups, rows that are never changed: what a name was like when it was flagged is gone later."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import polars as pl
import sqlalchemy as sa

from squatwatch.database.engine import BIG_KEY, PARAMETERS, aware, engine_with, metadata, naive, named_errors, rows_of
from squatwatch.database.place import has_database
from squatwatch.enrichment.lookup import Lookup, lookup_of
from squatwatch.lake.tables import ENRICHMENT
from squatwatch.names.suffixes import LONGEST_NAME
from squatwatch.settings import Settings

LISTS = ("a", "aaaa", "ns", "mx", "statuses")  # as JSON
LONGEST = 2000

enrichment_table = sa.Table(
    "squatwatch_enrichment",
    metadata,
    sa.Column("lookup_id", BIG_KEY, primary_key=True, autoincrement=True),
    sa.Column("domain", sa.String(LONGEST_NAME), nullable=False, index=True),
    sa.Column("looked_up_at", sa.DateTime, nullable=False),  # UTC
    sa.Column("dns_state", sa.String(20), nullable=False),
    sa.Column("dns_problem", sa.String(LONGEST)),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("a", "aaaa", "ns", "mx")),
    sa.Column("soa", sa.String(LONGEST)),
    sa.Column("rdap_state", sa.String(20), nullable=False),
    sa.Column("rdap_problem", sa.String(LONGEST)),
    sa.Column("registrar", sa.String(LONGEST)),
    sa.Column("registered_on", sa.String(10)),
    sa.Column("statuses", sa.Text, nullable=False),
)
t = enrichment_table.c


class EnrichmentStore:
    """All lookups, opened by `enrichment_store`. Every method is one transaction."""

    def __init__(self, engine: sa.Engine):
        self._engine = engine

    def add(self, lookups: Sequence[Lookup]) -> None:
        """Add lookups. Raises SquatwatchError where the database cannot be written."""
        rows = [_row(lookup) for lookup in lookups]
        with named_errors(self._engine), self._engine.begin() as connection:
            if rows:
                connection.execute(sa.insert(enrichment_table), rows)

    def of(self, domains: Iterable[str]) -> dict[str, list[Lookup]]:
        """Return `{domain: its lookups, oldest first}` for the names that were ever looked up."""
        names = sorted(set(domains))
        lookups: dict[str, list[Lookup]] = {}
        for first in range(0, len(names), PARAMETERS):
            query = sa.select(enrichment_table).where(t.domain.in_(names[first : first + PARAMETERS]))
            for row in rows_of(self._engine, query.order_by(t.looked_up_at, t.lookup_id)):
                lookups.setdefault(row["domain"], []).append(_lookup(row))
        return lookups

    def table(self) -> pl.DataFrame:
        """Return all lookups as the warehouse's table `enrichment`."""
        rows = [
            {"lookup_id": row["lookup_id"], **_lookup(row).as_row(), "looked_up_at": aware(row["looked_up_at"])}
            for row in rows_of(self._engine, sa.select(enrichment_table).order_by(t.lookup_id))
        ]
        if not rows:
            return pl.DataFrame(schema=ENRICHMENT.schema)
        frame = pl.DataFrame(rows, infer_schema_length=None, schema_overrides=dict.fromkeys(LISTS, pl.List(pl.String)))
        return ENRICHMENT.conform(frame.with_columns(pl.col("registered_on").cast(pl.String).str.to_date()))


def enrichment_store(settings: Settings) -> EnrichmentStore:
    """Return the store in the database that is configured. Raises SquatwatchError where it cannot be written."""
    return EnrichmentStore(engine_with(settings, enrichment_table))


def lookups_of(settings: Settings, domains: Iterable[str]) -> dict[str, list[Lookup]]:
    """Return `{domain: its lookups, oldest first}`, empty where nothing was ever looked up."""
    return enrichment_store(settings).of(domains) if has_database(settings) else {}


def newest_lookups(settings: Settings, domains: Iterable[str]) -> dict[str, Lookup]:
    """Return `{domain: its newest lookup}` for the names that were ever looked up."""
    return {domain: lookups[-1] for domain, lookups in lookups_of(settings, domains).items()}


def read_enrichment(settings: Settings) -> pl.DataFrame:
    """Return the warehouse's table `enrichment`, empty where nothing was ever looked up."""
    return enrichment_store(settings).table() if has_database(settings) else pl.DataFrame(schema=ENRICHMENT.schema)


def _row(lookup: Lookup) -> dict[str, object]:
    row = lookup.as_row()
    row |= {name: json.dumps(row[name]) for name in LISTS}
    cut = {
        name: value[:LONGEST] for name in ("dns_problem", "soa", "rdap_problem", "registrar") if (value := row[name])
    }
    return row | cut | {"looked_up_at": naive(lookup.looked_up_at)}


def _lookup(row: sa.RowMapping) -> Lookup:
    return lookup_of(dict(row) | {name: json.loads(row[name]) for name in LISTS}, aware(row["looked_up_at"]))
