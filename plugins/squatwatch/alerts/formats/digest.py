"""A mail about many alerts: counts first, then brand by brand. Domains are defanged, everything else is escaped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from jinja2 import Environment

from squatwatch.alerts.alert import ACTIONS, Alert
from squatwatch.alerts.formats.common import domain_of, others_in_words
from squatwatch.names.hostile_text import defanged, visible

HEADINGS = {"new": "new", "changed": "changed since they were told", "revoked": "no look-alikes after all"}
HTML = """\
<!doctype html>
<html lang="en"><body style="font-family: sans-serif; color: #222">
<h1 style="font-size: 1.2em">{{ counts }}</h1>
{% for brand, actions in brands %}<h2 style="font-size: 1.05em; margin: 1.2em 0 .2em">{{ brand }}</h2>
{% for heading, rows in actions %}<p style="margin: .4em 0 .2em; color: #666">{{ heading }}</p>
<table style="border-collapse: collapse">
{% for row in rows %}<tr><td style="padding: .1em 1em .1em 0"><code>{{ row.domain }}</code>\
{% if row.unicode %}<br>{{ row.unicode }}{% endif %}</td>
<td style="padding: .1em 1em .1em 0">{{ row.score }}</td><td>{{ row.why }}</td></tr>
{% endfor %}</table>
{% endfor %}{% endfor %}</body></html>
"""
page = Environment(autoescape=True).from_string(HTML)


class Digest(NamedTuple):
    """A mail as text and as HTML."""

    subject: str
    text: str
    html: str


class _Row(NamedTuple):
    domain: str
    unicode: str  # "" where it is the same
    score: str
    why: str


def digest(alerts: Sequence[Alert]) -> Digest:
    """Return the mail about at least one alert. Raises SquatwatchError for a domain that is not in A-labels."""
    counts = _counts(alerts)
    brands = [(visible(brand), _by_action(of_brand)) for brand, of_brand in _by_brand(alerts)]
    lines = [counts]
    for brand, actions in brands:
        for heading, rows in actions:
            lines += ["", f"{brand}, {heading}", *(f"  {_line(row)}" for row in rows)]
    return Digest(f"squatwatch: {counts}", "\n".join(lines) + "\n", page.render(counts=counts, brands=brands))


def _counts(alerts: Sequence[Alert]) -> str:
    number = Counter(told.action for alert in alerts for told in (alert, *alert.others))
    return ", ".join(f"{number[action]:,} {action}" for action in ACTIONS if number[action])


def _by_brand(alerts: Sequence[Alert]) -> Iterable[tuple[str, list[Alert]]]:
    brands: dict[str, list[Alert]] = {}
    for alert in sorted(alerts, key=lambda alert: (alert.brand, -alert.score, alert.domain)):
        brands.setdefault(alert.brand, []).append(alert)
    return brands.items()


def _by_action(alerts: Sequence[Alert]) -> list[tuple[str, list[_Row]]]:
    rows = {action: [_row(alert) for alert in alerts if alert.action == action] for action in ACTIONS}
    return [(HEADINGS[action], of_action) for action, of_action in rows.items() if of_action]


def _row(alert: Alert) -> _Row:
    same = alert.domain_unicode == domain_of(alert)
    why = f"{alert.technique}: {visible(alert.reason)}" + (f"; {visible(alert.cause)}" if alert.cause else "")
    why += f"; {others_in_words(alert, len(alert.others))}" if alert.others else ""
    return _Row(defanged(alert.domain), "" if same else defanged(alert.domain_unicode), f"{alert.score:.3f}", why)


def _line(row: _Row) -> str:
    return "  ".join(part for part in (row.score, row.domain, row.unicode, row.why) if part)
