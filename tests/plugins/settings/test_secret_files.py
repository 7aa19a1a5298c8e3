"""Secrets in files: what a variable with _FILE names is the setting; what is wrong is named without the secret."""

from __future__ import annotations

import pytest

from squatwatch.errors import SquatwatchError
from squatwatch.settings import Settings, read_settings, secret_settings, unknown_variables

URL = "postgresql+psycopg2://ana:sesame@db/squatwatch"


@pytest.fixture
def secret(tmp_path):
    """A file with the URL, as an editor saves it."""
    file = tmp_path / "database_url"
    file.write_text(f"{URL}\n")
    return file


def test_a_setting_may_stand_in_a_file(secret, monkeypatch):
    monkeypatch.setenv("SQUATWATCH_DATABASE_URL_FILE", str(secret))
    settings = read_settings()
    assert settings.database_url.get_secret_value() == URL and "sesame" not in repr(settings)


def test_what_the_caller_gives_counts_more(secret, monkeypatch):
    monkeypatch.setenv("SQUATWATCH_DATABASE_URL_FILE", str(secret))
    assert read_settings(database_url="sqlite://").database_url.get_secret_value() == "sqlite://"


@pytest.mark.parametrize("empty", ["SQUATWATCH_DATABASE_URL", "SQUATWATCH_DATABASE_URL_FILE"])
def test_an_empty_variable_counts_as_not_set(secret, monkeypatch, empty):
    values = {"SQUATWATCH_DATABASE_URL": URL, "SQUATWATCH_DATABASE_URL_FILE": str(secret), empty: ""}
    for variable, value in values.items():
        monkeypatch.setenv(variable, value)
    assert read_settings().database_url.get_secret_value() == URL


def test_a_secret_at_two_places_is_refused(secret, monkeypatch):
    monkeypatch.setenv("SQUATWATCH_DATABASE_URL_FILE", str(secret))
    monkeypatch.setenv("SQUATWATCH_DATABASE_URL", "sqlite://")
    with pytest.raises(SquatwatchError, match="both SQUATWATCH_DATABASE_URL and SQUATWATCH_DATABASE_URL_FILE are set"):
        read_settings()


@pytest.mark.parametrize(
    "make, problem",
    [
        (lambda path: None, "No such file or directory"),
        (lambda path: path.mkdir(), "Is a directory"),
        (lambda path: path.write_bytes(b"sesame\xff"), "it cannot be read as text"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, monkeypatch, make, problem):
    make(tmp_path / "http_url")
    monkeypatch.setenv("SQUATWATCH_HTTP_URL_FILE", str(tmp_path / "http_url"))
    with pytest.raises(SquatwatchError, match=f"SQUATWATCH_HTTP_URL_FILE: {tmp_path}/http_url: {problem}") as error:
        read_settings()
    assert "sesame" not in str(error.value)


def test_only_secrets_may_stand_in_files():
    assert secret_settings(Settings) == ["whoisds_url", "http_url", "zone_url", "zone_auth_url", "database_url"]
    assert unknown_variables([f"SQUATWATCH_{name.upper()}_FILE" for name in secret_settings(Settings)]) == []
    (warning,) = unknown_variables(["SQUATWATCH_DEVICE_FILE"])
    assert "SQUATWATCH_DEVICE_FILE is not a setting" in warning
