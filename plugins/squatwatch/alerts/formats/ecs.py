"""Elastic Common Schema 9.4.0: an alert that is also a threat indicator (https://www.elastic.co/docs/reference/ecs).

`event.id` is the detection's, so a later alert can replace an earlier one; `event.sequence` numbers them. That of an
alert of several names is its own.
"""

from __future__ import annotations

from typing import Any

from squatwatch import __version__
from squatwatch.alerts.alert import Alert
from squatwatch.alerts.formats.common import (
    PRODUCT,
    alert_lookup,
    chances,
    domain_of,
    iso,
    level,
    midnight,
    sentence,
    without_empty,
)
from squatwatch.names.hostile_text import visible

VERSION = "9.4.0"
SEVERITY = {"Low": 21, "Medium": 47, "High": 73}  # as Elastic Security's own rules write low, medium and high


def ecs(alert: Alert) -> dict[str, Any]:
    """Return one document. Raises SquatwatchError for a domain that is not in A-labels."""
    domain = domain_of(alert)
    return without_empty(
        {
            "@timestamp": iso(alert.occurred_at),
            "ecs": {"version": VERSION},
            "message": sentence(alert),
            "event": _event(alert),
            "observer": {"vendor": PRODUCT, "product": PRODUCT, "type": "detector", "version": __version__},
            "organization": {"name": visible(alert.brand)},
            "rule": {
                "name": alert.technique,
                "category": "typosquatting",
                "ruleset": PRODUCT,
                "version": alert.model_version,
            },
            "threat": {"indicator": _indicator(alert, domain)},
            "url": {"domain": domain, "registered_domain": domain, "top_level_domain": alert.tld},
            "related": _related(alert),
            "dns": _dns(alert, domain),
            "labels": _labels(alert),
            "tags": ["typosquatting", PRODUCT],
        }
    )


def _event(alert: Alert) -> dict[str, Any]:
    return {
        "kind": "alert",
        "category": ["threat"],
        "type": ["indicator"],
        "action": alert.action,
        "id": alert.finding_id,
        "sequence": alert.sequence,
        "module": PRODUCT,
        "dataset": f"{PRODUCT}.detections",
        "created": iso(alert.occurred_at),
        "risk_score": round(100 * alert.score, 3),
        "severity": SEVERITY[level(alert.score)],
        "reason": visible(alert.reason),
    }


def _indicator(alert: Alert, domain: str) -> dict[str, Any]:
    lookup = alert_lookup(alert)
    return {
        "type": "domain-name",
        "id": [each.detection_id for each in (alert, *alert.others)],
        "name": domain,
        "description": visible(alert.reason),
        "confidence": level(alert.score),
        "provider": ", ".join(alert.sources),
        "first_seen": iso(midnight(alert.first_seen_on)) if alert.first_seen_on else None,
        "last_seen": iso(alert.detected_at),
        "modified_at": iso(alert.occurred_at),
        "ip": lookup.addresses[0] if lookup.addresses else None,
        "url": {"domain": domain, "registered_domain": domain, "top_level_domain": alert.tld},
    }


def _related(alert: Alert) -> dict[str, list[str]]:
    """Return all names that the alert tells of, in the order of the indicator's ids, and their addresses."""
    told = (alert, *alert.others)
    addresses = dict.fromkeys(address for each in told for address in alert_lookup(each).addresses)
    return {"hosts": [domain_of(each) for each in told], "ip": list(addresses)}


def _dns(alert: Alert, domain: str) -> dict[str, Any]:
    """Return what the resolver answered, empty where it was not asked or gave no answer."""
    lookup = alert_lookup(alert)
    code = {"resolves": "NOERROR", "no_records": "NOERROR", "not_registered": "NXDOMAIN"}.get(lookup.dns_state or "")
    if code is None:
        return {}
    records = [
        *lookup.address_records,
        *(("NS", server) for server in lookup.name_servers),
        *(("MX", server) for server in lookup.mail_servers),
    ]
    return {
        "question": {"name": domain},
        "response_code": code,
        "resolved_ip": lookup.addresses,
        "answers": [{"name": domain, "type": type_, "data": data} for type_, data in records],
    }


def _labels(alert: Alert) -> dict[str, str | None]:
    """Return what ECS has no field for; keywords, so everything is text."""
    lookup = alert_lookup(alert)
    return {
        "alert_id": alert.alert_id,
        "brand": visible(alert.brand),
        "domain_unicode": visible(alert.domain_unicode),
        "matched_text": visible(alert.matched_text or ""),
        "threshold": f"{alert.threshold:.5f}",
        "run_date": alert.run_date.isoformat(),
        **{name: f"{chance:.5f}" for name, chance in chances(alert).items()},
        "wave_id": alert.wave_id,
        "wave_size": str(alert.wave_size) if alert.wave_id else None,
        "wave_told": str(1 + len(alert.others)) if alert.others else None,
        "cause": visible(alert.cause),
        "dns_state": lookup.dns_state,
        "rdap_state": lookup.rdap_state,
        "registrar": visible(lookup.registrar or ""),
        "registered_on": lookup.registered_on.isoformat() if lookup.registered_on else None,
    }
