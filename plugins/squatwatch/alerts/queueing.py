"""What each sink should be told now: names that were flagged, what happened to names it knows, what no longer holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from squatwatch.alerts.alert import Action, Alert
from squatwatch.alerts.outbox import Outbox, Told
from squatwatch.alerts.sinks import Sink
from squatwatch.database import has_database
from squatwatch.errors import SquatwatchError
from squatwatch.labels.store import Label, label_store
from squatwatch.lists.allowlist import allowlist_path, read_allowlist
from squatwatch.settings import Settings
from squatwatch.warehouse.connection import ask

EXCUSED = {"not_squat": "judged not a squat", "own": "judged the brand's own or authorised"}
TAKEN_BACK = "what was said against it was taken back"
OF_DATE = """
select detection_id, domain, domain_unicode, brand, score, threshold, technique, coalesce(reason, '') as reason,
    matched_text, first_seen_on, scored_at as detected_at, model_version, sources
from detections where run_date = ? and is_detection order by score desc, domain, brand
"""


def new_alerts(settings: Settings, outbox: Outbox, sinks: Sequence[Sink], run_date: date) -> list[tuple[str, Alert]]:
    """(sink, alert) of the date's detections, as published, that the sink was never told of.

    Once per detection id: a name that a feed repeats, a re-run and a backfill tell nothing anew. What somebody has
    already called no squat is not told at all. Raises SquatwatchError where the date was not published.
    """
    if not ask(settings, "select 1 from dates where run_date = ? and is_published", [run_date])[1]:
        raise SquatwatchError(f"{run_date} is not published; run: squatwatch run --date {run_date}")
    names, rows = ask(settings, OF_DATE, [run_date])
    found = [dict(zip(names, row, strict=True)) for row in rows]
    excused = excuses(settings, {row["detection_id"]: row["domain"] for row in found})
    lookups = _lookups(settings, [row["domain"] for row in found])
    alerts = [
        _alert_of(settings, row, run_date, lookups.get(row["domain"]))
        for row in found
        if row["detection_id"] not in excused
    ]
    told = {sink.name: outbox.ever_told(sink.name) for sink in sinks}
    return [
        (sink.name, alert)
        for sink in sinks
        if "new" in sink.actions
        for alert in alerts
        if sink.wants(alert.brand) and alert.detection_id not in told[sink.name]
    ]


def later_alerts(settings: Settings, outbox: Outbox, sinks: Sequence[Sink]) -> list[tuple[str, Alert]]:
    """(sink, alert) of what has become of detections that the sink was told of, on whichever date."""
    told = {sink.name: outbox.last_told(sink.name) for sink in sinks}
    everything = [each for some in told.values() for each in some]
    excused = excuses(settings, {each.detection_id: each.domain for each in everything})
    changes = _changes(settings, {each.domain: each.queued_at for each in everything})
    wanted: list[tuple[Sink, Told, Action, str]] = []
    for sink in sinks:
        for each in told[sink.name]:
            found = _later(each, excused.get(each.detection_id), changes.get(each.domain))
            if found and found[0] in sink.actions:
                wanted.append((sink, each, *found))
    return _alerts_of(settings, outbox, wanted)


def excuses(settings: Settings, domains: Mapping[str, str]) -> dict[str, str]:
    """By detection id, of those that are held for no squat any more, why. `domains` by detection id."""
    allowlisted = _allowlisted(settings, set(domains.values()))
    found = {each: f"allowlisted: {allowlisted[domain]}" for each, domain in domains.items() if domain in allowlisted}
    return {**found, **{label.detection_id: _said(label) for label in _no_squats(settings, domains)}}


def _no_squats(settings: Settings, detection_ids: Iterable[str]) -> list[Label]:
    if not has_database(settings):
        return []
    return [each for each in label_store(settings).current(detection_ids).values() if each.verdict in EXCUSED]


def _said(label: Label) -> str:
    note = f": {label.note}" if label.note else ""
    return f"{EXCUSED[label.verdict or '']} by {label.user_name}{note}"


def _allowlisted(settings: Settings, domains: set[str]) -> dict[str, str]:
    """By domain the reason of an entry that counts today; an entry excuses the names below it too."""
    today = datetime.now(UTC).date()
    entries = {
        row["domain"]: row["reason"]
        for row in read_allowlist(allowlist_path(settings)).iter_rows(named=True)
        if row["expires_on"] is None or row["expires_on"] >= today
    }
    above = {domain: [domain, domain.partition(".")[2]] for domain in domains}
    return {domain: entries[each] for domain, names in above.items() for each in reversed(names) if each in entries}


def _later(told: Told, excuse: str | None, change: str | None) -> tuple[Action, str] | None:
    if excuse:
        return None if told.action == "revoked" else ("revoked", excuse)
    if told.action == "revoked":
        return "changed", TAKEN_BACK
    return ("changed", change) if change else None


def _alerts_of(
    settings: Settings, outbox: Outbox, wanted: Sequence[tuple[Sink, Told, Action, str]]
) -> list[tuple[str, Alert]]:
    """The alert that was told last, with what is to be said now."""
    now = datetime.now(UTC)
    last = outbox.alerts([each.id for _, each, _, _ in wanted])
    lookups = _lookups(settings, [each.domain for _, each, _, _ in wanted])
    return [
        (
            sink.name,
            replace(
                last[each.id],
                action=action,
                cause=cause,
                occurred_at=now,
                sequence=each.sequence + 1,
                enrichment=lookups.get(each.domain),
                valid_days=settings.alert_valid_days,
            ),
        )
        for sink, each, action, cause in wanted
    ]


def _alert_of(settings: Settings, row: dict[str, Any], run_date: date, lookup: Mapping[str, Any] | None) -> Alert:
    detected_at = row["detected_at"].astimezone(UTC)
    return Alert(
        action="new",
        sequence=1,
        occurred_at=detected_at,
        cause="",
        run_date=run_date,
        tld=row["domain"].rpartition(".")[2],
        enrichment=lookup,
        valid_days=settings.alert_valid_days,
        **row | {"detected_at": detected_at, "sources": list(row["sources"] or [])},
    )


def _lookups(settings: Settings, domains: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """By domain the newest lookup, of those that were ever looked up."""
    from squatwatch.enrichment.store import newest_lookups

    return {domain: lookup.as_row() for domain, lookup in newest_lookups(settings, domains).items()}


def _changes(settings: Settings, since: Mapping[str, datetime]) -> Mapping[str, str]:
    """By domain what has happened to it since it was last told, in words."""
    from squatwatch.enrichment.changes import changes_since

    return changes_since(settings, since)
