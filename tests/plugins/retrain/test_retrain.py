"""Labels that retrain: split by time, compared, decided by a person, promoted and rolled back."""

from __future__ import annotations

import csv
import shutil
from datetime import UTC, date, datetime, timedelta

import pytest

from squatwatch.errors import SquatwatchError
from squatwatch.labels.label import Label
from squatwatch.labels.store import label_store
from squatwatch.lake.ids import detection_id
from squatwatch.models.registry import GENERAL, family, general_model, keep_artifact, shipped_model
from squatwatch.retrain.attempt import Attempt, attempt_named, attempts, why_not_due
from squatwatch.retrain.collect import collect
from squatwatch.retrain.network import compare, train
from squatwatch.retrain.promote import promote, rollback
from squatwatch.settings import read_settings
from squatwatch_ml.training.plans import RefinementPlan

DAY = date(2026, 11, 5)
TINY = {"brand_count": 12, "positives": 6, "negatives": 6, "background": 3000, "epochs": 1, "batch_size": 32}


def say(settings, *verdicts, brand="paypal", on=None):
    """verdicts: (domain, verdict), each a label by itself, in this order; said `on` a day, else now."""
    label_store(settings).add(
        [Label(detection_id(brand, name), name, brand, verdict, "ana", labelled_at=on) for name, verdict in verdicts]
    )


def column(path, name):
    with path.open(newline="") as file:
        return [row[name] for row in csv.DictReader(file)]


@pytest.fixture
def judged(settings):
    """Twenty labels: ten squats and ten names that are none."""
    say(settings, *((f"paypal-login{n}.com", "squat") for n in range(10)))
    say(settings, *((f"mypaypalstory{n}.com", "not_squat") for n in range(10)))
    return settings


def test_the_newest_fifth_is_held_out_and_watch_says_nothing(judged):
    last_week = datetime.now(UTC) - timedelta(days=7)
    say(judged, *((f"paypal-old{n}.com", "squat") for n in range(100)), on=last_week)
    say(judged, ("paypal-wait.com", "watch"), ("paypal-login0.com", "own"))
    attempt = collect(judged)
    kept = column(attempt.held_out, "domain")
    assert len(kept) == 24 and len(column(attempt.labels, "domain")) == 96
    assert set(column(attempt.labels, "domain")) < {f"paypal-old{n}.com" for n in range(100)}
    assert {"paypal-login0.com", "paypal-login9.com", "mypaypalstory0.com"} < set(kept)
    assert "paypal-wait.com" not in kept
    assert collect(judged).folder == attempt.folder  # the same labels are the same attempt


def test_the_labels_of_one_day_are_held_out_as_chance_has_it(settings):
    """Analysts judge from the highest score down: the last ones of a day are its weakest names."""
    say(settings, *((f"paypal-login{n:03}.com", "squat") for n in range(100)))
    kept = sorted(column(collect(settings).held_out, "domain"))
    assert len(kept) == 20 and kept[0] < "paypal-login025.com" and kept[-1] > "paypal-login075.com"


def test_neighbours_are_near_a_label_and_nobody_has_judged_them(new_dates, tmp_path):
    dates = new_dates(tmp_path)
    dates.write(DAY, "paypal-login1.com", "paypal-login2.com", "paypal-gutschein-heute.net")
    dates.publish()
    say(dates.settings, *((f"paypal-login{n}.com", "squat") for n in (1, *range(3, 15))))
    assert column(collect(dates.settings).neighbours, "domain") == ["paypal-login2.com"]


