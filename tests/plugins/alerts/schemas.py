"""Facts of the published schemas for the fields that squatwatch writes: names, types, which must be there.

ECS 9.4.0: https://www.elastic.co/docs/reference/ecs/ecs-field-reference
OCSF 1.8.0: https://schema.ocsf.io/1.8.0/classes/detection_finding?profiles=osint
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address
from typing import Any

KEYWORD, DATE, LONG, FLOAT, IP, LIST = "keyword", "date", "long", "float", "ip", "list of keyword"
ECS = {
    "@timestamp": DATE, "message": KEYWORD, "tags": LIST, "ecs.version": KEYWORD,
    "event.kind": KEYWORD, "event.category": LIST, "event.type": LIST, "event.action": KEYWORD, "event.id": KEYWORD,
    "event.sequence": LONG, "event.module": KEYWORD, "event.dataset": KEYWORD, "event.created": DATE,
    "event.risk_score": FLOAT, "event.severity": LONG, "event.reason": KEYWORD,
    "observer.vendor": KEYWORD, "observer.product": KEYWORD, "observer.type": KEYWORD, "observer.version": KEYWORD,
    "organization.name": KEYWORD,
    "rule.name": KEYWORD, "rule.category": KEYWORD, "rule.ruleset": KEYWORD, "rule.version": KEYWORD,
    "threat.indicator.type": KEYWORD, "threat.indicator.id": LIST, "threat.indicator.name": KEYWORD,
    "threat.indicator.description": KEYWORD, "threat.indicator.confidence": KEYWORD,
    "threat.indicator.provider": KEYWORD, "threat.indicator.first_seen": DATE, "threat.indicator.last_seen": DATE,
    "threat.indicator.modified_at": DATE, "threat.indicator.ip": IP, "threat.indicator.url.domain": KEYWORD,
    "threat.indicator.url.registered_domain": KEYWORD, "threat.indicator.url.top_level_domain": KEYWORD,
    "url.domain": KEYWORD, "url.registered_domain": KEYWORD, "url.top_level_domain": KEYWORD,
    "related.hosts": LIST, "related.ip": "list of ip",
    "dns.question.name": KEYWORD, "dns.response_code": KEYWORD, "dns.resolved_ip": "list of ip",
    "dns.answers.name": KEYWORD, "dns.answers.type": KEYWORD, "dns.answers.data": KEYWORD,
}  # fmt: skip
ECS_REQUIRED = {"@timestamp", "ecs.version", "event.kind", "event.category", "event.type"}
ECS_ALLOWED = {
    "event.kind": {"alert", "asset", "enrichment", "event", "metric", "pipeline_error", "signal", "state"},
    "event.category": {"threat"},
    "event.type": {"indicator"},
    "threat.indicator.confidence": {"Not Specified", "None", "Low", "Medium", "High"},
    "threat.indicator.type": {"domain-name"},
}

STRING, INTEGER, BOOLEAN, TIMESTAMP, STRINGS = "string", "integer", "boolean", "timestamp", "strings"
# by object: attribute, its type (or the object's name, in brackets where there are several), whether it is required
OCSF: dict[str, dict[str, tuple[str, bool]]] = {
    "detection_finding": {
        "activity_id": (INTEGER, True), "activity_name": (STRING, False), "category_uid": (INTEGER, True),
        "category_name": (STRING, False), "class_uid": (INTEGER, True), "class_name": (STRING, False),
        "type_uid": (INTEGER, True), "type_name": (STRING, False), "time": (TIMESTAMP, True),
        "message": (STRING, False), "severity_id": (INTEGER, True), "severity": (STRING, False),
        "status_id": (INTEGER, False), "status": (STRING, False), "status_detail": (STRING, False),
        "confidence_id": (INTEGER, False), "confidence": (STRING, False), "confidence_score": (INTEGER, False),
        "risk_score": (INTEGER, False), "is_alert": (BOOLEAN, False), "metadata": ("metadata", True),
        "finding_info": ("finding_info", True), "resources": ("[resource_details]", False),
        "osint": ("[osint]", True), "observables": ("[observable]", False),
        "unmapped": ("unmapped", False),
    },
    # of any attributes: ours are these
    "unmapped": {
        "squat": (FLOAT, False), "use": (FLOAT, False), "other": (FLOAT, False),
        "wave_id": (STRING, False), "wave_size": (INTEGER, False),
        "wave_told": (INTEGER, False),
    },
    "metadata": {
        "version": (STRING, True), "product": ("product", True), "profiles": (STRINGS, False), "uid": (STRING, False),
        "sequence": (INTEGER, False), "correlation_uid": (STRING, False),
    },
    "product": {"name": (STRING, False), "vendor_name": (STRING, False), "version": (STRING, False)},
    "finding_info": {
        "uid": (STRING, True), "title": (STRING, False), "desc": (STRING, False), "types": (STRINGS, False),
        "created_time": (TIMESTAMP, False), "modified_time": (TIMESTAMP, False), "first_seen_time": (TIMESTAMP, False),
        "data_sources": (STRINGS, False), "analytic": ("analytic", False),
    },
    "analytic": {
        "type_id": (INTEGER, True), "type": (STRING, False), "name": (STRING, False), "uid": (STRING, False),
        "version": (STRING, False),
    },
    "resource_details": {"name": (STRING, False), "type": (STRING, False)},
    "osint": {
        "type_id": (INTEGER, True), "type": (STRING, False), "value": (STRING, True), "uid": (STRING, False),
        "confidence_id": (INTEGER, False), "confidence": (STRING, False), "desc": (STRING, False),
        "expiration_time": (TIMESTAMP, False), "answers": ("[dns_answer]", False), "whois": ("whois", False),
    },
    "dns_answer": {"rdata": (STRING, True), "type": (STRING, False)},
    "whois": {
        "domain": (STRING, False), "registrar": (STRING, False), "created_time": (TIMESTAMP, False),
        "name_servers": (STRINGS, False),
    },
    "observable": {
        "name": (STRING, True), "type_id": (INTEGER, True), "type": (STRING, False), "value": (STRING, False),
    },
}  # fmt: skip
OCSF_CAPTIONS = {
    "activity_name": ("activity_id", {1: "Create", 2: "Update", 3: "Close"}),
    "status": ("status_id", {1: "New", 2: "In Progress", 3: "Suppressed", 4: "Resolved", 5: "Archived", 6: "Deleted"}),
    "severity": ("severity_id", {1: "Informational", 2: "Low", 3: "Medium", 4: "High", 5: "Critical", 6: "Fatal"}),
    "confidence": ("confidence_id", {1: "Low", 2: "Medium", 3: "High"}),
}


def ecs_faults(document: dict[str, Any]) -> list[str]:
    """What does not fit ECS; `labels` are free, but text."""
    found = {name: value for name, value in _flat(document) if not name.startswith("labels.")}
    faults = [f"{name} is missing" for name in ECS_REQUIRED - found.keys()]
    for name, value in found.items():
        if name not in ECS:
            faults.append(f"{name} is no field")
        elif not _fits(ECS[name], value):
            faults.append(f"{name} is no {ECS[name]}: {value!r}")
        elif name in ECS_ALLOWED and not set(value if isinstance(value, list) else [value]) <= ECS_ALLOWED[name]:
            faults.append(f"{name} may not be {value!r}")
    return faults + [f"labels.{name} is no text" for name, v in document["labels"].items() if not isinstance(v, str)]


def ocsf_faults(document: dict[str, Any], object_name: str = "detection_finding") -> list[str]:
    known = OCSF[object_name]
    faults = [f"{object_name}.{name} is missing" for name, (_, must) in known.items() if must and name not in document]
    for name, value in document.items():
        if name not in known:
            faults.append(f"{object_name}.{name} is no attribute")
            continue
        type_ = known[name][0]
        if type_.startswith("[") or type_ in OCSF:
            for each in value if type_.startswith("[") else [value]:
                faults += ocsf_faults(each, type_.strip("[]"))
        elif not _fits(type_, value):
            faults.append(f"{object_name}.{name} is no {type_}: {value!r}")
    if object_name == "detection_finding":
        faults += [
            f"{name} is not the caption of {of}"
            for name, (of, captions) in OCSF_CAPTIONS.items()
            if captions.get(document[of]) != document[name]
        ]
    return faults


def _flat(value: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, each in value.items():
        several = each if isinstance(each, list) and each and isinstance(each[0], dict) else [each]
        for one in several:
            yield from _flat(one, f"{before}{name}.") if isinstance(one, dict) else [(f"{before}{name}", one)]


def _fits(type_: str, value: object) -> bool:
    match type_:
        case "date":
            return isinstance(value, str) and bool(re.fullmatch(r"[\d-]{10}T[\d:.]+Z", value))
        case "long" | "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "timestamp":
            return isinstance(value, int) and datetime.fromtimestamp(value / 1000).year > 2000
        case "float":
            return isinstance(value, int | float)
        case "boolean":
            return isinstance(value, bool)
        case "ip":
            return bool(ip_address(value))
        case "list of ip":
            return isinstance(value, list) and all(ip_address(each) for each in value)
        case "list of keyword" | "strings":
            return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return isinstance(value, str) and len(value) <= 1024
