"""Fitting a ranker: from a folder of judged pairs, with days in order and brands for reporting left out."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pytest

from squatwatch_ml.network.score import Scorer
from squatwatch_ml.rank.ranker import Ranker
from squatwatch_ml.rank.ranker_file import CLASSES, SHIPPED, RankerContent, read_ranker, write_ranker
from squatwatch_ml.training.data.splits import evaluated_brands, ranks_unseen, role_of_brand
from squatwatch_ml.training.fit_ranker import SHIPPED_NETWORK, fit_ranker
from squatwatch_ml.training.judged_days import read_judged_days, scored_days

WORDS = "garden roofing dental county plumbing music church school yoga wine".split()
LURES = "login secure verify account support help update signin konto cliente".split()
ROWS = [
    *(("2030-01-01", f"zalando-{lure}.com", "zalando", "squat") for lure in LURES),
    *(("2030-01-02", f"united-{word}.com", "united", "other") for word in WORDS),
    *(("2030-01-02", f"zalando{word}.com", "zalando", "use") for word in WORDS),
    ("2030-01-02", "zalando-what.com", "zalando", "unclear"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("lists")
    with gzip.open(folder / "judged_made.csv.gz", "wt") as file:
        csv.writer(file).writerows([("run_date", "domain", "brand", "verdict"), *ROWS])
    squats = "\n".join(f"zalando,{lure}-zalando.com" for lure in LURES)
    (folder / "squats_made.csv").write_text(f"brand,squat_domain\n{squats}\n")
    (folder / "registrations").mkdir()
    names = "\n".join(f"{first}{second}.com" for first in WORDS for second in WORDS if first != second)
    (folder / "registrations" / "2020-05-03.whoisds.txt").write_text(names)
    return folder


@pytest.fixture(scope="module")
def network() -> Scorer:
    return Scorer.load(SHIPPED_NETWORK, device="cpu")


@pytest.fixture(scope="module")
def fitted(folder, network) -> RankerContent:
    return fit_ranker(folder, network)


def test_a_ranker_learns_what_stands_beside_brands(folder, network, fitted, tmp_path):
    write_ranker(tmp_path / "ranker.json", fitted)
    days = scored_days(read_judged_days(folder, lambda brand: True), network)
    first, second = (Ranker.load(tmp_path / "ranker.json").rank(day.pairs, day.judged_before) for day in days)
    assert first.squat.mean() > 0.8 > 0.2 > second.squat.mean()
    assert fitted.data["pairs"] == {"squat": 10, "use": 10, "other": 10}


def test_the_same_folder_gives_the_same_ranker(folder, network, fitted, tmp_path):
    again = fit_ranker(folder, network)
    assert write_ranker(tmp_path / "again.json", again) == write_ranker(tmp_path / "ranker.json", fitted)


def test_a_day_knows_the_verdicts_of_the_days_before_and_no_others(folder, network):
    first, second = scored_days(read_judged_days(folder, lambda brand: True), network)
    assert first.judged_before is None
    assert second.judged_before is not None and set(second.judged_before.domains) == set(first.pairs.domains)


def test_unclear_verdicts_and_other_brands_are_left_out(folder):
    days = read_judged_days(folder, lambda brand: brand == "zalando")
    assert {verdict for pairs in days.values() for *_, verdict in pairs} == {"squat", "use"}


def test_a_folder_without_judged_pairs_is_named(tmp_path, network):
    with pytest.raises(ValueError, match=r"has no judged_\*\.csv\.gz"):
        fit_ranker(tmp_path, network)


def test_half_of_the_brands_that_the_network_is_reported_on_are_held_apart():
    reported = [brand for brand in evaluated_brands() if role_of_brand(brand) == "report"]
    held = [brand for brand in evaluated_brands() if ranks_unseen(brand)]
    assert set(held) < set(reported) and 0.35 < len(held) / len(reported) < 0.65


def test_the_shipped_ranker_was_fitted_without_the_brands_to_report_on(shared_data):
    """Counts of what it was fitted on are those of the judged pairs of all other brands."""
    days = read_judged_days(shared_data, lambda brand: not ranks_unseen(brand))
    fitted_on = read_ranker(SHIPPED)[1].data
    pairs = [pair for pairs in days.values() for pair in pairs]
    assert fitted_on["days"] == list(days)
    assert fitted_on["brands"] == len({brand for _, brand, _ in pairs})
    assert fitted_on["pairs"] == {kind: sum(verdict == kind for *_, verdict in pairs) for kind in CLASSES}


def test_the_shipped_ranker_ranks_scores_of_the_shipped_network(network):
    assert read_ranker(SHIPPED)[1].model_version == network.model_version
