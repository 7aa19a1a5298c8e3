"""Settings of the data root and of the SQL project that builds it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field

from squatwatch.settings.values import HomePath


def _dbt_project() -> Path:
    return Path(__file__).resolve().parents[3] / "dbt"


def _for_duckdb(home: Path) -> Path:
    """Return the data root. Raises ValueError where DuckDB would misread its path.

    It looks for a database's log in another folder where there is a `?`, and takes every `name=value` on the way to a
    Parquet file for a column, which stands in the place of the file's own.
    """
    if "?" in str(home):
        raise ValueError(
            f"{home} has a `?` in it, below which DuckDB cannot write a database; name the folder otherwise"
        )
    if column := next((part for part in home.parts if re.match(r"[^\W\d]\w*=", part)), None):
        raise ValueError(f"{home}: DuckDB would take `{column}` for a column of every table; name the folder otherwise")
    return home


class DataSettings(BaseModel):
    """Settings of where data lies and how it is built."""

    home: Annotated[HomePath, AfterValidator(Path.resolve), AfterValidator(_for_duckdb)] = Field(
        Path("data"), description="Root of all data."
    )
    dbt_project: HomePath = Field(default_factory=_dbt_project, description="Folder of the dbt project.")
    dbt: Literal["plan", "build"] = Field(
        "plan",
        description="How tables are built: `plan` does what dbt has compiled, `build` runs `dbt build` each time.",
    )
    names_together: int = Field(
        100_000, ge=1, description="`backfill`: dates are built together up to so many names; 1 for one by one."
    )
