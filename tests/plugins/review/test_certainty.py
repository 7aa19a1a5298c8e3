"""A score in three steps."""

from __future__ import annotations

import pytest

from squatwatch.review.certainty import certainty


@pytest.mark.parametrize(
    "score, step",
    [(1, "certain"), (0.99, "certain"), (0.98999, "likely"), (0.9, "likely"), (0.89999, "look"), (0, "look")],
)
def test_the_step_of_a_score(score, step):
    assert certainty(score) == step


def test_a_row_shows_the_step_and_its_detail_the_number(page):
    row = page().get("/").text.split('data-name="paypal-vip[.]top"')[1].split("</tr>")[0]
    cell, detail = row.split("<details")
    assert ">look</span>" in cell
    assert "0.70000 (look); the threshold of paypal is 0.5" in " ".join(detail.split())
