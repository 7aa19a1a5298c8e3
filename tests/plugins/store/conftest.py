"""A store in a folder, and machines that work on it: settings that differ in their scratch folder."""

import pytest

from squatwatch.settings import read_settings


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
