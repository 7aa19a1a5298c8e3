"""Which pairs of name and brand are worth scoring."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict

import numpy as np
import pytest

from squatwatch_ml.candidates.candidates import NAMES, candidate_pairs
from squatwatch_ml.candidates.qgrams import Index
from squatwatch_ml.text.names import label_of, labels_of, popular_domains, read_domains
from squatwatch_ml.text.skeleton import skeleton
from squatwatch_ml.training.data.generate import TECHNIQUES

FOUND = [
    ("amazonklr-jp", "amazon"),
    ("vxzcgh254-ah1amazon", "amazon"),
    ("santader-cuenta", "santander"),
    ("et-intreac", "interac"),  # two letters swapped
    ("teleglfm-bwt", "telegram"),
    ("paypa1-login", "paypal"),
    ("mypaypoltogo", "paypal"),  # one edit between other letters, from six letters on
    ("netphlix-login", "netflix"),  # two edits at the edge of a part, from seven on
    ("loginnetphlix", "netflix"),
    ("servers-crosoft", "microsoft"),
    ("soft-mcrofost", "microsoft"),
    ("raydayplans", "raydaplan"),
    ("раураl-login", "paypal"),  # Cyrillic
    ("pay-pal", "paypal"),
    ("rnicrosoft", "microsoft"),
    ("vvhatsapp-web", "whatsapp"),
    ("flixnet", "netflix"),
    ("flix-net-login", "netflix"),
    ("nertur", "turner"),  # `rn` of the brand looks like an m until it is taken apart
    ("turener-tv", "turner"),
    ("ornge-news", "orange"),  # an m appears where the a went
    ("hemy-jobs", "henry"),
    ("adobe", "adobe"),
    ("adbe", "adobe"),
    ("aodbe-reader", "adobe"),
    ("myadoberdr", "adobe"),
    ("atomygovvonline", "mygov"),  # a v met the brand's own and looks like a w
    ("ch-dhl", "dhl"),
    ("d-h-l", "dhl"),
    ("dhl-assistances", "dhl"),
    ("post-dhl", "dhl"),
    ("dhlpay", "dhl"),
    ("dhltso", "dhl"),
    ("dhlsd-cs", "dhl"),
    ("ikae-shop", "ikea"),
    ("gethsbc", "hsbc"),
    ("hsbclogin", "hsbc"),
    ("ubernow", "uber"),  # r and n meet and look like an m
    ("my-o2", "o2"),
    ("bank-of-america-login", "bank of america"),
    ("яндекc-почта", "яндекс"),  # a Latin c
    ("日本銀行-login", "日本銀行"),
]
MISSED = [  # what the rule gives up, a kind a line
    ("belkrnweb96", "belkin"),  # two edits at the edge of a part, in six letters
    ("payadebenow", "adobe"),  # an edit between other letters, in five
    ("loginhsvc", "hsbc"),  # an edit beside other letters, in four
    ("dlh-parcel", "dhl"),  # any edit, in three
    ("ydhlx", "dhl"),  # two to four letters between others
    ("kaboom", "kabum"),  # two edits, in five: another word more often than not
    ("mycionabsexx", "coinbase"),  # two swaps between other letters: one letter pair is left
    ("flixnetlogin", "netflix"),  # the front moved to the end, in a longer part
]
UNRELATED = [
    ("", "dhl"),
    ("-", "paypal"),
    ("pollo-del-mundo", "dhl"),
    ("dl-trucking", "dhl"),
    ("gardening", "amazon"),
    ("zon", "amazon"),  # inside the brand, not the other way round
    ("building", "in"),
    ("anything", "x"),
    ("anything", ""),
    ("a" * 63, "a" * 64),  # longer than a label
    ("日本", "paypal"),
]


def is_candidate(label: str, brand: str) -> bool:
    return len(candidate_pairs([skeleton(label)], [brand]).name_index) == 1


@pytest.mark.parametrize(("label", "brand"), FOUND)
def test_a_look_alike_is_a_candidate(label: str, brand: str) -> None:
    assert is_candidate(label, brand)


@pytest.mark.parametrize(("label", "brand"), MISSED)
def test_what_the_rule_gives_up(label: str, brand: str) -> None:
    assert not is_candidate(label, brand)


@pytest.mark.parametrize(("label", "brand"), UNRELATED)
def test_another_name_is_not(label: str, brand: str) -> None:
    assert not is_candidate(label, brand)


def test_pairs_are_sorted_indices_with_a_similarity() -> None:
    names = [skeleton(name) for name in ("garden", "paypal-amazon", "amaz0n")]
    pairs = candidate_pairs(names, ["amazon", "dhl", "paypal"])
    assert list(zip(pairs.name_index.tolist(), pairs.brand_index.tolist(), strict=True)) == [(1, 0), (1, 2), (2, 0)]
    assert pairs.similarity.tolist() == [1, 1, 1]


@pytest.mark.parametrize(("names", "brands"), [([], ["dhl"]), (["amazon"], []), ([], []), ([""], ["dhl"])])
def test_nothing_in_nothing_out(names: list[str], brands: list[str]) -> None:
    pairs = candidate_pairs(names, brands)
    assert [array.shape for array in pairs] == [(0,), (0,), (0,)]


def test_a_name_is_found_wherever_it_stands_in_the_list() -> None:
    names = ["garden"] * (NAMES + 3)
    places = [0, NAMES - 1, NAMES, NAMES + 2]
    for at in places:
        names[at] = "my-netflix"
    assert np.unique(candidate_pairs(names, ["netflix", "santander"]).name_index).tolist() == places


def test_other_brands_do_not_change_a_brands_candidates() -> None:
    names = [skeleton(label) for label, _ in FOUND + MISSED + UNRELATED]
    brands = sorted({brand for _, brand in FOUND + MISSED})
    together = candidate_pairs(names, brands)
    for at, brand in enumerate(brands):
        alone = candidate_pairs(names, [brand])
        assert together.name_index[together.brand_index == at].tolist() == alone.name_index.tolist()


def test_the_index_loses_no_pair_that_the_rule_accepts(monkeypatch) -> None:
    names = [skeleton(label) for label in labels_of(popular_domains("tranco10k"))]
    brands = "apple paypal netflix telegram santander mercadopago microsoft uber dhl".split()
    found = candidate_pairs(names, brands)
    assert len(found.name_index) > 50

    def all_pairs(index, texts) -> tuple[np.ndarray, np.ndarray]:
        rows, targets = len(texts.lengths), index.size
        return np.repeat(np.arange(rows), targets), np.tile(np.arange(targets), rows)

    monkeypatch.setattr(Index, "sharing", all_pairs)
    measured = candidate_pairs(names, brands)
    assert found.name_index.tolist() == measured.name_index.tolist()
    assert found.brand_index.tolist() == measured.brand_index.tolist()


def test_a_name_of_absurd_length_costs_no_memory() -> None:
    pairs = candidate_pairs(["x" * 3_000_000, "paypal-" + "x" * 3_000_000], ["paypal"])
    assert pairs.name_index.tolist() == [1]


@pytest.mark.parametrize("technique", TECHNIQUES, ids=lambda technique: technique.__name__)
def test_generated_imitations_are_candidates(technique) -> None:
    rng = np.random.default_rng(5)
    brands = "paypal netflix microsoft santander booking telegram coinbase binance spotify orange turner adobe".split()
    missed = []
    for brand in brands:
        labels = [technique(brand, rng) for _ in range(25)]
        found = set(candidate_pairs(list(map(skeleton, labels)), [brand]).name_index.tolist())
        missed += [(label, brand) for at, label in enumerate(labels) if at not in found]
    assert len(missed) <= 0.05 * 25 * len(brands), missed


@pytest.fixture
def real_brands(shared_data) -> list[str]:
    brands = [line.split("\t")[0] for line in (shared_data / "brands.tsv").read_text("utf-8").splitlines() if line]
    assert len(brands) == 178
    return brands


def test_real_squats_are_candidates(shared_data) -> None:
    by_brand = defaultdict(list)
    with gzip.open(shared_data / "squats_open.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            by_brand[row["brand"]].append(skeleton(label_of(row["squat_domain"])))
    assert len(by_brand) == 119
    found = sum(len(candidate_pairs(names, [brand]).name_index) for brand, names in by_brand.items())
    assert found / sum(map(len, by_brand.values())) >= 0.998


def test_no_judged_squat_is_missed(shared_data) -> None:
    with (shared_data / "judged_2024-06-13.csv").open(encoding="utf-8") as file:
        squats = [row for row in csv.DictReader(file) if row["verdict"] == "squat"]
    assert len(squats) == 187
    assert [row for row in squats if not is_candidate(label_of(row["domain"]), row["brand"])] == []


DAYS = ["newly-registered-domains-2024-06-13.zip", "2020-05-03.whoisds.txt.gz", "2020-05-12.whoisds.txt.gz"]


@pytest.mark.parametrize("day", DAYS)
def test_a_real_day_leaves_few_candidates_a_brand(shared_data, real_brands, day: str) -> None:
    names = [skeleton(label_of(domain)) for domain in read_domains(shared_data / "registrations" / day)]
    sizes = np.array([len(brand) for brand in real_brands])
    found = candidate_pairs(names, real_brands)
    each = np.bincount(found.brand_index, minlength=len(real_brands)) * 150_000 / len(names)
    assert each[sizes >= 5].mean() <= 120
    assert each[sizes < 5].mean() <= 40
