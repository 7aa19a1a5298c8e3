"""Waves of alerts: new names of one wave and date, which a sink may have as one alert (`waves: together`).

The outbox keeps a row for each name. What is told as one is decided when a batch is made, of the rows that stand beside
one another in it; so a batch that is sent again tells the same, and each name is revoked or changed by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TypeVar

from squatwatch.alerts.alert import Alert

MOST_NAMES = 100  # that one alert tells of; what a wave has more is told in further alerts
Item = TypeVar("Item")


def side_by_side(alerts: Iterable[Alert]) -> list[Alert]:
    """Return the alerts with all of a wave where the first of it stands."""
    waves: dict[Hashable, list[Alert]] = {}
    for alert in alerts:
        waves.setdefault(_wave(alert), []).append(alert)
    return [alert for wave in waves.values() for alert in wave]


def in_waves(items: Sequence[Item], alert_of: Callable[[Item], Alert]) -> list[Sequence[Item]]:
    """Return the items in their order, neighbours of one wave together, at most MOST_NAMES of them."""
    waves = [list(wave) for _, wave in groupby(items, lambda item: _wave(alert_of(item)))]
    return [wave[first : first + MOST_NAMES] for wave in waves for first in range(0, len(wave), MOST_NAMES)]


def as_one(alerts: Sequence[Alert]) -> Alert:
    """Return the alert of the first name, which tells of the others too."""
    return replace(alerts[0], others=tuple(alerts[1:]))


def _wave(alert: Alert) -> Hashable:
    """Return what alerts that may be told as one have in common. What is said of a name later is told by itself."""
    return (alert.run_date, alert.wave_id) if alert.wave_id and alert.action == "new" else alert.alert_id
