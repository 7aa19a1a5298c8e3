"""What of a technique a candidate may lose before it is declined, by kind of brand."""

from __future__ import annotations

import polars as pl
import pytest

from squatwatch_ml.evaluation.compare.standing import CANDIDATE, CURRENT, LEAST_IMITATIONS, _of_techniques
from squatwatch_ml.evaluation.sections.techniques import EVALUATED, REPORTED


@pytest.mark.parametrize(
    ("of", "count", "found", "objections"),
    [
        (EVALUATED, LEAST_IMITATIONS, 0.7, [f"of combo ({EVALUATED}) it finds 70.0% instead of 90.0%"]),
        (EVALUATED, LEAST_IMITATIONS, 0.85, []),
        (EVALUATED, LEAST_IMITATIONS - 1, 0.7, []),  # too few to say anything
        (REPORTED, LEAST_IMITATIONS, 0.7, []),  # a part of the brands above, told in the report alone
    ],
)
def test_what_a_candidate_may_lose_of_a_technique(of: str, count: int, found: float, objections: list[str]) -> None:
    row = {"technique": "combo", "imitations of": of, "imitations": count, CURRENT: 0.9, CANDIDATE: found}
    assert _of_techniques(pl.DataFrame([row])) == objections
