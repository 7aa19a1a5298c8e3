"""Queueing of alerts: names that were flagged, what happened to names that a sink knows, what no longer holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from squatwatch.alerts.alert import Action, Alert
from squatwatch.alerts.outbox import LastAlert, Outbox
from squatwatch.alerts.sinks import Sink
from squatwatch.alerts.waves import side_by_side
from squatwatch.database.place import has_database
from squatwatch.errors import SquatwatchError
from squatwatch.labels.label import Label
from squatwatch.labels.store import label_store
from squatwatch.lists.excuses import Excuse, read_excuses
from squatwatch.settings import Settings
from squatwatch.warehouse.connection import ask

TAKEN_BACK = "what was said against it was taken back"
OF_DATE = """
select detection_id, domain, domain_unicode, brand, score, threshold, technique, coalesce(reason, '') as reason,
    matched_text, first_seen_on, scored_at as detected_at, detections.model_version, sources {ranking}
from detections {ranked} where run_date = ? and is_detection order by {first} score desc, domain, brand
"""
RANKING = ', rankings.squat, rankings."use", rankings.other, rankings.taken_for, rankings.wave_id, rankings.wave_size'
RANKED = "left join rankings using (run_date, detection_id, domain, brand)"
FIRST = "coalesce(rankings.priority, rankings.squat) desc nulls last,"
HAS_RANKINGS = "select 1 from information_schema.columns where table_name = 'rankings' and column_name = 'taken_for'"


def new_alerts(settings: Settings, outbox: Outbox, sinks: Sequence[Sink], run_date: date) -> list[tuple[str, Alert]]:
    """Return pairs of sink and alert for the date's published detections that the sink was never told of.

    By falling priority, with a wave where its first name stands. Once per detection id: a name that a feed repeats, a
    re-run and a backfill queue nothing anew. A name that somebody has already called no squat is left out. Raises
    SquatwatchError where the date was not published.
    """
    if not ask(settings.home, "select 1 from dates where run_date = ? and is_published", [run_date])[1]:
        raise SquatwatchError(f"{run_date} is not published; run: squatwatch run --date {run_date}")
    names, rows = ask(settings.home, _of_date(settings), [run_date])
    detections = [dict(zip(names, row, strict=True)) for row in rows]
    excused = excuses(settings, {row["detection_id"]: row["domain"] for row in detections}, _today())
    lookups = _lookups(settings, [row["domain"] for row in detections])
    alerts = [
        _alert_of(row, run_date, lookups.get(row["domain"]), settings.alert_valid_days)
        for row in detections
        if row["detection_id"] not in excused
    ]
    known = {sink.name: outbox.known_detections(sink.name) for sink in sinks}
    return [
        (sink.name, alert)
        for sink in sinks
        if "new" in sink.actions
        for alert in side_by_side(alerts)
        if sink.wants(alert) and alert.detection_id not in known[sink.name]
    ]


def later_alerts(settings: Settings, outbox: Outbox, sinks: Sequence[Sink]) -> list[tuple[str, Alert]]:
    """Return pairs of sink and alert for what became of detections that the sink was told of, on whichever date."""
    last = [(sink, alert) for sink in sinks for alert in outbox.last_alerts(sink.name)]
    excused = excuses(settings, {alert.detection_id: alert.domain for _, alert in last}, _today())
    changes = _changes(settings, {alert.domain: alert.queued_at for _, alert in last})
    followed = [
        (sink, alert, *event)
        for sink, alert in last
        if (event := _event(alert.action, excused.get(alert.detection_id), changes.get(alert.domain)))
        and event[0] in sink.actions
    ]
    return _follow_ups(settings, outbox, followed)


def excuses(settings: Settings, domains: Mapping[str, str], day: date) -> dict[str, str]:
    """Return `{detection_id: reason}` for detections that are allowlisted on the day or judged to be no squat.

    `domains` has the domain of each detection id.
    """
    allowlist = read_excuses(settings)
    found = {detection_id: allowlist.of(domain, day) for detection_id, domain in domains.items()}
    allowlisted = {detection_id: _allowlisted(excuse) for detection_id, excuse in found.items() if excuse}
    return {**allowlisted, **{label.detection_id: _reason(label) for label in _no_squats(settings, domains)}}


def _of_date(settings: Settings) -> str:
    """Return the question for a date's detections; a warehouse that an earlier release published has no rankings."""
    is_ranked = ask(settings.home, HAS_RANKINGS)[1]
    parts = {"ranking": RANKING, "ranked": RANKED, "first": FIRST}
    return OF_DATE.format(**parts if is_ranked else dict.fromkeys(parts, ""))


def _today() -> date:
    return datetime.now(UTC).date()


def _allowlisted(excuse: Excuse) -> str:
    return excuse.reason if excuse.kind == "brand" else f"allowlisted: {excuse.reason}"


def _no_squats(settings: Settings, detection_ids: Iterable[str]) -> list[Label]:
    if not has_database(settings):
        return []
    return [label for label in label_store(settings).current(detection_ids).values() if _is_false_alarm(label)]


def _is_false_alarm(label: Label) -> bool:
    return label.verdict is not None and label.verdict.is_false_alarm


def _reason(label: Label) -> str:
    note = f": {label.note}" if label.note else ""
    return f"judged {label.verdict.words.lower() if label.verdict else ''} by {label.user_name}{note}"


def _event(last_action: str, excuse: str | None, change: str | None) -> tuple[Action, str] | None:
    """Return action and cause of what a sink does not know yet; None where nothing has happened."""
    if excuse:
        return None if last_action == "revoked" else ("revoked", excuse)
    if last_action == "revoked":
        return "changed", TAKEN_BACK
    return ("changed", change) if change else None


def _follow_ups(
    settings: Settings, outbox: Outbox, followed: Sequence[tuple[Sink, LastAlert, Action, str]]
) -> list[tuple[str, Alert]]:
    """Return each last alert again with action and cause of what happened since, and the newest lookup."""
    now = datetime.now(UTC)
    alerts = outbox.alerts([last.id for _, last, _, _ in followed])
    lookups = _lookups(settings, [last.domain for _, last, _, _ in followed])
    return [
        (
            sink.name,
            replace(
                alerts[last.id],
                action=action,
                cause=cause,
                occurred_at=now,
                sequence=last.sequence + 1,
                enrichment=lookups.get(last.domain),
                valid_days=settings.alert_valid_days,
            ),
        )
        for sink, last, action, cause in followed
    ]


def _alert_of(row: dict[str, Any], run_date: date, lookup: Mapping[str, Any] | None, valid_days: int) -> Alert:
    """Return the first alert of a detection, which is a row of OF_DATE."""
    detected_at = row["detected_at"].astimezone(UTC)
    return Alert(
        action="new",
        sequence=1,
        occurred_at=detected_at,
        cause="",
        run_date=run_date,
        tld=row["domain"].rpartition(".")[2],
        enrichment=lookup,
        valid_days=valid_days,
        **row | {"detected_at": detected_at, "sources": list(row["sources"] or [])},
    )


def _lookups(settings: Settings, domains: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """Return `{domain: newest lookup as a row}` for those that were ever looked up."""
    from squatwatch.enrichment.store import newest_lookups

    return {domain: lookup.as_row() for domain, lookup in newest_lookups(settings, domains).items()}


def _changes(settings: Settings, since: Mapping[str, datetime]) -> Mapping[str, str]:
    """Return `{domain: what has happened to it since the moment, in words}`."""
    from squatwatch.enrichment.changes import changes_since

    return changes_since(settings, since)
