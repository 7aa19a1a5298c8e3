"""A store in a folder, and machines that work on it: settings that differ in their scratch folder."""

import pytest
from faulty_proxy import faulty_proxy
from s3_server import connection

from squatwatch.settings import read_settings
from squatwatch.store import s3


@pytest.fixture
def machine(tmp_path):
    """machine(name) gives the settings of one more machine at work on the same data root."""
    (tmp_path / "share").mkdir()

    def new(name: str):
        return read_settings(
            home=f"file://{tmp_path}/share",
            scratch=tmp_path / name,
            database_url=f"sqlite:///{tmp_path}/labels.db",
        )

    return new


@pytest.fixture
def proxy(server, monkeypatch):
    """A proxy before the module's S3 server, which the connection of the settings names."""
    with faulty_proxy(server) as proxy:
        monkeypatch.setenv("AIRFLOW_CONN_AWS_DEFAULT", connection(proxy.address))
        s3._client.cache_clear()
        yield proxy
    s3._client.cache_clear()
