"""The contract between steps: name, columns, types and meaning of every table, declared once. Imports `names`.

To add a table, declare it in the module of its kind, then run `python scripts/dbt_sources.py`: steps, status, catalog,
the published views and dbt's sources follow from the declaration. What a table is partitioned by (`run_date`, for
thresholds the model's version) is in no file: it is the path.
"""

from squatwatch.lake.tables.feed_health import ACCEPTED_LISTS, FEED_HEALTH
from squatwatch.lake.tables.marts import CANDIDATES, FEATURE_SUMMARY
from squatwatch.lake.tables.received import (
    DOWNLOADS,
    LOAD_COUNTS,
    NAME_COUNTS,
    REGISTRATIONS,
    REJECT_REASONS,
    REJECTS,
)
from squatwatch.lake.tables.registry import REGISTRY, STEPS, Registry
from squatwatch.lake.tables.scored import COMPONENTS, DETECTIONS, DETECTIONS_HISTORY, RANKINGS, SCORE_COUNTS, THRESHOLDS
from squatwatch.lake.tables.stores import ALERTS, ENRICHMENT, LABELS
from squatwatch.lake.tables.table import PARTITIONED_BY, UTC_TIME, Column, Table
from squatwatch.lake.tables.warehouse import BRANDS, DATES, PUBLISHED_FILES, SIGHTINGS

__all__ = [
    "ACCEPTED_LISTS",
    "ALERTS",
    "BRANDS",
    "CANDIDATES",
    "COMPONENTS",
    "DATES",
    "DETECTIONS",
    "DETECTIONS_HISTORY",
    "DOWNLOADS",
    "ENRICHMENT",
    "FEATURE_SUMMARY",
    "FEED_HEALTH",
    "LABELS",
    "LOAD_COUNTS",
    "NAME_COUNTS",
    "PARTITIONED_BY",
    "PUBLISHED_FILES",
    "RANKINGS",
    "REGISTRATIONS",
    "REGISTRY",
    "REJECTS",
    "REJECT_REASONS",
    "SCORE_COUNTS",
    "SIGHTINGS",
    "STEPS",
    "THRESHOLDS",
    "UTC_TIME",
    "Column",
    "Registry",
    "Table",
]
