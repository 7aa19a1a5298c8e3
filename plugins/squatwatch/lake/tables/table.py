"""What a table is: its columns, what its folders are named after, which step writes it, and what it is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

UTC_TIME = pl.Datetime("us", "UTC")


@dataclass(frozen=True)
class Column:
    """The type of a column and its meaning."""

    type: pl.DataType | type[pl.DataType]
    comment: str


@dataclass(frozen=True)
class Table:
    """One table of the lake or the warehouse, declared once; all that others know of it follows from here."""

    name: str
    comment: str = ""
    columns: Mapping[str, Column] = field(default_factory=dict)
    # what its folders are named after; that column is in the path and in no file. None: only the warehouse has it
    partition: str | None = "run_date"
    step: str | None = None  # the command that writes it
    upstream: str | None = None  # the table of an earlier step that it is made from
    is_required: bool = True  # a date without it is not whole
    is_extended: bool = False  # a warehouse model of the same name adds to it what a date alone does not know
    is_described_by_dbt: bool = False  # comment, columns and types are in dbt/models/marts/NAME.yml

    @property
    def schema(self) -> pl.Schema:
        """The columns' names and polars types, in order."""
        return pl.Schema({name: column.type for name, column in self.columns.items()})

    @property
    def column_comments(self) -> dict[str, str]:
        """The meaning of each column by its name."""
        return {name: column.comment for name, column in self.columns.items()}

    def conform(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows with exactly this table's columns, in order and cast.

        Raises polars' ColumnNotFoundError where one is missing, which is a programming error.
        """
        return rows.select(pl.col(name).cast(type_) for name, type_ in self.schema.items())


PARTITIONED_BY = {
    "run_date": Column(pl.Date, "The day whose list of newly registered domains was examined."),
    "model_version": Column(pl.String, "Version of the model that the thresholds belong to."),
}
