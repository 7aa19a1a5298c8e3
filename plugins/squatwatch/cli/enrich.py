"""`squatwatch enrich` and `squatwatch recheck`: what DNS and registries say about flagged names."""

from __future__ import annotations

import typer

from squatwatch.cli.steps import Date, one_step, progress
from squatwatch.sentences import sentence
from squatwatch.settings import read_settings


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    app.command()(enrich)
    app.command()(recheck)


def enrich(date: Date) -> None:
    """Ask DNS and the registries about the names that a published date flags.

    `squatwatch publish` shows the answers in SQL.
    """
    from squatwatch import pipeline

    one_step("enrich", date, pipeline.enrich)


def recheck() -> None:
    """Ask again about the names that are watched or confirmed, and say which have woken up."""
    from squatwatch import pipeline

    progress.print(sentence(pipeline.recheck(read_settings())))
