"""Settings come from SQUATWATCH_… variables; what does not fit is named."""

from pathlib import Path

import pytest

from squatwatch.errors import SquatwatchError
from squatwatch.models.registry import general_model
from squatwatch.settings import Settings, read_settings, settings, unknown_variables


def test_the_defaults_need_no_configuration():
    settings = read_settings()
    assert settings.sources == ["sample"]
    assert settings.home == Path("data").resolve()
    assert (settings.dbt_project / "dbt_project.yml").is_file()
    assert (general_model(settings) / "manifest.json").is_file()


def test_sources_are_a_comma_separated_list(monkeypatch):
    monkeypatch.setenv("SQUATWATCH_SOURCES", "whoisds, s3,whoisds")
    assert read_settings().sources == ["whoisds", "s3"]


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("SQUATWATCH_SOURCES", "whoisd", "SQUATWATCH_SOURCES: unknown source 'whoisd': choose from sample, file"),
        ("SQUATWATCH_SOURCES", " ", "name at least one source"),
        (
            "SQUATWATCH_HOME",
            "/data/new?#1",
            r"SQUATWATCH_HOME: /data/new\?#1 has a `\?` in it.*name the folder otherwise",
        ),
        ("SQUATWATCH_DEVICE", "tpu", "SQUATWATCH_DEVICE"),
        ("SQUATWATCH_ENGINE", "pytorch", "SQUATWATCH_ENGINE"),
        ("SQUATWATCH_SCORE_FLOOR", "2", "SQUATWATCH_SCORE_FLOOR"),
        ("SQUATWATCH_ALARM_BUDGET", "0", "SQUATWATCH_ALARM_BUDGET.*greater than 0"),
        ("SQUATWATCH_ALARM_BUDGET", "-2", "SQUATWATCH_ALARM_BUDGET.*greater than 0"),
        ("SQUATWATCH_ALARM_BUDGET", "few", "SQUATWATCH_ALARM_BUDGET.*number"),
        ("SQUATWATCH_ALARM_BUDGET", "inf", "SQUATWATCH_ALARM_BUDGET.*finite"),
        ("SQUATWATCH_SCORER", "remote", "SQUATWATCH_SCORER.*'local' or 'sagemaker'"),
        (
            "SQUATWATCH_SCORER",
            "sagemaker",
            "nothing says SQUATWATCH_SAGEMAKER_MODEL and SQUATWATCH_SAGEMAKER_URL; docs/sagemaker.md sets it up",
        ),
        ("SQUATWATCH_SAGEMAKER_MODEL", "our model", "SQUATWATCH_SAGEMAKER_MODEL"),
        ("SQUATWATCH_SAGEMAKER_URL", "/srv/jobs", "SQUATWATCH_SAGEMAKER_URL: /srv/jobs is no place in a bucket: write"),
        ("SQUATWATCH_SAGEMAKER_URL", "s3://bucket/*", "is no place in a bucket"),
        ("SQUATWATCH_SAGEMAKER_INSTANCES", "0", "SQUATWATCH_SAGEMAKER_INSTANCES"),
        ("SQUATWATCH_SAGEMAKER_KMS_KEY", "*", "SQUATWATCH_SAGEMAKER_KMS_KEY: .* is no key of AWS KMS"),
        ("SQUATWATCH_SAGEMAKER_POLL_SECONDS", "0", "SQUATWATCH_SAGEMAKER_POLL_SECONDS"),
        ("SQUATWATCH_SAGEMAKER_TIMEOUT_MINUTES", "inf", "SQUATWATCH_SAGEMAKER_TIMEOUT_MINUTES.*finite"),
    ],
)
def test_a_value_that_does_not_fit_names_its_variable(monkeypatch, variable, value, message):
    monkeypatch.setenv(variable, value)
    with pytest.raises(SquatwatchError, match=message):
        read_settings()


def test_urls_that_may_hold_credentials_print_as_stars(monkeypatch):
    monkeypatch.setenv("SQUATWATCH_HTTP_URL", "https://feed.example/key-8d1f/{date}.zip")
    assert "8d1f" not in repr(read_settings())


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_a_variable_that_is_empty_counts_as_not_set(monkeypatch, name):
    expected = read_settings()
    monkeypatch.setenv(f"SQUATWATCH_{name.upper()}", "")
    assert read_settings() == expected


PATHS = [
    "scratch",
    "home",
    "brands_file",
    "allowlist_file",
    "suffixes_file",
    "feed_health_file",
    "alerts_file",
    "model",
    "ranker",
    "dbt_project",
    "real_lists",
    "serve_access_file",
    "serve_certificate",
    "serve_certificate_key",
]


@pytest.mark.parametrize("name", PATHS)
def test_a_path_begins_in_the_home_folder_where_it_begins_with_a_tilde(monkeypatch, tmp_path, name):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(f"SQUATWATCH_{name.upper()}", "~/watch/it")
    assert getattr(read_settings(), name) == tmp_path / "watch/it"


def test_no_path_was_forgotten():
    paths = {name for name, field in Settings.model_fields.items() if "Path" in str(field.annotation)}
    assert paths == set(PATHS)


@pytest.mark.parametrize(
    ("folder", "message"),
    [
        ("what?/data", "cannot write a database"),
        ("domain=x/data", "`domain=x` for a column"),
        ("run_date=2024-06-13", ""),
    ],
)
def test_a_data_root_whose_path_duckdb_would_misread_is_refused(tmp_path, folder, message):
    with pytest.raises(SquatwatchError, match=message + ".*name the folder otherwise"):
        read_settings(home=tmp_path / folder)