def test_it_is_time_with_enough_new_labels_or_after_a_week(settings):
    assert "no labels have come" in why_not_due(settings)
    say(settings, *((f"paypal-{n}.com", "squat") for n in range(9)))
    assert "9 labels are too few to learn from: 10 are needed" in why_not_due(settings)
    say(settings, ("paypal-9.com", "squat"))
    assert why_not_due(settings) is None  # the first time
    attempt = collect(settings)
    assert "no labels have come" in why_not_due(settings)
    say(settings, ("paypal-10.com", "squat"))
    assert "it is time at 50 (SQUATWATCH_RETRAIN_LABELS)" in why_not_due(settings)
    assert why_not_due(settings.model_copy(update={"retrain_labels": 1})) is None
    attempt.note(collected_at=(datetime.now(UTC) - timedelta(days=8)).isoformat())
    assert why_not_due(settings) is None


def test_too_few_labels_are_an_error_that_says_how_many(settings):
    say(settings, ("paypal-1.com", "squat"))
    with pytest.raises(SquatwatchError, match="1 labels are too few to learn from: 10 are needed"):
        collect(settings)


@pytest.mark.slow
def test_a_candidate_is_trained_compared_promoted_and_rolled_back(judged):
    attempt = collect(judged)
    version = train(judged, attempt, lambda line: None, RefinementPlan(**TINY))
    objections = compare(judged, attempt, lambda line: None, brand_count=6, names=3000)
    assert attempt.state["summary"].count("## ") == 4 < len(list(attempt.report.glob("*.csv")))
    assert objections == attempt.state["objections"]
    report = (attempt.report / "report.md").read_text()
    assert version in report and "Labels held out by time" in report and "Standing evaluation" in report
    assert "![scores](scores.svg)" in report and "![techniques](techniques.svg)" in report
    assert (attempt.report / "scores.svg").read_text().count("<circle") == 4 + 2  # of the legend
    assert general_model(read_settings(home=judged.home)) == shipped_model()  # nothing is used before somebody says so

    promoted = promote(judged, version, "ana", lambda line: None)
    assert promoted.version == version and general_model(read_settings(home=judged.home)).name == version
    assert attempt.state["decision"] == "promoted" and attempt.state["decided_by"] == "ana"
    promote(judged, version, "ana", lambda line: None)  # twice is once
    assert family(judged.home, GENERAL).previous() == "shipped"
    rollback(judged, "ana", lambda line: None)
    assert general_model(read_settings(home=judged.home)) == shipped_model()
    assert family(judged.home, GENERAL).versions() == [version]


def test_nothing_to_roll_back_to(settings):
    with pytest.raises(SquatwatchError, match="no other version of general was used yet"):
        rollback(settings, "ana", print)


def test_a_model_that_is_set_is_not_promoted_over(settings, monkeypatch):
    keep_artifact(settings.home, GENERAL, shipped_model(), "bilstm-0123456789")
    monkeypatch.setenv("SQUATWATCH_MODEL", str(shipped_model()))
    with pytest.raises(SquatwatchError, match="SQUATWATCH_MODEL says which model is in use"):
        promote(settings, "bilstm-0123456789", "ana", print)
    assert family(settings.home, GENERAL).in_use() == "shipped"


def test_a_version_of_several_models_is_promoted_for_the_one_that_is_named(settings):
    for name in ("banks", "posts"):
        keep_artifact(settings.home, name, shipped_model(), "bilstm-0123456789")
    with pytest.raises(SquatwatchError, match=r"is one of banks and posts; say which: .* --model NAME"):
        promote(settings, "bilstm-0123456789", "ana", print)
    assert promote(settings, "bilstm-0123456789", "ana", print, "posts").version == "posts/bilstm-0123456789"
    assert (family(settings.home, "posts").in_use(), family(settings.home, "banks").in_use()) == (
        "bilstm-0123456789",
        None,
    )


def test_attempts_are_in_the_order_of_their_labels(settings):
    for number in (12, 3):
        Attempt(settings.home / "retraining" / f"labels-{number:08d}").note(version=f"v{number}")
    assert [attempt.newest_label for attempt in attempts(settings.home)] == [3, 12]
    with pytest.raises(SquatwatchError, match="squatwatch retrain"):
        attempt_named(settings.home, "labels-00000004")
    shutil.rmtree(settings.home)
