"""Which pairs of name and brand are worth scoring."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from squatwatch_ml.candidates import NAMES, candidate_pairs
from squatwatch_ml.names import label_of, read_domains
from squatwatch_ml.skeleton import skeleton

DATA = Path(__file__).resolve().parents[2].parent / "shared/data"
SQUATS = DATA / "squats_open.csv.gz"
DAY = DATA / "registrations/newly-registered-domains-2024-06-13.zip"

FOUND = [
    ("amazonklr-jp", "amazon"),
    ("vxzcgh254-ah1amazon", "amazon"),
    ("santader-cuenta", "santander"),
    ("et-intreac", "interac"),
    ("teleglfm-bwt", "telegram"),
    ("раураl-login", "paypal"),
    ("pay-pal", "paypal"),
    ("flixnet", "netflix"),
    ("flix-net-login", "netflix"),
    ("adobe", "adobe"),
    ("adbe", "adobe"),
    ("aodbe-reader", "adobe"),
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
]
NOT_FOUND = [
    ("", "dhl"),
    ("-", "paypal"),
    ("pollo-del-mundo", "dhl"),
    ("dl-trucking", "dhl"),
    ("gardening", "amazon"),
    ("zon", "amazon"),  # inside the brand, not the other way round
    ("building", "in"),
    ("anything", "x"),
    ("日本", "paypal"),
]


@pytest.mark.parametrize(("label", "brand"), FOUND)
def test_a_look_alike_is_a_candidate(label: str, brand: str) -> None:
    assert len(candidate_pairs([skeleton(label)], [brand]).name_index) == 1


@pytest.mark.parametrize(("label", "brand"), NOT_FOUND)
def test_another_name_is_not(label: str, brand: str) -> None:
    assert len(candidate_pairs([skeleton(label)], [brand]).name_index) == 0


def test_pairs_are_sorted_indices_with_a_similarity() -> None:
    names = [skeleton(name) for name in ("garden", "paypal-amazon", "amaz0n")]
    pairs = candidate_pairs(names, ["amazon", "dhl", "paypal"])
    assert list(zip(pairs.name_index.tolist(), pairs.brand_index.tolist(), strict=True)) == [(1, 0), (1, 2), (2, 0)]
    assert pairs.similarity.tolist() == [1, 1, 1]


@pytest.mark.parametrize(("names", "brands"), [([], ["dhl"]), (["amazon"], []), ([], [])])
def test_nothing_in_nothing_out(names: list[str], brands: list[str]) -> None:
    pairs = candidate_pairs(names, brands)
    assert [array.shape for array in pairs] == [(0,), (0,), (0,)]


def test_a_name_is_found_whatever_chunk_it_is_in() -> None:
    names = ["garden"] * (NAMES + 3)
    places = [0, NAMES - 1, NAMES, NAMES + 2]
    for at in places:
        names[at] = "my-netflix"
    assert np.unique(candidate_pairs(names, ["netflix", "santander"]).name_index).tolist() == places


@pytest.mark.skipif(not SQUATS.is_file(), reason=f"{SQUATS} is not here")
def test_real_squats_are_candidates() -> None:
    by_brand = defaultdict(list)
    with gzip.open(SQUATS, "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            by_brand[row["brand"]].append(skeleton(label_of(row["squat_domain"])))
    assert len(by_brand) == 119
    found = sum(len(set(candidate_pairs(names, [brand]).name_index.tolist())) for brand, names in by_brand.items())
    assert found / sum(map(len, by_brand.values())) >= 0.998


@pytest.mark.skipif(not DAY.is_file(), reason=f"{DAY} is not here")
def test_a_real_day_leaves_few_candidates_a_brand() -> None:
    names = [skeleton(label_of(domain)) for domain in read_domains(DAY)]
    brands = ["amazon", "santander", "dhl", "paypal", "allianz", "netflix", "microsoft", "whatsapp", "facebook", "hsbc"]
    pairs = candidate_pairs(names, brands)
    assert len(pairs.name_index) / len(brands) * 150_000 / len(names) <= 200
