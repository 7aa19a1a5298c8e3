"""All checks by name, in the order in which people read them."""

from __future__ import annotations

from squatwatch.feed_health.checks.amounts import name_count, received, share_of
from squatwatch.feed_health.checks.repeats import overlap, repeated_list, seen_before
from squatwatch.feed_health.checks.spread import missing_initials, missing_tlds, tld_flood
from squatwatch.feed_health.evidence import Check

CHECKS: dict[str, Check] = {
    "received": received,
    "name_count": name_count,
    "reject_share": share_of("bad_line_count", "name_line_count", "of the lines are rejects"),
    "idn_share": share_of("idn_count", "kept_count", "of the names are xn--"),
    "three_level_share": share_of("three_level_count", "kept_count", "of the names have three levels"),
    "missing_tlds": missing_tlds,
    "missing_initials": missing_initials,
    "tld_flood": tld_flood,
    "seen_before": seen_before,
    "overlap": overlap,
    "repeated_list": repeated_list,
}
