"""`squatwatch --version`: what a bug report has to name."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from squatwatch import __version__, pipeline
from squatwatch.errors import SquatwatchError
from squatwatch.settings import read_settings

# the packages on which results depend
PACKAGES = (
    "apache-airflow",
    "dbt-core",
    "dbt-duckdb",
    "duckdb",
    "polars",
    "onnxruntime",
    "tensorflow",
    "publicsuffixlist",
)


def version_lines() -> list[str]:
    """Return release, model and the versions of Python and of the packages that matter, a line each."""
    machine = f"{platform.system()} {platform.machine()}"
    return [
        f"squatwatch {__version__}",
        f"model {_model()}",
        f"Python {platform.python_version()} on {machine}",
        *(f"{name} {_version(name)}" for name in PACKAGES),
    ]


def _model() -> str:
    try:
        return pipeline.model_version(read_settings())
    except SquatwatchError as error:
        return f"cannot be read: {error}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "is not installed"
