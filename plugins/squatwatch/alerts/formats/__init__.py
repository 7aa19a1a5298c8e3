"""Formats of alerts, one module each; docs/alerts.md has their fields side by side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from squatwatch.alerts.alert import Alert
from squatwatch.alerts.formats.ecs import ecs
from squatwatch.alerts.formats.ocsf import ocsf
from squatwatch.alerts.formats.stix import stix

FormatName = Literal["ecs", "stix", "ocsf"]
FORMATS: dict[FormatName, Callable[[Alert], dict[str, Any]]] = {"ecs": ecs, "stix": stix, "ocsf": ocsf}
