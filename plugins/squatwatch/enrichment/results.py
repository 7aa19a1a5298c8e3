"""Results of looking names up, in figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class LookedUp:
    """Numbers of names that were to be known and that had to be asked about, with the answers by kind.

    `dns_states` counts lookups by what the DNS said, `rdap_problems` those without registration data by the reason.
    """

    name_count: int
    asked_count: int
    dns_states: Mapping[str, int]
    rdap_problems: Mapping[str, int]


@dataclass(frozen=True)
class Enriched:
    """The lookups of the names that a date flags."""

    run_date: date
    looked_up: LookedUp


@dataclass(frozen=True)
class Rechecked:
    """The lookups of names that were judged, and what has changed since: `{domain: what has happened, in words}`."""

    looked_up: LookedUp
    changes: Mapping[str, str]
