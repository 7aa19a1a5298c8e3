"""OCSF 1.8.0, Detection Finding (class 2004) with the profile osint: https://schema.ocsf.io/1.8.0/classes/detection_finding."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from squatwatch import __version__
from squatwatch.alerts.alert import Alert
from squatwatch.alerts.formats.common import (
    PRODUCT,
    alert_lookup,
    chances,
    domain_of,
    epoch_ms,
    level,
    midnight,
    percent,
    sentence,
    without_empty,
)
from squatwatch.names.hostile_text import visible

VERSION = "1.8.0"
CLASS = 2004
ACTIVITY = {"new": (1, "Create"), "changed": (2, "Update"), "revoked": (3, "Close")}
STATUS = {"new": (1, "New"), "changed": (1, "New"), "revoked": (3, "Suppressed")}
SEVERITY = {"Low": (2, "Low"), "Medium": (3, "Medium"), "High": (4, "High")}
CONFIDENCE = {"Low": 1, "Medium": 2, "High": 3}


def ocsf(alert: Alert) -> dict[str, Any]:
    """Return one event. Raises SquatwatchError for a domain that is not in A-labels."""
    told, how_sure = (alert, *alert.others), level(alert.score)
    activity_id, activity = ACTIVITY[alert.action]
    status_id, status = STATUS[alert.action]
    severity_id, severity = SEVERITY[how_sure]
    return without_empty(
        {
            "category_uid": 2,
            "category_name": "Findings",
            "class_uid": CLASS,
            "class_name": "Detection Finding",
            "activity_id": activity_id,
            "activity_name": activity,
            "type_uid": CLASS * 100 + activity_id,
            "type_name": f"Detection Finding: {activity}",
            "time": epoch_ms(alert.occurred_at),
            "message": sentence(alert),
            "is_alert": alert.action != "revoked",
            "severity_id": severity_id,
            "severity": severity,
            "confidence_id": CONFIDENCE[how_sure],
            "confidence": how_sure,
            "confidence_score": percent(alert.score),
            "risk_score": percent(alert.score),
            "status_id": status_id,
            "status": status,
            "status_detail": visible(alert.cause),
            "metadata": _metadata(alert),
            "finding_info": _finding(alert),
            "resources": [{"name": visible(alert.brand), "type": "brand"}],
            "osint": [_osint(each) for each in told],
            "observables": [each for place, one in enumerate(told) for each in _observables(one, place)],
            "unmapped": _unmapped(alert),
        }
    )


def _metadata(alert: Alert) -> dict[str, Any]:
    return {
        "version": VERSION,
        "profiles": ["osint"],
        "product": {"name": PRODUCT, "vendor_name": PRODUCT, "version": __version__},
        "uid": alert.alert_id,
        "sequence": alert.sequence,
        "correlation_uid": alert.run_date.isoformat(),
    }


def _finding(alert: Alert) -> dict[str, Any]:
    return {
        "uid": alert.finding_id,
        "title": _title(alert),
        "desc": visible(alert.reason),
        "types": ["typosquatting", alert.technique],
        "created_time": epoch_ms(alert.detected_at),
        "modified_time": epoch_ms(alert.occurred_at),
        "first_seen_time": epoch_ms(midnight(alert.first_seen_on)) if alert.first_seen_on else None,
        "data_sources": list(alert.sources),
        "analytic": {
            "type_id": 4,
            "type": "Learning (ML/DL)",
            "name": PRODUCT,
            "uid": alert.model_version,
            "version": alert.model_version,
        },
    }


def _title(alert: Alert) -> str:
    count, brand = 1 + len(alert.others), visible(alert.brand)
    return f"{count} {brand} look-alikes of one wave registered" if alert.others else f"{brand} look-alike registered"


def _osint(alert: Alert) -> dict[str, Any]:
    domain, lookup, how_sure = domain_of(alert), alert_lookup(alert), level(alert.score)
    records = [*lookup.address_records, *(("MX", server) for server in lookup.mail_servers)]
    return {
        "type_id": 2,
        "type": "Domain",
        "value": domain,
        "uid": alert.detection_id,
        "confidence_id": CONFIDENCE[how_sure],
        "confidence": how_sure,
        "desc": f"{visible(alert.domain_unicode)}, under .{alert.tld}",
        "expiration_time": epoch_ms(alert.occurred_at + timedelta(days=alert.valid_days)),
        "answers": [{"rdata": data, "type": type_} for type_, data in records],
        "whois": {
            "domain": domain,
            "registrar": visible(lookup.registrar or ""),
            "created_time": epoch_ms(midnight(lookup.registered_on)) if lookup.registered_on else None,
            "name_servers": lookup.name_servers,
        }
        if lookup.rdap_state == "registered"
        else None,
    }


def _unmapped(alert: Alert) -> dict[str, Any]:
    """Return the ranking, which no field of OCSF is for."""
    wave: dict[str, Any] = {"wave_id": alert.wave_id, "wave_size": alert.wave_size} if alert.wave_id else {}
    wave |= {"wave_told": 1 + len(alert.others)} if alert.others else {}
    return {name: round(chance, 5) for name, chance in chances(alert).items()} | wave


def _observables(alert: Alert, place: int) -> list[dict[str, Any]]:
    """Return the name and its addresses, which are those of `osint[place]`."""
    addresses = [
        {"name": f"osint[{place}].answers[{index}].rdata", "type_id": 2, "type": "IP Address", "value": address}
        for index, address in enumerate(alert_lookup(alert).addresses)
    ]
    name = {"name": f"osint[{place}].value", "type_id": 1, "type": "Hostname", "value": domain_of(alert)}
    return [name, *addresses]
