"""Dates made with another brand list than the one in force: they are named, and never made again unasked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shlex import quote

from squatwatch.errors import Damaged, Missing, SquatwatchError
from squatwatch.lake.partitions import Lake
from squatwatch.lake.provenance import Input, Provenance
from squatwatch.lists.brands_in_force import brand_count, brands_name, is_chosen, list_words
from squatwatch.settings import Settings
from squatwatch.state.made_from import brands_hash

NOT_RECORDED = ""  # a file of an earlier release says what brands it was made with, not where they stood


@dataclass(frozen=True)
class OtherList:
    """A date's brand list, another file than the one in force and with other brands. Names are paths or `packaged`."""

    name: str
    count: int | None
    name_in_force: str
    count_in_force: int

    def __str__(self) -> str:
        used = f"{list_words(self.name)} ({_brands(self.count)})" if self.name else "a brand list that is not recorded"
        return (
            f"made with {used}; the list in force is {list_words(self.name_in_force)} ({_brands(self.count_in_force)})"
        )


def other_list(settings: Settings, made_from: Provenance) -> OtherList | None:
    """Return the brand list that candidates were made from; None where it is the one in force.

    A file that was edited since is still the same list, and so is a copy with the same brands. `made_from` is the
    provenance of candidates. Raises SquatwatchError where the list in force cannot be read.
    """
    name_in_force, used = brands_name(settings), made_from.brands_file or NOT_RECORDED
    if not made_from.is_known or used == name_in_force or made_from.inputs.get(Input.BRANDS) == brands_hash(settings):
        return None
    return OtherList(used, made_from.brand_count, name_in_force, brand_count(settings))


def demand_same_list(settings: Settings, run_dates: Iterable[date]) -> list[str]:
    """Return a line for each brand list that dates are about to lose, so that it can be told before work begins.

    Raises SquatwatchError where nobody named the list for this command: nothing is made again with another list unless
    somebody asks for it.
    """
    dates_of: dict[OtherList, list[date]] = {}
    for run_date in run_dates:
        if other := other_list(settings, _made_from(settings.home, run_date)):
            dates_of.setdefault(other, []).append(run_date)
    lines = [f"{_dates(dates)} {'was' if len(dates) == 1 else 'were'} {other}" for other, dates in dates_of.items()]
    if lines and not is_chosen(settings):
        raise SquatwatchError("; ".join([*lines, _remedy(next(iter(dates_of)))]))
    return lines


def demand_made_with(settings: Settings, run_date: date, brands: str) -> None:
    """Raise where the date's candidates are of another brand list than the one with this hash (`brands_hash`).

    Raises SquatwatchError naming the other list: another run has made the date while this one was at work, or somebody
    has edited the list.
    """
    made_from = _made_from(settings.home, run_date)
    if made_from.is_known and made_from.inputs.get(Input.BRANDS) != brands:
        other = f"{list_words(made_from.brands_file or NOT_RECORDED)} ({_brands(made_from.brand_count)})"
        raise SquatwatchError(
            f"{run_date} was made with {other} while this run was at work with another list: another run made it, or "
            "the list was edited; when no other run of the date is at work, run this again with --brands FILE.csv"
        )


def _remedy(other: OtherList) -> str:
    return (
        "name the list to make it with: --brands "
        f"{quote(other.name or 'FILE.csv')} to keep the one it has, --brands {quote(other.name_in_force)} for the one "
        "in force "
        "(or set SQUATWATCH_BRANDS_FILE)"
    )


def _made_from(home: Path, run_date: date) -> Provenance:
    try:
        return Lake(home).made_from("candidates", run_date)
    except (Missing, Damaged):
        return Provenance()


def _brands(count: int | None) -> str:
    return "1 brand" if count == 1 else f"{count} brands"


def _dates(dates: list[date]) -> str:
    return str(dates[0]) if len(dates) == 1 else f"{len(dates)} dates, {min(dates)} to {max(dates)},"
