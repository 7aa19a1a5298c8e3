"""`squatwatch move`, `sync` and `store`: a data root as a whole, into a store or out of one, and its upkeep there."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from squatwatch.cli.steps import progress, step
from squatwatch.errors import SquatwatchError, TryLater
from squatwatch.settings import Settings, read_settings
from squatwatch.store.s3_policy import Role, bucket_policy, policy_of
from squatwatch.store.whole.moved import Moved

MOST_DAYS = 3650  # of an object that nobody needs
MOST_SECONDS = 86_400  # between two looks at a store

store = typer.Typer(
    help="A data root in a store: the rights that it needs, and what can be removed.", no_args_is_help=True
)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    for command in (move, sync):
        app.command()(command)
    app.add_typer(store, name="store")


@store.callback()
def only_group() -> None:
    """Look after a data root in a store."""


@store.command()
def policy(
    role: Annotated[
        Role, typer.Argument(help="reader asks only; mirror is a worker that keeps a mirror.")
    ] = Role.WORKER,
    bucket: Annotated[bool, typer.Option("--bucket", help="The policy of the bucket instead.")] = False,
) -> None:
    """Print the IAM policy of least rights for the data root in S3, from the list of all calls that are made."""
    settings = reader_settings()
    url = _store_url(settings)
    if not url.startswith("s3://"):
        raise SquatwatchError(f"{url} is no bucket: rights there are those of its files")
    key = settings.store_kms_key
    print(json.dumps(bucket_policy(url, key) if bucket else policy_of(role, url, key), indent=2))


@store.command()
def prune(
    older_than: Annotated[
        int,
        typer.Option(
            "--older-than", min=1, max=MOST_DAYS, metavar="DAYS", help="Days for which nobody has needed them."
        ),
    ] = 7,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be removed.")] = False,
) -> None:
    """Remove objects that no commit and no published warehouse has named for some days.

    Killed runs leave such objects, and dates that were built again. Anything may run meanwhile.
    """
    from squatwatch.store.whole.prune import prune

    settings = reader_settings()
    url = _store_url(settings)
    pruned = prune(settings, timedelta(days=older_than), dry_run)
    removed = f"{pruned.count - pruned.left_count:,} of them removed"
    again = "; to go on, run the command again" if pruned.left_count and not dry_run else ""
    progress.print(
        f"{url}: nobody has needed {pruned.count:,} objects of {pruned.size / 1e6:,.1f} MB for {older_than} days; "
        f"{removed}{again}",
        markup=False,
        soft_wrap=True,
    )


def _store_url(settings: Settings) -> str:
    """Return the URL of the data root. Raises SquatwatchError where it is a folder."""
    if settings.store_url is None:
        raise SquatwatchError(f"{settings.home} is a folder; this is for a data root in a store (s3://bucket/prefix)")
    return settings.store_url


def move(
    to: Annotated[str, typer.Option("--to", metavar="PLACE", help="s3://bucket/prefix, or an empty folder.")],
) -> None:
    """Move the data root into a store, or out of one into a folder. The one where it was stays as it is.

    Each file is checked against its hash. A move that was interrupted goes on where it was: type the command again.
    Stop what writes to the data root before (`daily_detections`, and the page).
    """
    if not to.strip():
        raise SquatwatchError("--to names no place: write s3://bucket/prefix, or an empty folder")
    settings, target = reader_settings(), read_settings(home=to)
    with step("move") as tell:
        moved = _move(settings, target)
        for line in _sentences(moved, settings):
            tell(line)
    progress.print(f"next: set SQUATWATCH_HOME={to} wherever squatwatch runs", markup=False, soft_wrap=True)


def sync(
    to: Annotated[str, typer.Option("--to", metavar="FOLDER", help="An empty folder, or one that was synced before.")],
    every: Annotated[
        float | None,
        typer.Option(
            "--every", min=1, max=MOST_SECONDS, metavar="SECONDS", help="Go on until Ctrl-C, asking so often."
        ),
    ] = None,
) -> None:
    """Bring a local warehouse to what was published last in a data root in a store.

    FOLDER/warehouse.duckdb is for any DuckDB client, also while it is brought up to date. It needs no database, and of
    the store the right to read alone (`squatwatch store policy reader`).
    """
    if not to.strip():
        raise SquatwatchError("--to names no folder: write an empty one, or one that was synced before")
    settings, folder = reader_settings(), Path(to).absolute()
    while True:
        try:
            _sync(settings, folder)
        except TryLater as error:
            if every is None:
                raise
            progress.print(str(error), markup=False, soft_wrap=True)
        if every is None:
            return
        time.sleep(every)


def _sync(settings: Settings, folder: Path) -> None:
    from squatwatch.store.whole.sync import sync

    _store_url(settings)
    synced = sync(settings, folder)
    if synced.is_new:
        progress.print(f"{synced.path}: as publish {synced.number} left it", markup=False, soft_wrap=True)


def _move(settings: Settings, target: Settings) -> Moved:
    """Move into a store or out of one. Raises SquatwatchError where it would be neither."""
    if (settings.store_url is None) == (target.store_url is None):
        raise SquatwatchError(
            f"{settings.store_url} and {target.store_url} are both stores: move it into a folder, and from there on"
            if settings.store_url
            else f"{settings.home} and {target.home} are both folders: move it with mv, set SQUATWATCH_HOME, then run: "
            "squatwatch publish"
        )
    if target.store_url:
        from squatwatch.store.whole.move_in import move_into_store

        return move_into_store(settings.home, target, lambda line: progress.print(f"  {line}", markup=False))
    from squatwatch.store.whole.move_out import move_out_of_store

    return move_out_of_store(settings, target.home)


def _sentences(moved: Moved, settings: Settings) -> list[str]:
    before = f", {moved.there_before:,} of them by an earlier try" if moved.there_before else ""
    lines = [
        f"{moved.date_count:,} dates and what they share are in {moved.target}: {moved.file_count:,} files, "
        f"{moved.size / 1e6:,.1f} MB{before}; each has the hash that it has in {moved.source}, which stays as it is"
    ]
    if not moved.is_published:
        lines.append("nothing was published; run there: squatwatch publish")
    if moved.left:
        lines.append(f"not moved: {', '.join(moved.left)}")
    if "squatwatch.db" in moved.left:
        lines.append(
            "verdicts, alerts and lookups are in squatwatch.db, which one machine can use: "
            f"SQUATWATCH_DATABASE_URL=sqlite:///{settings.home}/squatwatch.db"
        )
    if "brands.json" in moved.left:
        lines.append("a store remembers no brand list: set SQUATWATCH_BRANDS_FILE on each machine")
    return lines


def reader_settings() -> Settings:
    """Return the settings of a command that reads dates and the warehouse only, and needs no database for that."""
    return read_settings(database_url="sqlite://")
