"""A date knows its brand list: no command that is proposed, and no work that is begun, replaces it unasked."""

from __future__ import annotations

import shlex
from dataclasses import replace
from datetime import date

import pytest

from squatwatch import pipeline
from squatwatch.errors import SquatwatchError
from squatwatch.lake.partitions import Lake
from squatwatch.lake.provenance import Input
from squatwatch.lake.tables import REGISTRY
from squatwatch.lists.brands_in_force import brand_count, remember_brands
from squatwatch.state.brand_lists import demand_same_list
from squatwatch.state.commands import command_for_list_in_force, next_command
from squatwatch.state.status import status_of, statuses_of

DAY, NEXT_DAY, LATER = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 9)
MODEL = "bilstm-1"


@pytest.fixture
def lists(tmp_path):
    """Two brand lists, one with a blank in its name."""
    ours, theirs = tmp_path / "our brands.csv", tmp_path / "theirs.csv"
    ours.write_text("brand,brand_domain\npaypal,paypal.com\nklarna,klarna.com\n")
    theirs.write_text("brand,brand_domain\npaypal,paypal.com\nzalando,zalando.de\nbosch,bosch.com\n")
    return ours, theirs


def with_list(settings, path):
    return settings.model_copy(update={"brands_file": path})


def commands(settings):
    statuses = statuses_of(settings, MODEL)
    return next_command(settings, statuses), command_for_list_in_force(settings, statuses)


def test_a_list_given_once_is_the_list_of_the_data_root(dates, settings, lists):
    ours, _ = lists
    type(dates)(with_list(settings, ours)).write(DAY, "paypal-login.com")
    remember_brands(settings.home, ours)
    assert status_of(settings, DAY, MODEL).state == "done"
    assert commands(settings) == (None, None)
    assert demand_same_list(settings, [DAY]) == []


def test_a_date_of_another_list_names_both_and_keeps_its_own_in_the_proposed_command(dates, settings, lists):
    ours, _ = lists
    type(dates)(with_list(settings, ours)).write(DAY, "paypal-login.com")
    status = status_of(settings, DAY, MODEL)
    packaged = f"the packaged brand list ({brand_count(settings)} brands)"
    words = f"made with {ours} (2 brands); the list in force is {packaged}"
    assert (status.state, status.reasons, status.again_from) == ("outdated", (words,), "transform")
    keep, for_list_in_force = commands(settings)
    assert shlex.split(keep)[-2:] == ["--brands", str(ours)]
    assert shlex.split(for_list_in_force)[-2:] == ["--brands", "packaged"]


def test_the_list_that_was_named_for_a_command_is_the_one_that_it_proposes(dates, settings, lists):
    ours, theirs = lists
    type(dates)(with_list(settings, ours)).write(DAY, "paypal-login.com")
    proposed, other = commands(with_list(settings, theirs))
    assert shlex.split(proposed) == f"squatwatch backfill --from {DAY} --to {DAY} --brands {theirs}".split()
    assert other is None


def test_dates_of_several_lists_have_a_command_each(dates, settings, lists):
    ours, theirs = lists
    dates.write(DAY, "paypal-login.com")
    type(dates)(with_list(settings, ours)).write(NEXT_DAY, "paypal-login.com")
    type(dates)(with_list(settings, theirs)).write(LATER, "paypal-login.com")
    parts = [shlex.split(part) for part in commands(settings)[0].split(" && ")]
    assert [(part[3], part[5], part[-1]) for part in parts] == [
        (str(NEXT_DAY), str(NEXT_DAY), str(ours)),
        (str(LATER), str(LATER), str(theirs)),
    ]


def test_the_command_leaves_out_the_dates_between_that_nobody_has(dates, settings):
    type(dates)(settings, "bilstm-0").write(DAY, "paypal-login.com")
    dates.write(NEXT_DAY, "paypal-login.com")
    type(dates)(settings, "bilstm-0").write(LATER, "paypal-login.com")
    assert commands(settings)[0] == f"squatwatch backfill --from {DAY} --to {LATER} --existing"


def test_a_copy_of_the_list_and_an_edited_list_are_no_other_lists(dates, settings, lists, tmp_path):
    ours, _ = lists
    type(dates)(with_list(settings, ours)).write(DAY, "paypal-login.com")
    copy = tmp_path / "copy.csv"
    copy.write_bytes(ours.read_bytes())
    remember_brands(settings.home, copy)
    assert status_of(settings, DAY, MODEL).state == "done"
    remember_brands(settings.home, ours)
    ours.write_text(ours.read_text() + "bosch,bosch.com\n")
    assert status_of(settings, DAY, MODEL).reasons == ("the brands have changed",)
    assert commands(settings) == (f"squatwatch backfill --from {DAY} --to {DAY}", None)


@pytest.mark.parametrize("is_unfinished", [False, True])
def test_no_step_makes_a_date_with_another_list_unasked(dates, settings, lists, is_unfinished):
    ours, theirs = lists
    type(dates)(with_list(settings, ours)).write(DAY, "paypal-login.com")
    if is_unfinished:
        Lake(settings.home).partition("detections", DAY).unlink()
    remember_brands(settings.home, theirs)
    for work in (pipeline.transform, lambda settings, day: pipeline.transform_together(settings, [day])):
        with pytest.raises(SquatwatchError, match=r"2026-03-02 was made with .*our brands.csv \(2 brands\)") as refused:
            work(settings, DAY)
        assert f"{theirs} (3 brands)" in str(refused.value) and f"--brands {theirs}" in str(refused.value)
    [line] = demand_same_list(with_list(settings, theirs), [DAY, NEXT_DAY])
    assert "our brands.csv (2 brands)" in line and "theirs.csv (3 brands)" in line


def test_a_date_of_an_earlier_release_that_names_no_list_is_not_made_anew_unasked(dates, settings, lists):
    ours, _ = lists
    type(dates)(with_list(settings, ours)).write(DAY, "paypal-login.com")
    lake = Lake(settings.home)
    made_from = lake.made_from("candidates", DAY)
    earlier = replace(
        made_from, inputs=made_from.inputs | {Input.BRANDS: "another"}, brands_file=None, brand_count=None
    )
    for table in REGISTRY.required_of("transform"):
        lake.write(table.name, DAY, lake.read(table.name, DAY), made_from=earlier)
    with pytest.raises(SquatwatchError, match=r"a brand list that is not recorded.*--brands FILE\.csv"):
        demand_same_list(settings, [DAY])
