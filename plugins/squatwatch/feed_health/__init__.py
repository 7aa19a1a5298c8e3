"""Feed health, the gate between load and transform: whether a date's lists are what their sources usually send.

The check results of a date are a function of its lists, of those of the loaded dates in the window before it, of the
rules (`feed_health.yml`) and of what somebody accepted. The partition says in its footer what was checked, so a date
that was checked before an earlier one was loaded is told from one that need not be checked again.

Imports `errors`, `files`, `ingest`, `lake`, `settings`, `wording`.
"""

from squatwatch.feed_health.checking import accept_lists, is_current, require_healthy, run_checks
from squatwatch.feed_health.history import OTHERS_READ, TABLES_READ
from squatwatch.feed_health.results import CheckResults

__all__ = [
    "OTHERS_READ",
    "TABLES_READ",
    "CheckResults",
    "accept_lists",
    "is_current",
    "require_healthy",
    "run_checks",
]
