"""A date's detections and what its feeds gave, as published: the files of that date alone are read.

The warehouse's `detections` looks at every date to say what only all of them know; a page of one date needs two of
these things, and takes them from the small table of sightings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from squatwatch.errors import SquatwatchError
from squatwatch.lake.tables import DETECTIONS, FEED_HEALTH, LOAD_COUNTS, RANKINGS, SCORE_COUNTS, Table
from squatwatch.settings import Settings
from squatwatch.warehouse.catalog import of_python, select_of
from squatwatch.warehouse.connection import connect, warehouse_path
from squatwatch.warehouse.dbt_variables import reregistration_gap_days

KEPT = 16  # dates that are kept in memory


class Ranking(NamedTuple):
    """Ranking of a detection: columns of the warehouse's `rankings`, under the same names.

    `is_lifted`: below its threshold, and to be looked at with its wave. `wave_priority` is the highest of its wave,
    among the names that are taken for the same and are flagged or lifted; its own where there is none.
    """

    squat: float
    use: float
    other: float
    priority: float
    taken_for: str | None
    component_brand: float
    component_wave: float
    component_memory: float
    note: str
    wave_id: str | None
    wave_size: int
    is_lifted: bool
    wave_priority: float


class DetectionRow(NamedTuple):
    """One detection: columns of the warehouse's `detections`, under the same names; `ranking` None: it has none."""

    run_date: date
    detection_id: str
    domain: str
    domain_unicode: str
    brand: str
    score: float
    threshold: float
    is_detection: bool
    reason: str | None
    technique: str | None
    matched_text: str | None
    aligned: Sequence[str] | None
    component_resemblance: float | None
    component_placement: float | None
    component_surroundings: float | None
    component_words: float | None
    allowlist_reason: str | None
    model_version: str
    first_seen_on: date | None
    is_reregistered: bool
    ranking: Ranking | None = None

    @property
    def is_lifted(self) -> bool:
        """Tell whether it is not flagged and stands with names like it that are."""
        return self.ranking is not None and self.ranking.is_lifted


@dataclass(frozen=True)
class PublishedDate:
    """All that the warehouse has of a date. `rows` by falling score, those below their threshold too."""

    rows: Sequence[DetectionRow]
    feeds: Sequence[dict[str, Any]]
    checks: Sequence[dict[str, Any]]
    counts: dict[str, Any]


ROWS = """
with of_date as ({detections}),
ranked as (
    select *, coalesce(
        max(priority) filter (
            is_lifted or detection_id in (select detection_id from of_date where is_detection)
        ) over (partition by coalesce(wave_id, detection_id), taken_for),
        priority
    ) as wave_priority
    from (
        select * replace (  -- an earlier release had neither
            coalesce(priority, squat) as priority, coalesce(is_lifted, false) as is_lifted
        )
        from ({rankings})
    )
),
seen as (
    select domain, min(run_date) as first_seen_on, max(run_date) filter (run_date < $run_date) as previously_seen_on
    from sightings where domain in (select domain from of_date) group by domain
)
select $run_date::date as run_date, {columns}, first_seen_on,
    coalesce($run_date::date - previously_seen_on > {gap}, false) as is_reregistered, {ranking}
from of_date left join seen using (domain) left join ranked using (detection_id)
order by of_date.score desc, of_date.domain, of_date.brand
"""


def published(settings: Settings, run_date: date) -> PublishedDate:
    """Return what is published of a date, read once until the next publish; empty where it was not published."""
    path = warehouse_path(settings.home)
    try:
        stat = path.stat()
    except FileNotFoundError:
        return PublishedDate((), (), (), {})
    key = (settings.home, run_date, stat.st_mtime_ns, stat.st_ino)
    if key not in _kept:
        while len(_kept) >= KEPT:
            _kept.pop(next(iter(_kept), ()), None)
        _kept[key] = _read(settings, run_date)
    return _kept[key]


_kept: dict[tuple[object, ...], PublishedDate] = {}


def _read(settings: Settings, run_date: date) -> PublishedDate:
    with connect(settings.home) as warehouse:
        try:
            files = _files(settings.home, warehouse, run_date)
            own = [f"of_date.{name}" for name in DetectionRow._fields if name in DETECTIONS.columns]
            ranking = [f'ranked."{name}"' for name in Ranking._fields]
            gap = reregistration_gap_days(settings.dbt_project)
            sql = ROWS.format(
                detections=files(DETECTIONS),
                rankings=files(RANKINGS),
                columns=", ".join(own),
                ranking=", ".join(ranking),
                gap=gap,
            )
            detections = warehouse.execute(sql, {"run_date": run_date}).fetchall()
            counts = _dicts(warehouse, files(SCORE_COUNTS))
            return PublishedDate(
                [_row(values) for values in detections],
                _dicts(warehouse, files(LOAD_COUNTS) + " order by source"),
                _dicts(warehouse, files(FEED_HEALTH) + " order by source, check_name"),
                counts[0] if counts else {},
            )
        except duckdb.Error as error:
            raise SquatwatchError(f"the detections of {run_date} cannot be read: {error}") from error


def _row(values: Sequence[Any]) -> DetectionRow:
    """Return the row of values of ROWS, of which those of the ranking are last, all null where there is none."""
    own, ranking = values[: -len(Ranking._fields)], Ranking(*values[-len(Ranking._fields) :])
    return DetectionRow._make([*own, None if ranking.squat is None else ranking])


def _files(home: Path, warehouse: duckdb.DuckDBPyConnection, run_date: date) -> Callable[[Table], str]:
    """Return files(table), which gives the SELECT over the date's published files of a table."""
    named = 'select "table", path from published_files where retired_at is null and partition = ?'
    paths: dict[str, list[str]] = {}
    for table, path in warehouse.execute(named, [f"run_date={run_date}"]).fetchall():
        paths.setdefault(table, []).append(str(home / path))

    def select(table: Table) -> str:
        return select_of(of_python(table), paths.get(table.name, []))

    return select


def _dicts(warehouse: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    result = warehouse.execute(sql)
    names = [column[0] for column in result.description]
    return [dict(zip(names, values, strict=True)) for values in result.fetchall()]
