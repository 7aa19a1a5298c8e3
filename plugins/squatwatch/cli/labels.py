"""`squatwatch labels import`: verdicts that were made elsewhere, into the store of the review page."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import Annotated

import typer

from squatwatch.cli.steps import progress
from squatwatch.settings import read_settings

labels = typer.Typer(help="What analysts say of detections.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.add_typer(labels, name="labels")


@labels.callback()
def only_group() -> None:
    """Work with labels: what analysts say of detections."""


@labels.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Columns domain, brand, verdict, perhaps note.")],
    user: Annotated[str | None, typer.Option(help="Whose verdicts they are. [default: you]")] = None,
) -> None:
    """Add the verdicts of a file to the store, all of them or none.

    `squatwatch publish` shows them in the warehouse.
    """
    from squatwatch.labels.files import read_label_file
    from squatwatch.labels.store import label_store
    from squatwatch.lists.brands import read_brands
    from squatwatch.lists.brands_in_force import brands_path

    settings = read_settings()
    read = read_label_file(file, user or getpass.getuser(), read_brands(brands_path(settings)))
    if read:
        label_store(settings).add(read)
    progress.print(f"{len(read):,} labels added; squatwatch publish shows them in the warehouse")
