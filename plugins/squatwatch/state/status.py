"""The state of a date: is it whole, is it up to date, and if not, why and from which step on to do it again.

Read from the footers of the date's files alone (`lake`, `inputs`): there is no second ledger that could disagree with
the data. A date is *whole* where its files fit together, each made from the one before that is there now; only whole
dates are published. It is *done* where it is whole, all its lists came, and it was made with the brands, allowlist, dbt
models, model and thresholds of today. Popularity lists change weekly and do not make a date out of date.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

from squatwatch.errors import Damaged, Missing
from squatwatch.ingest.download import ledger
from squatwatch.ingest.load import made_from_lists
from squatwatch.lake.partitions import Lake
from squatwatch.lake.provenance import Input, Provenance
from squatwatch.lake.tables import DOWNLOADS, REGISTRY, STEPS, Table
from squatwatch.settings import Settings
from squatwatch.state.brand_lists import OtherList, other_list
from squatwatch.state.made_from import candidate_inputs, detection_inputs

State = Literal["absent", "unfinished", "held", "damaged", "partial", "outdated", "done"]

# what changed, in words; an input that is not named here never makes a date out of date
CHANGED = {
    Input.SUFFIXES: "the suffix list has changed",
    Input.BRANDS: "the brands have changed",
    Input.ALLOWLIST: "the allowlist has changed",
    Input.DBT_MODELS: "the dbt models have changed",
    Input.MODEL: "another model scored it",
    Input.THRESHOLDS: "the thresholds have changed",
    Input.SCORE_FLOOR: "the score floor has changed",
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


def status_of(settings: Settings, run_date: date, model_version: str) -> DateStatus:
    """Return the date's state, for the brands, allowlist and model of today.

    Raises SquatwatchError where brands or allowlist cannot be read.
    """
    lake = Lake(settings.home)
    files, problems = read_files(lambda table: lake.made_from(table, run_date))
    other = other_list(settings, files.get("candidates", Provenance()))
    if problems:
        return replace(_broken(lake, run_date, files, problems), other_list=other)
    outdated = list(_outdated(settings, run_date, model_version, files, other))
    missing = files["registrations"].missing
    reasons = ([f"no list from {','.join(missing)}"] if missing else []) + [words for words, _ in outdated]
    again_from = min(["download"] * bool(missing) + [step for _, step in outdated], key=STEPS.index, default=None)
    state: State = "partial" if missing else "outdated" if outdated else "done"
    return DateStatus(run_date, state, tuple(dict.fromkeys(reasons)), again_from, is_whole=True, other_list=other)


def statuses_of(settings: Settings, model_version: str) -> list[DateStatus]:
    """Return the state of every date that anything is known of, in order."""
    return [status_of(settings, run_date, model_version) for run_date in known_dates(settings.home)]


def known_dates(home: Path) -> list[date]:
    """Return the dates that have any file in the data root, in order."""
    lake = Lake(home)
    return sorted({day for table in (DOWNLOADS, *REGISTRY.required()) for day in lake.dates(table.name)})


def read_files(made_from: Callable[[str], Provenance]) -> tuple[dict[str, Provenance], dict[str, str]]:
    """Return what each of a date's files was made from, and by step what is wrong: missing, damaged, a misfit.

    `made_from(table)` reads it, or raises Missing or Damaged. Files of an earlier release say nothing of themselves;
    they are taken to fit together.
    """
    files: dict[str, Provenance] = {}
    problems: dict[str, str] = {}
    for step in STEPS:
        tables = REGISTRY.required_of(step)
        for table in tables:
            try:
                files[table.name] = made_from(table.name)
            except Missing:
                problems.setdefault(step, f"no {table.name}")
            except Damaged as error:
                problems[step] = str(error)
        if step not in problems and (misfit := _misfit(files, tables)):
            problems[step] = misfit
    return files, problems


def _misfit(files: Mapping[str, Provenance], tables: Sequence[Table]) -> str | None:
    """Return why a step's files do not fit together, or do not fit what they were made from; None where they do."""
    for table in tables:
        made_from = files[table.name]
        if made_from != files[tables[0].name]:
            return f"{table.name} and {tables[0].name} are of two runs"
        if table.upstream and not _fits(made_from, table.upstream, files.get(table.upstream, Provenance())):
            return f"{table.name} were made from other {table.upstream}"
    return None


def _fits(made_from: Provenance, table: str, upstream: Provenance) -> bool:
    """Tell whether it was made from the table as it is now. Files of unknown provenance are taken to fit."""
    return not upstream.is_known or made_from.upstream.get(table) == upstream.fingerprint


def _broken(lake: Lake, run_date: date, files: Mapping[str, object], problems: Mapping[str, str]) -> DateStatus:
    again_from = min(problems, key=STEPS.index)
    if again_from == "transform" and (stopped := _stopped(lake, run_date)):
        return DateStatus(run_date, "held", stopped, "health", is_whole=False)
    damaged = any("is damaged" in problem for problem in problems.values())
    state: State = "absent" if not files else "damaged" if damaged else "unfinished"
    reasons = ("nothing is loaded",) if state == "absent" else tuple(problems.values())
    return DateStatus(run_date, state, reasons, "download" if state == "absent" else again_from, is_whole=False)


def _stopped(lake: Lake, run_date: date) -> tuple[str, ...]:
    """Return a sentence for each check of feed health that stops the date."""
    stopped = lake.read("feed_health", run_date).filter(result="stopped")
    return tuple(
        f"{check} of {source}: {detail}"
        for check, source, detail in stopped.select("check_name", "source", "detail").iter_rows()
    )


def _outdated(
    settings: Settings,
    run_date: date,
    model_version: str,
    files: Mapping[str, Provenance],
    other: OtherList | None,
) -> Iterable[tuple[str, str]]:
    """Yield what has changed since the date was made, and the step to begin again with."""
    as_loaded = files["registrations"]
    received = made_from_lists(ledger(settings.home, run_date), [])
    if as_loaded.lists != received.lists:
        yield "its lists were received anew", "load"
    for step, then, now in (
        ("load", as_loaded, received),
        ("transform", files["candidates"], candidate_inputs(settings, run_date)),
        ("score", files["detections"], detection_inputs(settings, run_date, model_version)),
    ):
        for name, words in CHANGED.items():
            if name in now.inputs and then.inputs.get(name) != now.inputs[name]:
                yield (str(other) if name == Input.BRANDS and other else words), step
        if now.release and then.release != now.release:
            yield "another release made it", step
