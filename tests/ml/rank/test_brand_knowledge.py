"""What is known of a brand from lists that come with the product."""

from __future__ import annotations

from squatwatch_ml.rank.brand_knowledge import BRAND, MOST_POPULAR, brand_evidence

KNOWN = [BRAND.index(f"brand_{known}") for known in MOST_POPULAR]


def known(*brands: str) -> list[list[float]]:
    return brand_evidence(brands)[:, KNOWN].tolist()


def test_a_brand_is_well_known_by_the_most_popular_sites_of_its_name():
    apple, united, nobody = known("apple", "united", "zephyrline")
    assert apple > united > nobody == [0.0, 0.0]


def test_hyphens_in_a_site_or_in_the_brand_make_no_difference():
    assert known("tmobile") == known("t-mobile") > [[0.0, 0.0]]
