"""The state of a date: what a person is told about it, and from which step on it is done again."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from squatwatch import pipeline
from squatwatch.lake.partitions import Lake
from squatwatch.lake.provenance import FLAT_KEY, Input, Provenance
from squatwatch.lake.tables import DETECTIONS, REGISTRY, STEPS, THRESHOLDS
from squatwatch.lists.thresholds import write_thresholds
from squatwatch.state.commands import next_command
from squatwatch.state.status import status_of, statuses_of

TABLES = [table.name for table in REGISTRY.required()]
TABLES_OF = {step: [table.name for table in REGISTRY.required_of(step)] for step in STEPS}
DAY, NEXT_DAY = date(2024, 2, 29), date(2024, 3, 1)
BRANDS = "brand,brand_domain\npaypal,paypal.com\n"
ALLOWED = "domain,reason,expires_on\n"


def state_of(settings, run_date=DAY, model_version="bilstm-1"):
    status = status_of(settings, run_date, model_version)
    return status.state, "; ".join(status.reasons), status.again_from


def rewrite(lake, step, made_from):
    """The step's tables as they are, made from something else."""
    for table in TABLES_OF[step]:
        lake.write(table, DAY, lake.read(table, DAY), made_from=made_from)


def test_a_date_is_begun_again_from_its_download_or_from_a_step_of_the_pipeline():
    assert ("download", *pipeline.STEPS) == STEPS


def test_a_date_is_absent_then_done(dates, settings):
    assert state_of(settings) == ("absent", "nothing is loaded", "download")
    dates.write(DAY, "paypal-login.com")
    assert state_of(settings) == ("done", "", None)


@pytest.mark.parametrize("table", TABLES)
def test_a_date_without_one_of_its_tables_is_unfinished(dates, settings, table):
    dates.write(DAY, "paypal-login.com")
    Lake(settings.home).partition(table, DAY).unlink()
    state, reason, again_from = state_of(settings)
    assert (state, again_from) == ("unfinished", next(step for step, tables in TABLES_OF.items() if table in tables))
    assert f"no {table}" in reason
    assert not status_of(settings, DAY, "bilstm-1").is_whole


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_is_damaged_is_named(dates, settings, table):
    dates.write(DAY, "paypal-login.com")
    path = Lake(settings.home).partition(table, DAY)
    path.write_bytes(path.read_bytes()[:100])
    state, reason, _ = state_of(settings)
    assert state == "damaged"
    assert str(path) in reason and "run: squatwatch" in reason


def test_a_date_loaded_again_and_not_built_again_is_unfinished(dates, settings):
    dates.write(DAY, "paypal-login.com")
    dates.put("load", DAY, dates.lists(DAY, "paypal-login.com", "orchard.org"))
    state, reason, again_from = state_of(settings)
    assert (state, again_from) == ("unfinished", "health")
    assert "registration_features were made from other registrations" in reason


def test_a_run_that_ended_between_two_files_of_a_step_is_unfinished(dates, settings):
    dates.write(DAY, "paypal-login.com")
    Lake(settings.home).write(
        "set_aside", DAY, pl.DataFrame({"domain": ["a.com"]}), made_from=Provenance(inputs={Input.BRANDS: "others"})
    )
    assert state_of(settings) == ("unfinished", "set_aside and registration_features are of two runs", "transform")


def test_a_list_that_did_not_come_makes_a_date_partial_and_names_the_source(dates, settings):
    dates.write(DAY, "paypal-login.com")
    loaded = replace(dates.lake.made_from("registrations", DAY), missing=("whoisds",))
    rewrite(dates.lake, "load", loaded)  # by a load that waited in vain for a second source
    for step in ("health", "transform"):
        before = dates.lake.made_from(TABLES_OF[step][0], DAY)
        rewrite(dates.lake, step, replace(before, upstream={"registrations": loaded.fingerprint}))
    candidates = dates.lake.made_from("candidates", DAY).fingerprint
    before = dates.lake.made_from("detections", DAY)
    rewrite(dates.lake, "score", replace(before, upstream={"candidates": candidates}))
    assert state_of(settings) == ("partial", "no list from whoisds", "download")


@pytest.mark.parametrize(
    ("setting", "before", "after", "reason"),
    [
        ("brands_file", BRANDS, f"{BRANDS}klarna,klarna.com\n", "the brands have changed"),
        ("allowlist_file", ALLOWED, f"{ALLOWED}paypal-login.com,ours,\n", "the allowlist has changed"),
    ],
)
def test_a_list_that_was_edited_makes_dates_out_of_date(dates, settings, tmp_path, setting, before, after, reason):
    (tmp_path / "list.csv").write_text(before)
    listed = settings.model_copy(update={setting: tmp_path / "list.csv"})
    for day in (DAY, NEXT_DAY):
        type(dates)(listed).write(day, "paypal-login.com")
    assert next_command(listed, statuses_of(listed, "bilstm-1")) is None
    (tmp_path / "list.csv").write_text(after)
    assert state_of(listed) == ("outdated", reason, "transform")
    command = next_command(listed, statuses_of(listed, "bilstm-1"))
    assert command.startswith("squatwatch backfill --from 2024-02-29 --to 2024-03-01")


