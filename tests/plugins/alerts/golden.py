"""What each format makes of four alerts of invented names.

To write the files anew, and then read the difference:

    .venv/bin/python tests/plugins/alerts/golden.py
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

FOLDER = Path(__file__).with_name("golden")
sys.path.insert(0, str(Path(__file__).parents[3] / "plugins"))

import squatwatch  # noqa: E402
from squatwatch.alerts.alert import Alert  # noqa: E402
from squatwatch.alerts.formats import FORMATS  # noqa: E402
from squatwatch.alerts.formats.digest import digest  # noqa: E402

SEEN = datetime(2026, 11, 7, 6, 30, tzinfo=UTC)
LOOKUP = {
    "domain": "paypal-login.com",
    "looked_up_at": "2026-11-09T04:30:00+00:00",
    "dns_state": "resolves",
    "a": ["192.0.2.7"],
    "aaaa": ["2001:db8::7"],
    "ns": ["ns1.example.net"],
    "mx": ["mail.example.net"],
    "soa": "ns1.example.net hostmaster.example.net",
    "rdap_state": "registered",
    "registrar": "Example Registrar, Inc.",
    "registered_on": "2026-11-07",
    "statuses": ["client hold"],
}
NEW = Alert(
    detection_id=str(UUID("0b8ae5cf-7ee7-5a0d-a3f5-7c0f6a3b4b11")),
    action="new",
    sequence=1,
    occurred_at=SEEN,
    cause="",
    run_date=date(2026, 11, 7),
    domain="xn--pypal-4ve.com",
    domain_unicode="pаypal.com",
    tld="com",
    brand="paypal",
    score=0.98731,
    threshold=0.58,
    technique="homoglyph",
    reason="`paypal` written with Cyrillic `а`",
    matched_text="pаypal",
    first_seen_on=date(2026, 11, 7),
    detected_at=SEEN,
    model_version="bilstm-0123456789",
    sources=("whoisds", "zone"),
    squat=0.964,
    use=0.011,
    other=0.025,
    wave_id="wave-5d41402abc4b",
    wave_size=14,
)
CHANGED = replace(
    NEW,
    wave_id=None,  # alone
    wave_size=1,
    detection_id=str(UUID("5d3f1c1e-64ad-5e53-9d3e-1f8f4b7f9a22")),
    action="changed",
    sequence=2,
    occurred_at=datetime(2026, 11, 9, 4, 31, tzinfo=UTC),
    cause="it has started to resolve; it has gained a mail server",
    domain="paypal-login.com",
    domain_unicode="paypal-login.com",
    score=0.91,
    technique="combo",
    reason="`paypal` plus `login`",
    matched_text="paypal",
    enrichment=LOOKUP,
)
REVOKED = replace(
    NEW,
    action="revoked",
    sequence=2,
    occurred_at=datetime(2026, 11, 8, 9, tzinfo=UTC),
    cause="judged not a squat by ana",
)
SECOND = replace(CHANGED, action="new", sequence=1, cause="", occurred_at=SEEN, wave_id=NEW.wave_id, wave_size=14)
THIRD = replace(
    NEW,
    detection_id=str(UUID("7a1f6b1e-52d9-5d0e-8b60-90a2f7c4f1c3")),
    domain="paypal-login2.com",
    domain_unicode="paypal-login2.com",
    score=0.9,
    technique="combo",
    reason="`paypal` plus `login`",
)
WAVE = replace(
    THIRD,
    detection_id=str(UUID("c3d5cc5e-8c4b-5c0c-9f0a-1b2f4ad0b7aa")),
    domain="paypal-login1.com",
    domain_unicode="paypal-login1.com",
    score=NEW.score,
    others=(SECOND, THIRD),
)
ALERTS = {alert.action: alert for alert in (NEW, CHANGED, REVOKED)} | {"wave": WAVE}


def documents() -> dict[str, str]:
    """By file name what the file is to hold. The version of squatwatch is left out: it changes with every release."""
    found = {
        f"{name}-{action}.json": json.dumps(format_(alert), indent=2, ensure_ascii=False) + "\n"
        for name, format_ in FORMATS.items()
        for action, alert in ALERTS.items()
    }
    mail = digest(list(ALERTS.values()))
    found |= {"digest.txt": f"Subject: {mail.subject}\n\n{mail.text}", "digest.html": mail.html}
    version = f'"version": "{squatwatch.__version__}"'
    return {name: text.replace(version, '"version": "…"') for name, text in found.items()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in documents().items():
        (FOLDER / name).write_text(text, "utf-8")
        print(FOLDER / name)
