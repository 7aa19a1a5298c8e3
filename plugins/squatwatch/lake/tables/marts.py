"""The tables that transform takes from dbt; `dbt/models/marts/NAME.yml` describes each and its columns.

They become visible in this order: what is there when `candidates` is, which the score step asks for, is whole.
"""

from __future__ import annotations

from squatwatch.lake.tables.table import Table


def _mart(name: str) -> Table:
    return Table(name, step="transform", upstream="registrations", is_described_by_dbt=True)


REGISTRATION_FEATURES = _mart("registration_features")
SET_ASIDE = _mart("set_aside")
TOP_NGRAMS = _mart("top_ngrams")
TOPICS = _mart("topics")
CANDIDATE_FEATURES = _mart("candidate_features")
FEATURE_SUMMARY = _mart("feature_summary")
CANDIDATES = _mart("candidates")