def test_the_same_brands_written_otherwise_change_nothing(dates, settings, tmp_path):
    path = tmp_path / "brands.csv"
    path.write_text("brand,brand_domain\nklarna,klarna.com\npaypal,paypal.com\n")
    listed = settings.model_copy(update={"brands_file": path})
    type(dates)(listed).write(DAY, "paypal-login.com")
    path.write_text("brand_domain,brand\npaypal.com,PayPal\n\nklarna.com,klarna\nklarna.com,klarna\n")
    assert state_of(listed)[0] == "done"


def test_an_allowlist_entry_that_expired_before_a_date_does_not_concern_it(dates, settings, tmp_path):
    path = tmp_path / "allowlist.csv"
    path.write_text("domain,reason,expires_on\n")
    listed = settings.model_copy(update={"allowlist_file": path})
    for day in (DAY, NEXT_DAY):
        type(dates)(listed).write(day, "paypal-login.com")
    path.write_text("domain,reason,expires_on\npaypal-login.com,until the end of February,2024-02-29\n")
    assert state_of(listed, DAY) == ("outdated", "the allowlist has changed", "transform")
    assert state_of(listed, NEXT_DAY) == ("done", "", None)


def test_another_model_or_other_thresholds_have_it_scored_again_and_no_more(dates, settings):
    dates.write(DAY, "paypal-login.com")
    assert state_of(settings, model_version="bilstm-2") == ("outdated", "another model scored it", "score")
    rows = pl.DataFrame([{"brand": "paypal", "threshold": 0.7}], schema=THRESHOLDS.schema)
    write_thresholds(settings.home, "bilstm-1", rows)
    assert state_of(settings) == ("outdated", "the thresholds have changed", "score")


def test_a_list_received_anew_has_the_date_loaded_again(dates, settings):
    dates.write(DAY, "paypal-login.com")
    dates.lists(DAY, "paypal-login.com", "orchard.org")
    assert state_of(settings) == ("outdated", "its lists were received anew", "load")


def test_a_date_of_an_earlier_release_fits_together_and_is_out_of_date(dates, settings):
    """Its files say nothing of themselves, and one lacks columns that came later."""
    dates.write(DAY, "paypal-login.com")
    for table in TABLES:
        dates.lake.write(table, DAY, dates.lake.read(table, DAY))
    detections = dates.lake.read("detections", DAY).drop("reason", "aligned")
    assert set(detections.columns) < set(DETECTIONS.columns)
    dates.lake.write("detections", DAY, detections)
    status = status_of(settings, DAY, "bilstm-1")
    assert (status.state, status.again_from, status.is_whole) == ("outdated", "load", True)


def as_release_0_2_0_wrote_it(lake):
    """The date's files with the flat footers of that release."""
    for table in TABLES:
        written = lake.made_from(table, DAY)
        metadata = {FLAT_KEY: json.dumps(written._flat(), sort_keys=True)}
        lake.read(table, DAY).write_parquet(lake.partition(table, DAY), metadata=metadata)


def test_a_date_with_the_footers_of_release_0_2_0_fits_together_and_stays_as_it_is(dates, settings):
    dates.write(DAY, "paypal-login.com")
    as_release_0_2_0_wrote_it(dates.lake)
    assert "list sample" in pl.read_parquet_metadata(dates.lake.partition("registrations", DAY))[FLAT_KEY]
    assert state_of(settings) == ("done", "", None)
    dates.lists(DAY, "paypal-login.com", "orchard.org")
    assert state_of(settings) == ("outdated", "its lists were received anew", "load")


def test_a_step_done_again_fits_the_footers_of_release_0_2_0(dates, settings):
    dates.write(DAY, "paypal-login.com")
    made_from = {step: dates.lake.made_from(TABLES_OF[step][0], DAY) for step in TABLES_OF if TABLES_OF[step]}
    as_release_0_2_0_wrote_it(dates.lake)
    for step in ("load", "transform"):  # the others stay as that release wrote them
        rewrite(dates.lake, step, made_from[step])
    assert state_of(settings) == ("done", "", None)


def test_a_date_of_another_release_is_done_again_from_the_first_step_that_it_made(dates, settings):
    dates.write(DAY, "paypal-login.com")
    loaded = replace(dates.lake.made_from("registrations", DAY), release="0.1.9")
    rewrite(dates.lake, "load", loaded)
    for step in ("health", "transform"):
        before = dates.lake.made_from(TABLES_OF[step][0], DAY)
        rewrite(dates.lake, step, replace(before, release="0.1.9", upstream={"registrations": loaded.fingerprint}))
    before = dates.lake.made_from("detections", DAY)
    candidates = dates.lake.made_from("candidates", DAY).fingerprint
    rewrite(dates.lake, "score", replace(before, upstream={"candidates": candidates}))
    assert state_of(settings) == ("outdated", "another release made it", "load")


def test_other_models_have_dates_transformed_again_but_not_those_that_publish_makes(dates, settings, tmp_path):
    dates.write(DAY, "paypal-login.com")
    changed = ("outdated", "the dbt models have changed", "transform")
    for folder, outcome in (("warehouse", ("done", "", None)), ("marts", changed)):
        project = shutil.copytree(settings.dbt_project, tmp_path / folder, ignore=shutil.ignore_patterns("target"))
        (project / f"models/{folder}/new.sql").write_text("select 1 as one")
        assert state_of(settings.model_copy(update={"dbt_project": project})) == outcome
