"""The alerts file: what it may say, and what is said of what it may not."""

from __future__ import annotations

import pytest

from squatwatch.alerts.sinks import demand_sinks, read_sinks
from squatwatch.errors import SquatwatchError
from squatwatch.settings import read_settings

WEBHOOK = {"transport": "webhook", "connection": "siem"}


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
    assert sinks["hook"].wants("paypal") and not sinks["hook"].wants("amazon") and sinks["files"].wants("amazon")
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
        (WEBHOOK | {"brands": []}, "brands: "),
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
