"""The registry: every table, and what steps, status, catalog and dbt ask about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import ModuleType

import polars as pl

from squatwatch.lake.tables import feed_health, marts, received, scored, stores, warehouse
from squatwatch.lake.tables.table import Table

# the steps of a date, in order
STEPS = ("download", "load", "health", "transform", "score")
ANY_STEP = "run"  # the command for a table that no single step writes


class Registry:
    """Tables by name, in the order in which they were declared."""

    def __init__(self, tables: Iterable[Table]) -> None:
        """Register the tables. Raises what `add` raises."""
        self._tables: dict[str, Table] = {}
        for table in tables:
            self.add(table)

    def add(self, table: Table) -> None:
        """Register one more table. Raises ValueError where its name is taken or its upstream is not registered."""
        if table.name in self._tables:
            raise ValueError(f"there are two tables called {table.name}")
        if table.upstream is not None and table.upstream not in self._tables:
            raise ValueError(f"{table.name} is made from {table.upstream}, which is not declared before it")
        self._tables[table.name] = table

    def __iter__(self) -> Iterator[Table]:
        """Yield the tables in the order in which they were declared."""
        return iter(self._tables.values())

    def step_of(self, name: str) -> str:
        """Return the command that writes the table; `run` where no single one does."""
        table = self._tables.get(name)
        return table.step if table and table.step else ANY_STEP

    def renew(self, name: str, rows: pl.DataFrame) -> pl.DataFrame:
        """Return rows of the table, which any release wrote, with the names and values of today."""
        table = self._tables.get(name)
        return table.renew(rows) if table else rows

    def partitioned(self) -> list[Table]:
        """Return the tables that lie in the data root as Parquet partitions."""
        return [table for table in self if table.partition]

    def of_warehouse(self) -> list[Table]:
        """Return the tables that only the warehouse has, made anew by every publish."""
        return [table for table in self if not table.partition]

    def marts(self) -> list[Table]:
        """Return the tables that transform takes from dbt, in the order in which they are written."""
        return [table for table in self if table.is_described_by_dbt]

    def required(self) -> list[Table]:
        """Return the tables without which a date is not whole, in the steps' order."""
        return [table for step in STEPS for table in self.required_of(step)]

    def required_of(self, step: str) -> list[Table]:
        """Return the tables without which the step is not done."""
        return [table for table in self if table.step == step and table.is_required]


def _declared_in(*modules: ModuleType) -> Iterator[Table]:
    for module in modules:
        yield from (value for value in vars(module).values() if isinstance(value, Table))


# upstream first
REGISTRY = Registry(_declared_in(received, feed_health, marts, scored, stores, warehouse))
