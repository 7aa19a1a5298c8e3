"""Fitting a ranker: on judged pairs, with days in order, and without the brands that it is measured on."""

from __future__ import annotations

import shutil
from collections import Counter

import numpy as np
import pytest

from squatwatch_ml.network.score import Scorer
from squatwatch_ml.rank.ranker import Ranker
from squatwatch_ml.rank.ranker_file import CLASSES, SHIPPED, read_ranker, write_ranker
from squatwatch_ml.training.data.splits import FOLDS, evaluated_brands, fold_of_brand
from squatwatch_ml.training.fit_ranker import SHIPPED_NETWORK, RankerLesson, fit_ranker, main, ranker_lesson
from squatwatch_ml.training.judged_days import read_judged_days, scored_days


@pytest.fixture(scope="module")
def network() -> Scorer:
    return Scorer.load(SHIPPED_NETWORK, device="cpu")


@pytest.fixture(scope="module")
def lesson(judged_folder, network) -> RankerLesson:
    return ranker_lesson(judged_folder, network)


def test_a_ranker_learns_what_stands_beside_brands(lesson, tmp_path):
    content = lesson.fit()
    write_ranker(tmp_path / "ranker.json", content)
    first, second = (Ranker.load(tmp_path / "ranker.json").rank(day.pairs, day.judged_before) for day in lesson.days)
    assert first.squat.mean() > 0.8 > 0.2 > second.squat.mean()
    assert content.data["pairs"] == {"squat": 20, "use": 10, "other": 10}


def test_the_same_folder_gives_the_same_ranker(judged_folder, lesson, network, tmp_path):
    contents = (lesson.fit(), fit_ranker(judged_folder, network))
    versions = {write_ranker(tmp_path / "ranker.json", content) for content in contents}
    assert len(versions) == 1


def test_a_day_knows_the_verdicts_of_the_days_before_and_no_others(judged_folder, network):
    first, second = scored_days(read_judged_days(judged_folder, lambda brand: True), network)
    assert first.judged_before is None
    assert second.judged_before is not None and set(second.judged_before.domains) == set(first.pairs.domains)


def test_unclear_verdicts_and_other_brands_are_left_out(judged_folder):
    days = read_judged_days(judged_folder, lambda brand: brand == "zalando")
    assert {verdict for pairs in days.values() for *_, verdict in pairs} == {"squat", "use"}


def test_a_folder_without_judged_pairs_is_named(tmp_path, network):
    with pytest.raises(ValueError, match=r"has no judged_\*\.csv\.gz"):
        fit_ranker(tmp_path, network)


def test_the_command_says_in_one_line_which_folder_is_wrong(tmp_path):
    with pytest.raises(SystemExit, match=f"^{tmp_path} has no judged"):
        main([f"--data={tmp_path}", f"--output={tmp_path / 'ranker.json'}"])


def test_brands_fall_into_folds_of_about_one_size():
    counts = Counter(map(fold_of_brand, evaluated_brands()))
    assert set(counts) == set(range(FOLDS))
    assert max(counts.values()) < 2.5 * len(evaluated_brands()) / FOLDS


def test_a_ranker_that_leaves_out_a_fold_knows_nothing_of_its_brands(lesson):
    """It is the same ranker, byte for byte, whatever was said of the names of these brands."""
    fold = fold_of_brand("zalando")
    of_fold = np.array([fold_of_brand(brand) == fold for brand in lesson.brands])
    assert of_fold.any() and not of_fold.all()
    other = lesson._replace(classes=np.where(of_fold, 2 - lesson.classes, lesson.classes))
    assert np.array_equal(lesson.fit(fold).line.weights, other.fit(fold).line.weights)
    assert not np.array_equal(lesson.fit().line.weights, other.fit().line.weights)
    without, squats_of_all = lesson.fit(fold).lures, lesson.fit().lures
    assert without is lesson.lures[fold] and not np.array_equal(without.weights, squats_of_all.weights)


def test_a_folder_whose_squats_are_of_one_fold_is_told(judged_folder, network, tmp_path):
    shutil.copytree(judged_folder, tmp_path / "lists")
    (tmp_path / "lists" / "squats_made.csv").write_text("brand,squat_domain\nzalando,login-zalando.com\n")
    with pytest.raises(ValueError, match="no squats of brands to learn from"):
        ranker_lesson(tmp_path / "lists", network)


def test_the_shipped_ranker_was_fitted_on_all_judged_pairs(shared_data):
    days = read_judged_days(shared_data, lambda brand: True)
    fitted_on = read_ranker(SHIPPED)[1].data
    pairs = [pair for pairs in days.values() for pair in pairs]
    assert fitted_on["days"] == list(days)
    assert fitted_on["brands"] == len({brand for _, brand, _ in pairs})
    assert fitted_on["pairs"] == {kind: sum(verdict == kind for *_, verdict in pairs) for kind in CLASSES}


def test_the_shipped_ranker_ranks_scores_of_the_shipped_network(network):
    assert read_ranker(SHIPPED)[1].model_version == network.model_version
