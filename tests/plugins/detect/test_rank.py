"""Rankings of a date: of all its pairs, by what was judged before it, and never in the way of anything else."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest
from pydantic import SecretStr

from squatwatch import pipeline
from squatwatch.detect.rank import NOTHING_JUDGED, RankedPairs, Ranker, rank_date, remove_other_ranking
from squatwatch.errors import Missing, RankerTrouble
from squatwatch.labels.judged import judged_before
from squatwatch.labels.label import Label
from squatwatch.labels.store import label_store
from squatwatch.lake.ids import detection_id
from squatwatch.lake.partitions import Lake
from squatwatch.lake.provenance import Input, Provenance
from squatwatch.lake.tables import RANKINGS
from squatwatch.settings import read_settings
from squatwatch.store.door import follow
from squatwatch_ml.rank.ranker import OTHER_FROM, USE_FROM

MONDAY, TUESDAY, WEDNESDAY = (date(2024, 6, day) for day in (3, 4, 5))
WEEK = (MONDAY, TUESDAY, WEDNESDAY)


def rank(pairs, judged, abouts):
    """A squat as sure as it was scored, less .1 for each judged name of the brand that is none; a wave a brand.

    Lifted is whatever may be.
    """
    harmless = [brand for brand, is_squat in zip(judged.brands, judged.is_squat, strict=True) if not is_squat]
    squat = np.array(
        [score - 0.1 * harmless.count(brand) for brand, score in zip(pairs.brands, pairs.scores, strict=True)]
    )
    zeros = np.zeros(len(squat))
    notes = [f"`{label}` beside {', '.join(judged.labels)}" for label in pairs.labels]
    sizes = [pairs.brands.count(brand) for brand in pairs.brands]
    waves = [brand if size > 1 else None for brand, size in zip(pairs.brands, sizes, strict=True)]
    components = {"brand": zeros, "wave": zeros, "memory": zeros - 0.26}
    lifted = [not (flags or excuses) for flags, excuses in zip(pairs.flagged, pairs.excused, strict=True)]
    return RankedPairs(squat, zeros, 1 - squat, squat, ["squat"] * len(squat), components, notes, waves, sizes, lifted)


RANKER = Ranker("ranker-1", rank)


def ranked(settings, run_date):
    rank_date(settings, run_date, RANKER, judged_before, {})
    return rows_of(settings, run_date)


def rows_of(settings, run_date):
    return Lake(settings.home).read("rankings", run_date).drop("ranked_at")


def judge(settings, verdict, run_date, *domains, brand="paypal"):
    label_store(settings).add(
        [Label(detection_id(brand, name), name, brand, verdict, "ana", run_date=run_date) for name in domains]
    )


def test_every_pair_of_the_date_has_a_row_with_all_that_the_ranker_said(dates):
    found = [
        {"domain": "paypal-login.com", "brand": "paypal", "score": 0.9},
        {"domain": "xn--pypal-4ve.com", "domain_unicode": "pаypal.com", "brand": "paypal", "score": 0.4,
         "is_detection": False},
        {"domain": "dhl.top", "brand": "dhl", "score": 0.8},
        {"domain": "dhl.de", "brand": "dhl", "is_detection": False, "allowlist_reason": "owned by dhl"},
    ]  # fmt: skip
    dates.write_verdicts(TUESDAY, found)
    judge(dates.settings, "not_squat", MONDAY, "xn--pypal-4ve.org")
    rows = ranked(dates.settings, TUESDAY)
    assert rows.columns == [name for name in RANKINGS.columns if name != "ranked_at"]
    assert rows.row(1, named=True) == {
        "detection_id": "paypal|xn--pypal-4ve.com",
        "domain": "xn--pypal-4ve.com",
        "brand": "paypal",
        "squat": pytest.approx(0.3),
        "use": 0,
        "priority": pytest.approx(0.3),
        "taken_for": "squat",
        "other": pytest.approx(0.7),
        "component_brand": 0,
        "component_wave": 0,
        "component_memory": -0.3,
        "note": "`pаypal` beside pаypal",
        "wave_id": "paypal",
        "wave_size": 2,
        "is_lifted": True,
        "ranker_version": "ranker-1",
        "model_version": "bilstm-1",
        "judged_count": 1,
    }
    assert rows.select("domain", "wave_id", "wave_size", "judged_count").row(2) == ("dhl.top", "dhl", 2, 0)
    assert rows["is_lifted"].to_list() == [False, True, False, False]  # below its threshold, and not excused
    made_from = dates.lake.made_from("rankings", TUESDAY)
    assert made_from.inputs == {Input.RANKER: "ranker-1"}
    assert made_from.upstream == {"detections": dates.lake.made_from("detections", TUESDAY).fingerprint}


def test_labels_of_a_date_count_from_the_next_one_on(dates):
    for day in WEEK:
        dates.write(day, "paypal-login.com")
    judge(dates.settings, "not_squat", TUESDAY, "paypal-login.com")
    assert [ranked(dates.settings, day)["squat"][0] for day in WEEK] == pytest.approx([0.9, 0.9, 0.8])


def test_in_whatever_order_dates_come_and_are_judged_their_rankings_are_the_same(new_dates, tmp_path):
    def rankings(name, *days):
        dates = new_dates(tmp_path / name)
        for day in days:
            dates.write(day, f"paypal-{day:%d}.com", "paypal-login.com")
            judge(dates.settings, "own", day, f"paypal-{day:%d}.com")
        return pl.concat(ranked(dates.settings, day) for day in WEEK)

    forwards = rankings("forwards", *WEEK)
    assert forwards["judged_count"].to_list() == [0, 0, 1, 1, 2, 2]
    assert rankings("backwards", *reversed(WEEK)).equals(forwards)


def test_ten_labels_count_as_ten(dates):
    dates.write(TUESDAY, "paypal-login.com")
    judge(dates.settings, "not_squat", MONDAY, *(f"paypal{number}.com" for number in range(10)))
    assert ranked(dates.settings, TUESDAY)["judged_count"].to_list() == [10]


def test_a_date_without_detections_has_an_empty_ranking(dates):
    dates.write(MONDAY, also=("orchardview.org",))
    assert ranked(dates.settings, MONDAY).is_empty()


def test_a_date_that_was_not_scored_cannot_be_ranked(settings):
    with pytest.raises(Missing, match=r"no detections of 2024-06-03.*squatwatch score --date 2024-06-03"):
        rank_date(settings, MONDAY, RANKER, lambda *_: NOTHING_JUDGED, {})


def test_a_date_is_done_with_and_without_a_ranking(dates):
    dates.write(MONDAY, "paypal-login.com")
    before = dates.publish()
    ranked(dates.settings, MONDAY)
    after = dates.publish()
    assert before.warehouse.states == after.warehouse.states == {"done": 1}
    assert after.warehouse.changed == [MONDAY]


def test_rankings_go_before_detections_of_another_kind_take_the_place_of_theirs(dates):
    dates.write(MONDAY, "paypal-login.com")
    ranked(dates.settings, MONDAY)
    remove_other_ranking(dates.lake, MONDAY, dates.lake.made_from("detections", MONDAY))
    assert dates.lake.partition("rankings", MONDAY).is_file()
    remove_other_ranking(dates.lake, MONDAY, Provenance(upstream={"candidates": "others"}))
    assert not dates.lake.partition("rankings", MONDAY).is_file()
    remove_other_ranking(dates.lake, MONDAY, Provenance())  # nor is it an error that there are none


# --- with the ranker of the settings ----------------------------------------------------------------------------------
@pytest.fixture
def scored(settings):
    """A date of the sample that was scored, whose one label came from a file on a day long ago."""
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    label = Label(detection_id("paypal", "a.com"), "a.com", "paypal", "own", "ana", labelled_at=long_ago)
    label_store(settings).add([label])
    pipeline.download(settings, date(2026, 11, 5), "sample")
    for step in pipeline.STEPS.values():
        step(settings, date(2026, 11, 5))
    return settings


def test_what_the_brand_list_says_about_a_brand_moves_its_names(dates, tmp_path):
    def squat(about):
        listed = tmp_path / "brands.csv"
        listed.write_text(f'brand,brand_domain,about\nzephyrline,zephyrline.com,"{about}"\n')
        dates.write(MONDAY, "zephyrline-flights.com", brand="zephyrline")
        pipeline.rank(dates.settings.model_copy(update={"brands_file": listed}), MONDAY)
        return rows_of(dates.settings, MONDAY)["squat"].item()

    assert squat("flights airline tickets") > squat("plumbing heating drains")


def test_scoring_ranks_the_date_as_its_last_act(scored):
    day = date(2026, 11, 5)
    rows, detections = (rows_of(scored, day), Lake(scored.home).read("detections", day))
    assert rows["detection_id"].equals(detections["detection_id"]) and not rows.is_empty()
    by_brand = dict(rows.select("brand", "judged_count").iter_rows())
    assert by_brand.pop("paypal") == 1 and set(by_brand.values()) == {0}
    assert pipeline.rank(scored, day).judged_count == 1


def test_a_ranker_that_cannot_be_used_stops_nothing_and_is_told(scored, caplog, tmp_path):
    day, ranker = date(2026, 11, 5), tmp_path / "ranker.json"
    ranker.write_text("{}")
    settings = scored.model_copy(update={"ranker": ranker, "threshold": 0.5})
    with caplog.at_level(logging.WARNING):
        assert pipeline.score(settings, day).detection_count
    (warning,) = caplog.messages
    assert (
        f"2026-11-05 has no ranking of now: the ranker {ranker} cannot be used ({ranker} is no ranker of format 3"
        in warning
    )
    assert "run: squatwatch rank --date 2026-11-05" in warning
    assert pipeline.status(settings, day).state == "done"
    assert not Lake(settings.home).partition("rankings", day).is_file()  # that was of detections by other thresholds
    with pytest.raises(RankerTrouble, match="SQUATWATCH_RANKER"):
        pipeline.rank(settings, day)


def test_a_database_that_cannot_be_used_stops_nothing_and_is_told(scored, caplog):
    url = SecretStr("postgresql+nodriver://nobody@127.0.0.1:1/x")
    settings = scored.model_copy(update={"database_url": url, "threshold": 0.5})
    with caplog.at_level(logging.WARNING):
        pipeline.score(settings, date(2026, 11, 5))
    assert "2026-11-05 has no ranking of now: SQUATWATCH_DATABASE_URL" in caplog.text


def test_rankings_that_are_damaged_are_made_anew(scored):
    day = date(2026, 11, 5)
    path = Lake(scored.home).partition("rankings", day)
    path.write_bytes(path.read_bytes()[:100])
    pipeline.score(scored.model_copy(update={"threshold": 0.6}), day)
    assert not rows_of(scored, day).is_empty()


def test_ranking_can_be_switched_off(settings, dates, monkeypatch):
    monkeypatch.setenv("SQUATWATCH_RANKER", "none")
    dates.write(MONDAY, "paypal-login.com")
    with pytest.raises(RankerTrouble, match="SQUATWATCH_RANKER is none"):
        pipeline.rank(read_settings(home=settings.home), MONDAY)


def test_in_a_store_rankings_are_committed_with_what_they_rank_and_other_machines_rank_anew(tmp_path):
    """A share that machines see; each has a scratch folder of its own, and all have one database."""
    day, database = date(2026, 11, 5), f"sqlite:///{tmp_path}/labels.db"

    def machine(name):
        share, scratch = f"file://{tmp_path}/share", tmp_path / name
        return read_settings(home=share, scratch=scratch, database_url=database)

    one, other = machine("one"), machine("other")
    pipeline.download(one, day, "sample")
    for step in pipeline.STEPS.values():
        step(one, day)
    follow(other, [day])
    first = rows_of(other, day)
    assert not first.is_empty() and set(first["judged_count"]) == {0}
    judge(other, "own", MONDAY, "paypal-shop.com")
    assert pipeline.rank(other, day).judged_count == 1
    follow(one, [day])
    assert dict(rows_of(one, day).select("brand", "judged_count").iter_rows())["paypal"] == 1


def test_the_table_says_from_which_ratios_on_the_ranker_folds_a_name() -> None:
    said = RANKINGS.columns["taken_for"].comment
    assert f"use is more than {USE_FROM:g} times squat, or other more than {OTHER_FROM:g} times" in said
