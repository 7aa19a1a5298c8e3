"""The identity of a detection."""

from __future__ import annotations

import uuid

DETECTION_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "squatwatch.detections")


def detection_id(brand: str, domain: str) -> str:
    """Return the UUIDv5 of a detection, the same whenever and wherever the brand and domain are seen."""
    return str(uuid.uuid5(DETECTION_NAMESPACE, f"{brand}|{domain}"))
