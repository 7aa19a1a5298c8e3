"""The alerts file: what it may say, and what is said of what it may not."""

from __future__ import annotations

from dataclasses import replace

import golden
import pytest

from squatwatch.alerts.sinks import demand_sinks, read_sinks
from squatwatch.errors import SquatwatchError
from squatwatch.settings import read_settings

WEBHOOK = {"transport": "webhook", "connection": "siem"}


def of(brand: str):
    return replace(golden.NEW, brand=brand)


def test_each_transport(with_sinks):
    settings = with_sinks(
        files={"transport": "file", "path": "alerts"},
        lake={"transport": "s3", "url": "s3://siem-in/label-1", "connection": "bucket", "format": "stix"},
        splunk={"transport": "splunk", "connection": "hec", "index": "squats", "format": "ocsf"},
        hook=WEBHOOK | {"brands": ["paypal"], "actions": ["new"]},
        team={"transport": "email", "to": ["soc@example.com"], "sender": "w@example.com"},
    )
    sinks = {sink.name: sink for sink in read_sinks(settings)}
    assert list(sinks) == ["files", "lake", "splunk", "hook", "team"]
    hook, everything = sinks["hook"], sinks["files"]
    assert hook.wants(of("paypal")) and not hook.wants(of("amazon")) and everything.wants(of("amazon"))
    assert sinks["hook"].actions == ("new",) and sinks["files"].actions == ("new", "changed", "revoked")
    assert sinks["files"].format == "ecs" and sinks["team"].connection == "smtp_default"
    assert [sink.name for sink in demand_sinks(settings, "lake")] == ["lake"]


@pytest.mark.parametrize(
    ("sink", "problem"),
    [
        ({"transport": "pigeon"}, "transport: file, s3, splunk, webhook or email"),
        ({}, "transport: file, s3, splunk, webhook or email"),
        ({"transport": "webhook"}, "connection: Field required"),
        (WEBHOOK | {"password": "s3cr3t"}, "password: there is no such field"),
        (WEBHOOK | {"format": "cef"}, "format: Input should be 'ecs', 'stix' or 'ocsf'"),
        (WEBHOOK | {"brands": ["paypall"]}, "brands: paypall is not in the brands file"),
        (WEBHOOK | {"brands": []}, "brands: name at least one"),
        (WEBHOOK | {"waves": True}, "waves: Input should be 'apart' or 'together'"),
        (WEBHOOK | {"taken_for": ["squats"]}, "taken_for.0: Input should be 'squat', 'use' or 'other'"),
        (WEBHOOK | {"batch": 0}, "batch: Input should be greater than or equal to 1"),
        ({"transport": "s3", "url": "https://s3cr3t/"}, "url: String should match pattern"),
        ({"transport": "email", "to": ["a@b, c@d"], "sender": "w@example.com"}, "to.0: String should match pattern"),
        ("webhook", "a sink is a mapping with transport"),
    ],
)
def test_what_does_not_fit_is_named_and_not_repeated(with_sinks, sink, problem):
    settings = with_sinks(siem=sink)
    with pytest.raises(SquatwatchError) as told:
        read_sinks(settings)
    assert f"sink siem: {problem}" in str(told.value) and str(settings.alerts_file) in str(told.value)
    assert "s3cr3t" not in str(told.value)


def test_a_list_with_a_wrong_value_alone_is_not_told_to_be_empty(with_sinks):
    with pytest.raises(SquatwatchError, match=r"sink siem: taken_for.0: Input should be 'squat', 'use' or 'other'$"):
        read_sinks(with_sinks(siem=WEBHOOK | {"taken_for": "Squat"}))


@pytest.mark.parametrize(
    "text", ["", "[]", "siem: {", "- a", "\xff"], ids=["empty", "list", "broken", "items", "latin"]
)
def test_a_file_that_is_none(tmp_path, text):
    path = tmp_path / "alerts.yml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(SquatwatchError, match="Connecting a sink"):
        read_sinks(read_settings(home=tmp_path, alerts_file=path))


def test_no_file_is_no_sink_and_asking_for_one_says_how_to_begin(tmp_path, with_sinks):
    assert read_sinks(read_settings(home=tmp_path)) == []
    with pytest.raises(SquatwatchError, match="SQUATWATCH_ALERTS_FILE"):
        demand_sinks(read_settings(home=tmp_path))
    with pytest.raises(SquatwatchError, match="has no sink 'spunk'; it has siem"):
        demand_sinks(with_sinks(siem=WEBHOOK), "spunk")


def test_a_sink_that_stands_twice_is_named_with_its_lines(tmp_path):
    """YAML would take the second and never tell the first anything."""
    path = tmp_path / "alerts.yml"
    path.write_text("siem: {transport: file, path: a}\nteam: {transport: file, path: b}\nsiem:\n  transport: file\n")
    with pytest.raises(SquatwatchError, match=r"has the key siem twice, in lines 1 and 3"):
        read_sinks(read_settings(home=tmp_path, alerts_file=path))
    path.write_text("siem:\n  transport: file\n  path: a\n  path: b\n")
    with pytest.raises(SquatwatchError, match=r"has the key path twice, in lines 3 and 4"):
        read_sinks(read_settings(home=tmp_path, alerts_file=path))


@pytest.mark.parametrize(
    "written", ["Nordwand", " NORDWAND ", "nordwand", "Caf\u00e9-\u0130stanbul", "Cafe\u0301-istanbul"]
)
def test_a_brand_is_read_as_in_the_brands_file(with_sinks, tmp_path, written):
    brands = tmp_path / "brands.csv"
    brands.write_text("brand,brand_domain\nNordwand,nordwand-bank.com\nCafé-istanbul,cafe-istanbul.com\n", "utf-8")
    settings = with_sinks({"brands_file": brands}, siem=WEBHOOK | {"brands": [written]})
    (sink,) = read_sinks(settings)
    assert sink.wants(of("nordwand")) != sink.wants(of("café-istanbul"))


def test_one_value_is_a_list_of_one(with_sinks):
    mail = {"transport": "email", "to": "soc@example.com", "sender": "w@example.com", "actions": "new"}
    first, second = read_sinks(with_sinks(siem=WEBHOOK | {"brands": "paypal"}, team=mail))
    assert first.brands == ("paypal",) and first.wants(of("paypal")) and not first.wants(of("amazon"))
    assert second.to == ("soc@example.com",) and second.actions == ("new",)


def test_what_is_no_list_is_told_how_one_is_written(with_sinks):
    with pytest.raises(SquatwatchError, match=r"brands: Input should be a list, as in \[a, b\]"):
        read_sinks(with_sinks(siem=WEBHOOK | {"brands": {"paypal": True}}))


def test_the_home_folder_of_nobody_is_named(with_sinks):
    with pytest.raises(SquatwatchError, match="path: ~nobody-of-that-name/x names the home folder of nobody"):
        read_sinks(with_sinks(siem={"transport": "file", "path": "~nobody-of-that-name/x"}))