@pytest.mark.parametrize("folder", ["1=2", "=", "a-b=c", "o'hara's [a-z]*; --"])
def test_other_names_of_a_data_root_are_taken_as_they_are(tmp_path, folder):
    assert read_settings(home=tmp_path / folder).home == tmp_path / folder


def test_the_home_folder_of_nobody_is_named(monkeypatch):
    monkeypatch.setenv("SQUATWATCH_MODEL", "~nobody-of-that-name/model")
    with pytest.raises(SquatwatchError, match="SQUATWATCH_MODEL: ~nobody-of-that-name/model names the home folder of"):
        read_settings()


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("SQUATWATCH_ALLOW_LIST_FILE", "SQUATWATCH_ALLOWLIST_FILE"),
        ("SQUATWATCH_SOURCE", "SQUATWATCH_SOURCES"),
        ("SQUATWATCH_ALERT_FILE", "SQUATWATCH_ALERTS_FILE"),
        ("SQUATWATCH_THRESHHOLD", "SQUATWATCH_THRESHOLD"),
        ("SQUATWATCH_HOEM", "SQUATWATCH_HOME"),
        ("SQUATWACH_HOME", "SQUATWATCH_HOME"),
        ("SQUAT_WATCH_DEVICE", "SQUATWATCH_DEVICE"),
        ("squatwatch_dns_server", "SQUATWATCH_DNS_SERVERS"),
    ],
)
def test_a_misspelt_variable_is_told_with_the_nearest_setting(written, meant):
    assert unknown_variables([written]) == [f"{written} is not a setting and is ignored; did you mean {meant}?"]


def test_a_variable_near_no_setting_is_told_too_and_what_is_read_elsewhere_is_not():
    assert unknown_variables(["SQUATWATCH_COFFEE"]) == [
        "SQUATWATCH_COFFEE is not a setting and is ignored; `squatwatch settings` lists them"
    ]
    elsewhere = ["SQUATWATCH_DEBUG", "SQUATWATCH_PORT", "SQUATWATCH_AIRFLOW_HOME", "SQUATWATCH_HOME", "squatwatch_home"]
    assert unknown_variables([*elsewhere, "PATH", "HOME", "AIRFLOW_HOME"]) == []


def test_tasks_log_a_misspelt_variable_without_its_value(monkeypatch, caplog):
    monkeypatch.setenv("SQUATWATCH_HTTP_URI", "https://feed.example/key-8d1f")
    settings.cache_clear()
    try:
        settings()
    finally:
        settings.cache_clear()
    assert "did you mean SQUATWATCH_HTTP_URL?" in caplog.text and "8d1f" not in caplog.text


def test_a_setting_that_does_not_fit_is_the_only_one_that_is_blamed(monkeypatch):
    monkeypatch.setenv("SQUATWATCH_SOURCES", "Sample")
    with pytest.raises(SquatwatchError) as refused:
        read_settings()
    assert "SQUATWATCH_SOURCES" in str(refused.value) and str(refused.value).count("SQUATWATCH_") == 1


@pytest.mark.parametrize(
    ("home", "url"),
    [
        ("s3://bucket/squat/watch", "s3://bucket/squat/watch"),
        ("s3://bucket/", "s3://bucket"),
        ("file:///mnt/share", "file:///mnt/share"),
    ],
)
def test_a_data_root_in_a_store_has_a_copy_below_the_scratch_folder(tmp_path, home, url):
    settings = read_settings(home=home, scratch=tmp_path, database_url="sqlite:////srv/labels.db")
    assert settings.store_url == url
    assert settings.home.is_relative_to(tmp_path)
    assert read_settings(home=settings.home, scratch=tmp_path, database_url="sqlite://").store_url == url
    assert read_settings(home=tmp_path / "data", scratch=tmp_path).store_url is None


def test_a_data_root_in_a_store_needs_a_database_that_all_machines_reach(tmp_path):
    with pytest.raises(SquatwatchError, match=r"a data root in a store \(s3://bucket/prefix\) keeps no database: name"):
        read_settings(home="s3://bucket/prefix", scratch=tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "s3://",
        "s3://bucket//prefix",
        "s3://Bucket/prefix",
        "gs://bucket",
        "s3://b/a?b",
        "s3://bucket/../x",
        "s3://bucket/*",
        "s3://bucket/a*b",
        "s3://bucket/a?b",
        "file:///mnt/a?b",
    ],
)
def test_a_url_that_is_no_place_for_data_is_refused(tmp_path, url):
    with pytest.raises(SquatwatchError, match=r"SQUATWATCH_HOME: .* is no place for data: write s3://bucket/prefix"):
        read_settings(home=url, scratch=tmp_path, database_url="sqlite://")


ARN = "arn:aws-cn:kms:cn-north-1:111122223333:"


@pytest.mark.parametrize("key", ["1234abcd-12ab", "mrk-1234", "alias/a/b", f"{ARN}key/1234abcd", f"{ARN}alias/ours"])
def test_a_key_of_kms_is_an_id_an_arn_or_an_alias(key):
    assert read_settings(store_kms_key=key).store_kms_key == key


@pytest.mark.parametrize(
    "key", ["*", "12?4", "alias/*", f"{ARN}key/*", "arn:aws:kms:*:111122223333:key/1234", "key/1234", "a key", "alias/"]
)
def test_what_policies_would_take_for_other_keys_is_refused(key):
    with pytest.raises(
        SquatwatchError, match=r"SQUATWATCH_STORE_KMS_KEY: .* is no key of AWS KMS: write its ID, its A"
    ):
        read_settings(store_kms_key=key)
