"""The ranker measured on brands that it has not seen: of two brands, each is ranked by what was said of the other."""

from __future__ import annotations

import shutil
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest

from squatwatch_ml.evaluation.bench import Bench, NotHere
from squatwatch_ml.evaluation.data import RealLists
from squatwatch_ml.evaluation.matchers.pairs import Encoder, squatwatch
from squatwatch_ml.evaluation.sections import folded, ranking
from squatwatch_ml.evaluation.sections.queue import queue_tables
from squatwatch_ml.network.score import Scorer
from squatwatch_ml.rank.ranked import ScoredPairs
from squatwatch_ml.training.data.splits import FOLDS, fold_of_brand
from squatwatch_ml.training.fit_ranker import SHIPPED_NETWORK
from squatwatch_ml.training.judged_days import JudgedDay


def bench_of(folder) -> Bench:
    network = Scorer.load(SHIPPED_NETWORK, device="cpu")
    matchers = [squatwatch(network, Encoder(network.encode))]
    return Bench(matchers, RealLists(folder), network.manifest, artifact=SHIPPED_NETWORK)


DAY = "2030-01-02.made"
NAMES = ["zalando-login.com", "zalando-secure.com", "paypal-account.com", "dhl-login.com", "garden.com"]
VERDICTS = [(NAMES[0], "zalando", "squat"), (NAMES[2], "paypal", "other")]


@pytest.fixture(scope="module")
def bench(judged_folder, tmp_path_factory) -> Bench:
    """The folder with a day of five names, two of them judged."""
    folder = shutil.copytree(judged_folder, tmp_path_factory.mktemp("ranking") / "lists")
    (folder / "registrations" / f"{DAY}.txt").write_text("\n".join(NAMES))
    rows = "\n".join(",".join(row) for row in [("domain", "brand", "verdict"), *VERDICTS])
    (folder / f"judged_{DAY}.csv").write_text(rows)
    return bench_of(folder)


@pytest.fixture(scope="module")
def tables(bench) -> dict[str, pl.DataFrame]:
    return {table.name: table.frame for table in ranking.tables(bench)}


def test_what_finds_a_share_of_the_squats_costs_others_and_uses(tables):
    rows = tables["ranking"].filter((pl.col("pairs") == "all brands, all days") & (pl.col("at least") == 0.9))
    by_order = rows.rows_by_key("order", named=True, unique=True)
    assert set(by_order) == {"score", "ranked"}
    for row in by_order.values():
        assert row["squats"] == 20 and row["false alarms"] == pytest.approx(row["other"] * 150_000 / len(NAMES) / 2)
        assert row["precision"] == pytest.approx(18 / (18 + row["other"] + row["uses"]), abs=0.05)


def test_every_pair_is_in_the_table_of_probabilities_once_a_kind(tables):
    counts = tables["ranking_reliability"].filter((pl.col("order") == "ranked") & (pl.col("from") != "expected error"))
    assert dict(counts.group_by("kind").agg(pl.col("pairs").sum()).iter_rows()) == {"squat": 40, "use": 40, "other": 40}


def test_what_costs_most_is_told_by_brand_and_name(tables):
    by_brand, names = tables["ranking_brands"], tables["ranking_costly"]
    assert by_brand["others"].sum() == names.height and by_brand["others"].is_sorted(descending=True)
    assert by_brand["squats"].sum() >= 18 and names["priority"].is_sorted(descending=True)
    assert names["domain"].str.contains("[.]", literal=True).all()


def test_what_is_flagged_stands_in_one_part_of_the_queue(tables):
    parts = tables["ranking_best"].filter((pl.col("days") == "all days") & (pl.col("order") != "score"))
    flagged = tables["ranking_best"].filter((pl.col("days") == "all days") & (pl.col("order") == "score"))
    for kind in ("squat", "use", "other"):
        assert parts[kind].sum() == flagged[kind].sum()
    assert set(parts["taken for"]) == {"squat", "use", "other"}


class TakesForOthers:
    """A ranker that takes all names of some brands for something else."""

    def __init__(self, *brands: str):
        self.brands = brands

    def rank(self, pairs: ScoredPairs) -> SimpleNamespace:
        taken_for = ["other" if brand in self.brands else "squat" for brand in pairs.brands]
        return SimpleNamespace(taken_for=taken_for, is_lifted=[False] * len(taken_for))


@pytest.mark.parametrize(("brand", "squats", "others"), [("paypal", 1, 0), ("zalando", 0, 1), ("united", 1, 1)])
def test_of_a_judged_day_that_is_left_which_is_not_folded_as_other(bench, brand, squats, others):
    judged, _ = queue_tables(bench, dict.fromkeys(range(FOLDS), TakesForOthers(brand)))
    days = judged.frame.filter(pl.col("day") == DAY)
    flagged, shown = (days.filter(pl.col("queue") == queue) for queue in ("flagged", "not folded as other"))
    assert (flagged["squats"].sum(), flagged["other"].sum()) == (1, 1)
    assert (shown["squats"].sum(), shown["other"].sum()) == (squats, others)


def test_each_brand_of_a_judged_day_is_ranked_by_who_has_not_seen_it(bench):
    rankers = dict.fromkeys(range(FOLDS), TakesForOthers())
    rankers[fold_of_brand("zalando")] = TakesForOthers("zalando", "paypal")
    judged, _ = queue_tables(bench, rankers)
    days = judged.frame.filter((pl.col("day") == DAY) & (pl.col("queue") != "flagged"))
    assert (days["squats"].sum(), days["other"].sum()) == (0, 1)


@pytest.mark.parametrize(("taken_for_others", "shown"), [((), 1), (("dhl",), 0)])
def test_names_of_short_brands_are_counted_though_nobody_has_judged_them(bench, taken_for_others, shown):
    """Counts each queue of a day of five names, of which one is flagged, for dhl."""
    _, short = queue_tables(bench, dict.fromkeys(range(FOLDS), TakesForOthers(*taken_for_others)))
    queues = short.frame.filter(pl.col("day") == DAY).rows_by_key("queue", named=True, unique=True)
    each = 150_000 / len(NAMES) / queues["flagged"]["brands"]
    assert (queues["flagged"]["names"], queues["not folded as other"]["names"]) == (each, shown * each)


@pytest.mark.parametrize(("taken_for_others", "above"), [((), 1.0), (("zalando",), 0.5), (("zalando", "paypal"), 0.0)])
def test_of_real_squats_is_told_which_share_is_folded(bench, monkeypatch, taken_for_others, above):
    monkeypatch.setattr(folded, "EACH", 3)  # of each of the two brands, which have ten
    none_judged = [JudgedDay("2030-01-01", ScoredPairs([], [], [], np.zeros(0)), np.zeros(0, np.int64), None)]
    rankers = dict.fromkeys(range(FOLDS), TakesForOthers(*taken_for_others))
    rows = folded.folded_table(bench, none_judged, rankers).frame.filter(pl.col("kind") == "all")
    for row in rows.iter_rows(named=True):
        assert (row["squats"], row["flagged"], row["use"]) == (6, 1, 0)
        assert (row["above the folds"], row["other"]) == (above, 1 - above)


def test_a_folder_without_judged_pairs_is_told(tmp_path):
    with pytest.raises(NotHere, match=r"no judged_\*.csv.gz"):
        ranking.tables(bench_of(tmp_path))
