"""The state of a date: is it whole, is it up to date, and if not, why and from which step on to do it again.

Read from the footers of the date's files alone (`lake`, `inputs`): there is no second ledger that could disagree with
the data. A date is *whole* where its files fit together, each made from the one before that is there now; only whole
dates are published. It is *done* where it is whole, all its lists came, and it was made with the brands, allowlist, dbt
models, model and thresholds of today. Popularity lists change weekly and do not make a date out of date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

from squatwatch.errors import Damaged, Missing
from squatwatch.ingest.download import ledger
from squatwatch.ingest.load import made_from_lists
from squatwatch.lake.partitions import Lake, fingerprint
from squatwatch.lake.tables import OUTPUTS
from squatwatch.settings import Settings
from squatwatch.state.brand_lists import OtherList, other_list
from squatwatch.state.made_from import candidate_inputs, detection_inputs

State = Literal["absent", "unfinished", "held", "damaged", "partial", "outdated", "done"]
STEPS = ("download", "load", "health", "transform", "score")

# each step's tables, and the table of an earlier step that they name as what they were made from
TABLES_OF = {
    "load": ("registrations", "rejects", "load_counts", "name_counts"),
    "health": ("feed_health",),
    "transform": OUTPUTS,
    "score": ("score_counts", "detections"),
}
UPSTREAM_OF = {"health": "registrations", "transform": "registrations", "score": "candidates"}
TABLES = tuple(table for tables in TABLES_OF.values() for table in tables)

# what changed, in words; an input that is not named here never makes a date out of date
CHANGED = {
    "brands": "the brands have changed",
    "allowlist": "the allowlist has changed",
    "models": "the dbt models have changed",
    "release": "another release made it",
    "model": "another model scored it",
    "thresholds": "the thresholds have changed",
    "score_floor": "the score floor has changed",
}


@dataclass(frozen=True)
class DateStatus:
    """State of one date.

    `again_from` is the first step that has to be done again, None where nothing has; `other_list` the brand list that
    the date was made with, None where that is the list in force.
    """

    run_date: date
    state: State
    reasons: tuple[str, ...]
    again_from: str | None
    is_whole: bool
    other_list: OtherList | None = None

    def __str__(self) -> str:
        because = f": {'; '.join(self.reasons)}" if self.reasons else ""
        return f"{self.run_date} {self.state}{because}"


def status_of(settings: Settings, run_date: date, model_version: str) -> DateStatus:
    """The date's state, for the brands, allowlist and model of today.

    Raises SquatwatchError where brands or allowlist cannot be read.
    """
    lake = Lake(settings.home)
    files, problems = read_files(lambda table: lake.made_from(table, run_date))
    other = other_list(settings, files.get("candidates", {}))
    if problems:
        return replace(_broken(lake, run_date, files, problems), other_list=other)
    outdated = dict(_outdated(settings, run_date, model_version, files, other))
    missing = files["registrations"].get("missing")
    reasons = ([f"no list from {missing}"] if missing else []) + list(outdated)
    again_from = min(["download"] * bool(missing) + list(outdated.values()), key=STEPS.index, default=None)
    state: State = "partial" if missing else "outdated" if outdated else "done"
    return DateStatus(run_date, state, tuple(reasons), again_from, is_whole=True, other_list=other)


def statuses_of(settings: Settings, model_version: str) -> list[DateStatus]:
    """Return the state of every date that anything is known of, in order."""
    return [status_of(settings, run_date, model_version) for run_date in known_dates(settings.home)]


def known_dates(home: Path) -> list[date]:
    """Return the dates that have any file in the data root, in order."""
    lake = Lake(home)
    return sorted({day for table in ("downloads", *TABLES) for day in lake.dates(table)})


def read_files(made_from: Callable[[str], dict[str, str]]) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """What each of a date's files was made from, and by step what is wrong: missing, damaged, or made from others.

    `made_from(table)` reads it, or raises Missing or Damaged. Files of an earlier release say nothing of themselves;
    they are taken to fit together.
    """
    files: dict[str, dict[str, str]] = {}
    problems: dict[str, str] = {}
    for step, tables in TABLES_OF.items():
        for table in tables:
            try:
                files[table] = made_from(table)
            except Missing:
                problems.setdefault(step, f"no {table}")
            except Damaged as error:
                problems[step] = str(error)
        if step not in problems and (wrong := _parted(files, step)):
            problems[step] = wrong
    return files, problems


def _parted(files: Mapping[str, dict[str, str]], step: str) -> str | None:
    """Why the step's files do not fit together, or do not fit what they were made from; None where they do."""
    first, *others = TABLES_OF[step]
    for table in others:
        if files[table] != files[first]:
            return f"{table} and {first} are of two runs"
    upstream = UPSTREAM_OF.get(step)
    if upstream in files and files[first].get(upstream, "") != fingerprint(files[upstream]) and files[upstream]:
        return f"{first} were made from other {upstream}"
    return None


def _broken(lake: Lake, run_date: date, files: Mapping[str, object], problems: Mapping[str, str]) -> DateStatus:
    again_from = min(problems, key=STEPS.index)
    if again_from == "transform" and (stopped := _stopped(lake, run_date)):
        return DateStatus(run_date, "held", stopped, "health", is_whole=False)
    damaged = any("is damaged" in problem for problem in problems.values())
    state: State = "absent" if not files else "damaged" if damaged else "unfinished"
    reasons = ("nothing is loaded",) if state == "absent" else tuple(problems.values())
    return DateStatus(run_date, state, reasons, "download" if state == "absent" else again_from, is_whole=False)


def _stopped(lake: Lake, run_date: date) -> tuple[str, ...]:
    """What feed health found, where it holds the date."""
    stopped = lake.read("feed_health", run_date).filter(verdict="stopped")
    return tuple(
        f"{check} of {source}: {detail}"
        for check, source, detail in stopped.select("check_name", "source", "detail").iter_rows()
    )


def _outdated(
    settings: Settings,
    run_date: date,
    model_version: str,
    files: Mapping[str, dict[str, str]],
    other: OtherList | None,
) -> Iterable[tuple[str, str]]:
    """What has changed since the date was made, and the step to begin again with."""
    lists = ledger(settings, run_date)
    now = made_from_lists(lists, [])
    then = files["registrations"]
    if {source: sha for source, sha in then.items() if source.startswith("list ")} != {
        source: sha for source, sha in now.items() if source.startswith("list ")
    }:
        yield "its lists were received anew", "load"
    for step, was, is_now in (
        ("load", then, now),
        ("transform", files["candidates"], candidate_inputs(settings, run_date)),
        ("score", files["detections"], detection_inputs(settings, run_date, model_version)),
    ):
        for name, words in CHANGED.items():
            if name in is_now and was.get(name) != is_now[name]:
                yield (str(other) if name == "brands" and other else words), step
