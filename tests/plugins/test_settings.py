"""Settings come from SQUATWATCH_… variables; what does not fit is named."""

from pathlib import Path

import pytest

from squatwatch.detect.model_registry import model_folder
from squatwatch.errors import SquatwatchError
from squatwatch.settings import read_settings


def test_the_defaults_need_no_configuration():
    settings = read_settings()
    assert settings.sources == ["sample"]
    assert settings.home == Path("data").resolve()
    assert (settings.dbt_project / "dbt_project.yml").is_file()
    assert (model_folder(settings) / "manifest.json").is_file()


def test_sources_are_a_comma_separated_list(monkeypatch):
    monkeypatch.setenv("SQUATWATCH_SOURCES", "whoisds, s3,whoisds")
    assert read_settings().sources == ["whoisds", "s3"]


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("SQUATWATCH_SOURCES", "whoisd", "SQUATWATCH_SOURCES: unknown source 'whoisd': choose from sample, file"),
        ("SQUATWATCH_SOURCES", " ", "name at least one source"),
        ("SQUATWATCH_DEVICE", "tpu", "SQUATWATCH_DEVICE"),
        ("SQUATWATCH_ENGINE", "pytorch", "SQUATWATCH_ENGINE"),
        ("SQUATWATCH_SCORE_FLOOR", "2", "SQUATWATCH_SCORE_FLOOR"),
        ("SQUATWATCH_ALARM_BUDGET", "0", "SQUATWATCH_ALARM_BUDGET.*greater than 0"),
        ("SQUATWATCH_ALARM_BUDGET", "-2", "SQUATWATCH_ALARM_BUDGET.*greater than 0"),
        ("SQUATWATCH_ALARM_BUDGET", "few", "SQUATWATCH_ALARM_BUDGET.*number"),
        ("SQUATWATCH_ALARM_BUDGET", "inf", "SQUATWATCH_ALARM_BUDGET.*finite"),
    ],
)
def test_a_value_that_does_not_fit_names_its_variable(monkeypatch, variable, value, message):
    monkeypatch.setenv(variable, value)
    with pytest.raises(SquatwatchError, match=message):
        read_settings()


def test_urls_that_may_hold_credentials_print_as_stars(monkeypatch):
    monkeypatch.setenv("SQUATWATCH_HTTP_URL", "https://feed.example/key-8d1f/{date}.zip")
    assert "8d1f" not in repr(read_settings())
