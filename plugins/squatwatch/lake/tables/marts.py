"""The tables that transform takes from dbt; `dbt/models/marts/NAME.yml` describes each and its columns.

They become visible in this order: what is there when `candidates` is, which the score step asks for, is whole.
"""

from __future__ import annotations

from squatwatch.lake.tables.table import Table


def _mart(name: str, *, is_of_names: bool) -> Table:
    return Table(name, step="transform", upstream="registrations", is_of_names=is_of_names, is_described_by_dbt=True)


REGISTRATION_FEATURES = _mart("registration_features", is_of_names=True)
SET_ASIDE = _mart("set_aside", is_of_names=True)
TOP_NGRAMS = _mart("top_ngrams", is_of_names=False)
TOPICS = _mart("topics", is_of_names=False)
CANDIDATE_FEATURES = _mart("candidate_features", is_of_names=True)
FEATURE_SUMMARY = _mart("feature_summary", is_of_names=False)
CANDIDATES = _mart("candidates", is_of_names=True)
