"""Airflow for tests: the DAGs, a database and the logs."""

import os
from pathlib import Path

import pytest

DAGS = {"daily_detections", "deliver_alerts", "recheck_names", "refresh_popularity", "train_detector"}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def fresh_settings(tmp_path, monkeypatch):
    """Tasks read the settings once per process; here they read them once per test."""
    from squatwatch.settings import settings as settings_of_process

    monkeypatch.setenv("SQUATWATCH_HOME", str(tmp_path / "data"))
    settings_of_process.cache_clear()
    yield
    settings_of_process.cache_clear()


@pytest.fixture
def load_dags():
    """Reads the DAG files anew, with the settings of the moment."""
    from airflow.dag_processing.dagbag import DagBag

    def load():
        bag = DagBag(ROOT / "dags", bundle_name="dags-folder")
        assert not bag.import_errors
        assert set(bag.dags) == DAGS
        return bag.dags

    return load


@pytest.fixture(scope="session")
def airflow_database():
    from airflow.utils.db import initdb

    initdb()


@pytest.fixture
def logs():
    """All that Airflow has written to task logs so far."""
    folder = Path(os.environ["AIRFLOW__LOGGING__BASE_LOG_FOLDER"])

    return lambda: "\n".join(path.read_text() for path in sorted(folder.rglob("*.log")))
