"""What a registry says of a name by RDAP (RFC 9083)."""

from __future__ import annotations

from typing import Any


def registration(name: str, **changes: Any) -> dict[str, Any]:
    card = ["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", "Example Registrar, Inc."]]]
    return {
        "objectClassName": "domain",
        "ldhName": name.upper(),
        "status": ["client hold", "client transfer prohibited"],
        "events": [
            {"eventAction": "expiration", "eventDate": "2027-11-07T10:00:00Z"},
            {"eventAction": "registration", "eventDate": "2026-11-07T23:30:00-02:00"},
        ],
        "entities": [
            {"objectClassName": "entity", "roles": ["abuse"], "vcardArray": ["vcard", [["fn", {}, "text", "Abuse"]]]},
            {"objectClassName": "entity", "roles": ["registrar"], "vcardArray": card},
        ],
    } | changes
