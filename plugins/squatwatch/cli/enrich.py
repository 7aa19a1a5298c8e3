"""`squatwatch enrich` and `recheck`: what DNS and registries say of flagged names. Nothing else ever asks them."""

from __future__ import annotations

import typer

from squatwatch.cli.steps import Date, one_step, progress
from squatwatch.settings import read_settings


def add_to(app: typer.Typer) -> None:
    app.command()(enrich)
    app.command()(recheck)


def enrich(date: Date) -> None:
    """Ask DNS and the registries about the names that a published date flags; publish shows the answers in SQL."""
    from squatwatch import pipeline

    one_step("enrich", date, pipeline.enrich)


def recheck() -> None:
    """Ask again about the names that are watched or confirmed, and say which have woken up."""
    from squatwatch import pipeline

    progress.print(pipeline.recheck(read_settings()))
