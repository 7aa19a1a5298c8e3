"""The declaration of a table: columns, what its folders are named after, which step makes it, and from what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

UTC_TIME = pl.Datetime("us", "UTC")


@dataclass(frozen=True)
class Column:
    """The type of a column and its meaning; and what earlier releases wrote, where that is another name or value."""

    type: pl.DataType | type[pl.DataType]
    comment: str
    former_name: str | None = None
    former_values: Mapping[str, str] = field(default_factory=dict)  # value of today by value of an earlier release


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
    is_of_names: bool = False  # its rows are of single names, so a date's are those of the date's shards
    is_described_by_dbt: bool = False  # comment, columns and types are in dbt/models/marts/NAME.yml

    @property
    def schema(self) -> pl.Schema:
        """The columns' names and polars types, in order."""
        return pl.Schema({name: column.type for name, column in self.columns.items()})

    @property
    def column_comments(self) -> dict[str, str]:
        """The meaning of each column by its name."""
        return {name: column.comment for name, column in self.columns.items()}

    @property
    def renamed_columns(self) -> dict[str, Column]:
        """The columns, by name, for which earlier releases had another name or other values."""
        return {name: column for name, column in self.columns.items() if column.former_name or column.former_values}

    def renew(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return rows that any release wrote with the names and values of today."""
        for name, column in self.renamed_columns.items():
            if column.former_name in rows.columns:
                rows = rows.rename({column.former_name: name})
            if column.former_values and name in rows.columns:
                rows = rows.with_columns(pl.col(name).cast(column.type).replace(column.former_values))
        return rows

    def conform(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return the rows with exactly this table's columns, in order and cast.

        Raises polars' ColumnNotFoundError where one is missing, which is a programming error.
        """
        return rows.select(pl.col(name).cast(type_) for name, type_ in self.schema.items())


PARTITIONED_BY = {
    "run_date": Column(pl.Date, "The day whose list of newly registered domains was examined."),
    "model_version": Column(pl.String, "Version of the model that the thresholds belong to."),
}
