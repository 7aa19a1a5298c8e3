"""A machine whose date is scored by SageMaker, with a model for some brands: what tests of it share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl
from s3_server import no_credentials_of_the_machine, s3_server
from sagemaker_server import FakeSageMaker, connection, container, sagemaker_server

from squatwatch.lake.partitions import Lake
from squatwatch.models.registry import keep_artifact, shipped_model, use
from squatwatch.settings import Settings, read_settings
from squatwatch.store import s3

DAY = date(2026, 11, 5)
BRANDS = "brand,brand_domain,model\npaypal,paypal.com,banks\nebay,ebay.com,\nmicrosoft,microsoft.com,\n"
NAMES = (
    "{0}", "{0}-login", "my{0}", "{0}s", "secure-{0}-account", "orchardview", "x{0}y", "{0}{0}", "p1x", "grüße-{0}",
    "{0}-gutschein", "pаypаl", "mícrosoft", "ebаy-shop", "arnazon", "paypa1-verify",
)  # fmt: skip


class Remote(NamedTuple):
    """The service and its address, that of S3, and the folder of the container's models and brand list."""

    sagemaker: FakeSageMaker
    address: str
    s3: str
    models: Path

    @property
    def brands_file(self) -> Path:
        return self.models / "brands.csv"


@contextmanager
def remote(folder: Path) -> Iterator[Remote]:
    """Starts an S3 server, a container and a service, and names them in the connection `aws_default`."""
    write_models(folder)
    with (
        no_credentials_of_the_machine() as patch,
        s3_server("scoring") as s3_address,
        container(folder, folder / "brands.csv") as scoring,
        sagemaker_server(scoring, s3_address) as (address, fake),
    ):
        patch.setenv("AIRFLOW_CONN_AWS_DEFAULT", connection(s3_address, address))
        s3._client.cache_clear()
        yield Remote(fake, address, s3_address, folder)
    s3._client.cache_clear()


def write_models(home: Path) -> None:
    """A brand list that names the model `banks`, and that model: the shipped one under another version."""
    from squatwatch_ml.network.artifact import read_artifact, write_artifact

    shipped = read_artifact(shipped_model())
    manifest = {**shipped.manifest, "model_version": "bilstm-0123456789", "threshold": 0.6, "thresholds": {}}
    write_artifact(home / "trained", manifest, shipped.weights, shipped.network)
    keep_artifact(home, "banks", home / "trained", "bilstm-0123456789")
    use(home, "banks", "bilstm-0123456789", "ana")
    (home / "brands.csv").write_text(BRANDS)


def machine(home: Path, remote: Remote, /, **settings: object) -> Settings:
    """Settings of a machine that has the same models, and a date with 48 candidates; SageMaker scores it."""
    if not (home / "models").exists():
        write_models(home)
        Lake(home).write("candidates", DAY, candidates())
    where = {"sagemaker_model": "squatwatch", "sagemaker_url": "s3://scoring/jobs", "sagemaker_poll_seconds": 0.1}
    return read_settings(
        **{"home": home, "brands_file": remote.brands_file, "scorer": "sagemaker"} | where | settings,
    )


def candidates() -> pl.DataFrame:
    pairs = [(name.format(brand), brand) for brand in ("ebay", "microsoft", "paypal") for name in NAMES]
    rows = {
        "domain": [f"{number:02}.example" for number in range(len(pairs))],
        "domain_unicode": [f"{label}.com" for label, _ in pairs],
        "label": [label for label, _ in pairs],
        "brand": [brand for _, brand in pairs],
        "sources": [["sample"]] * len(pairs),
        "allowlist_reason": [None] * len(pairs),
    }
    return pl.DataFrame(rows, schema_overrides={"sources": pl.List(pl.String), "allowlist_reason": pl.String})


def rows_of(home: Path) -> dict[str, pl.DataFrame]:
    """All that scoring has written, but when and where."""
    lake, tables = Lake(home), ("detections", "score_counts")
    found = {table: lake.read(table, DAY) for table in tables}
    found["detections_history"] = pl.read_parquet(list(lake.folder("detections_history", DAY).glob("*.parquet")))
    return {name: rows.drop("scored_at", "device", strict=False) for name, rows in found.items()}
