"""Settings of the data root and of the SQL project that builds it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote, unquote

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationInfo

from squatwatch.settings.values import HomePath

CURRENT = "current"  # the folder of this machine's copy of a data root that is elsewhere
# without `*` and `?`, which a policy of rights takes for anything
STORE_URL = re.compile(
    r"s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/(?!\.+(/|$))[\w!.'()=-]+)*|file://(/[^/*?]+)+", re.ASCII
)
KEY_ARN = r"arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:"
KMS_KEY = re.compile(rf"[\w-]+|{KEY_ARN}key/[\w-]+|({KEY_ARN})?alias/[\w/-]+", re.ASCII)


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


def _on_this_machine(home: object, others: ValidationInfo) -> object:
    """Return the folder in which a data root elsewhere is copied to; its name is the URL. Others are left as they are.

    Raises ValueError where it is no URL that a data root can have.
    """
    if not isinstance(home, str) or "://" not in home:
        return home
    url = home.rstrip("/")
    if not STORE_URL.fullmatch(url):
        raise ValueError(
            f"{home} is no place for data: write s3://bucket/prefix, or a folder; a URL has neither `*` nor `?`"
        )
    return others.data.get("scratch", Path()) / quote(url, safe="") / CURRENT


def kms_key(key: str | None) -> str | None:
    """Return the key. Raises ValueError where it is written as none is; policies would take `*` for every key."""
    if key is not None and not KMS_KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no key of AWS KMS: write its ID, its ARN, alias/NAME, or the ARN of an alias")
    return key


class DataSettings(BaseModel):
    """Settings of where data lies and how it is built."""

    scratch: Annotated[HomePath, AfterValidator(Path.resolve), AfterValidator(_for_duckdb)] = Field(
        Path("~/.cache/squatwatch"),
        description="Local folder in which a data root in a store is worked on; what is in it can be fetched again.",
    )
    store_connection: str = Field(
        "aws_default", description="Airflow connection with the credentials and the endpoint of a data root in S3."
    )
    store_kms_key: Annotated[str | None, AfterValidator(kms_key)] = Field(
        None,
        description="Key of AWS KMS (ID, ARN or alias) with which a data root in S3 is encrypted; without one as the "
        "bucket is set.",
    )
    store_mirror: bool = Field(
        False,
        description="Publish into a data root in a store: keep what is published under fixed keys as well, for other "
        "engines.",
    )
    home: Annotated[
        HomePath, AfterValidator(Path.resolve), AfterValidator(_for_duckdb), BeforeValidator(_on_this_machine)
    ] = Field(Path("data"), description="Root of all data: a folder, or a store such as s3://bucket/prefix.")
    dbt_project: HomePath = Field(default_factory=_dbt_project, description="Folder of the dbt project.")
    dbt: Literal["plan", "build"] = Field(
        "plan",
        description="How tables are built: `plan` does what dbt has compiled, `build` runs `dbt build` each time.",
    )
    names_together: int = Field(
        100_000, ge=1, description="`backfill`: dates are built together up to so many names; 1 for one by one."
    )
    shard_names: int = Field(
        300_000,
        ge=1,
        description="A date with more names is cut into shards of about so many, and scored so many pairs at a time.",
    )
    shards_at_once: int = Field(
        2,
        ge=1,
        description="Airflow: dates, or shards of large ones, that all workers transform at once, and score at once.",
    )

    @property
    def store_url(self) -> str | None:
        """Return the URL of the store that is the data root, of which `home` is a copy; None where `home` is the root.

        It is read from the folder's name, so that a path of the copy is enough for whoever gets no more.
        """
        folder = self.home.parent
        is_copy = self.home.name == CURRENT and folder.parent == self.scratch
        return unquote(folder.name) if is_copy else None
