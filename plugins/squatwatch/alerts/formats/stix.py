"""STIX 2.1, one bundle an alert: indicator, domain name, its addresses where they were looked up, and identity.

The same alert is the same bundle, byte for byte. A later alert about a detection has the same indicator id and a later
`modified`, so a consumer replaces what it has; `revoked` takes it back. An alert of several names has these objects of
each of them, so that each is taken back by itself.
https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import stix2

from squatwatch.alerts.alert import Alert
from squatwatch.alerts.formats.common import PRODUCT, alert_lookup, domain_of, midnight, percent, sentence
from squatwatch.names.hostile_text import visible

SINCE = datetime(2026, 1, 1, tzinfo=UTC)  # of the identity, which is the same in every bundle


def stix(alert: Alert) -> dict[str, Any]:
    """Return a bundle. Raises SquatwatchError for a domain that is not in A-labels: it becomes part of a pattern."""
    objects = [_identity(), *(each for told in (alert, *alert.others) for each in _objects(told))]
    bundle = stix2.Bundle(
        *{each.id: each for each in objects}.values(),
        id=f"bundle--{uuid5(NAMESPACE_URL, f'{PRODUCT}:bundle:{alert.alert_id}')}",
    )
    document: dict[str, Any] = json.loads(bundle.serialize())
    return document


def _objects(alert: Alert) -> list[Any]:
    domain = domain_of(alert)
    addresses = [_address(text) for text in alert_lookup(alert).addresses]
    name = stix2.DomainName(
        value=domain, **({"resolves_to_refs": [address.id for address in addresses]} if addresses else {})
    )
    indicator = _indicator(alert, domain)
    return [indicator, name, *addresses, _relationship(alert, indicator, name)]


def _indicator(alert: Alert, domain: str) -> stix2.Indicator:
    valid_from = midnight(alert.first_seen_on) if alert.first_seen_on else alert.detected_at
    return stix2.Indicator(
        id=f"indicator--{alert.detection_id}",
        created_by_ref=_identity().id,
        created=alert.detected_at,
        modified=max(alert.occurred_at, alert.detected_at),
        name=f"{visible(alert.brand)} look-alike: {visible(alert.domain_unicode)}",
        description=sentence(alert),
        indicator_types=["anomalous-activity"],
        pattern=f"[domain-name:value = '{domain}']",
        pattern_type="stix",
        valid_from=valid_from,
        valid_until=max(alert.occurred_at, valid_from) + timedelta(days=alert.valid_days),
        revoked=alert.action == "revoked",
        labels=["typosquatting", alert.technique],
        confidence=percent(alert.score),
        external_references=[
            {"source_name": f"{PRODUCT} model", "external_id": alert.model_version},
            {"source_name": f"{PRODUCT} run", "external_id": alert.run_date.isoformat()},
        ],
    )


def _relationship(alert: Alert, indicator: stix2.Indicator, name: stix2.DomainName) -> stix2.Relationship:
    return stix2.Relationship(
        id=f"relationship--{uuid5(NAMESPACE_URL, f'{PRODUCT}:relationship:{alert.detection_id}')}",
        created_by_ref=_identity().id,
        created=indicator.created,
        modified=indicator.modified,
        revoked=indicator.revoked,
        relationship_type="related-to",
        source_ref=indicator.id,
        target_ref=name.id,
    )


def _address(text: str) -> stix2.IPv4Address | stix2.IPv6Address:
    return stix2.IPv6Address(value=text) if ":" in text else stix2.IPv4Address(value=text)


@cache
def _identity() -> stix2.Identity:
    return stix2.Identity(
        id=f"identity--{uuid5(NAMESPACE_URL, PRODUCT)}",
        name=PRODUCT,
        description="Finds look-alike domains on the day they are registered.",
        identity_class="system",
        created=SINCE,
        modified=SINCE,
    )
