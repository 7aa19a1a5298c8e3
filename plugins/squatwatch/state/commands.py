"""The commands that bring dates up to date, to be copied into a shell."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby

from squatwatch.lists.brands_in_force import brands_name, is_chosen, remembered_name
from squatwatch.settings import Settings
from squatwatch.state.status import DateStatus


def next_command(settings: Settings, statuses: Iterable[DateStatus]) -> str | None:
    """Return the command that brings the dates up to date, None where all are done.

    Nobody's brand list is replaced by it: a date that was made with another list than the one in force is made with
    its own again, by a command of its own, unless the list in force was named for this very command. Dates between
    those of `statuses` are not touched.
    """
    return " && ".join(_commands(settings, sorted(statuses, key=lambda status: status.run_date))) or None


def command_for_list_in_force(settings: Settings, statuses: Iterable[DateStatus]) -> str | None:
    """Return the command that makes dates of other brand lists with the one in force; None where there are none.

    None as well where the list was named for this command: `next_command` uses it then.
    """
    others = {status.run_date for status in statuses if status.other_list}
    if not others or is_chosen(settings):
        return None
    return _command(min(others), max(others), others, brands_name(settings))


def _commands(settings: Settings, statuses: list[DateStatus]) -> Iterator[str]:
    in_force = brands_name(settings)

    def list_of(status: DateStatus) -> str:
        return in_force if status.other_list is None or is_chosen(settings) else status.other_list.name

    for name, group in groupby(statuses, key=list_of):
        neighbours = list(group)
        dates = [status.run_date for status in neighbours if status.state != "done"]
        if dates:
            is_named = name != remembered_name(settings.home) or any(status.other_list for status in neighbours)
            yield _command(
                min(dates), max(dates), {status.run_date for status in neighbours}, name if is_named else None
            )


def _command(first: date, last: date, known: set[date], brands: str | None) -> str:
    dates_between = (last - first).days + 1
    is_gapless = sum(first <= run_date <= last for run_date in known) == dates_between
    words = ["squatwatch", "backfill", "--from", str(first), "--to", str(last)]
    words += [] if is_gapless else ["--existing"]
    words += [] if brands is None else ["--brands", brands or "FILE.csv"]
    return shlex.join(words)
