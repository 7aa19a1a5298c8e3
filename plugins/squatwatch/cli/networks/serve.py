"""`squatwatch serve`: scores on demand."""

from __future__ import annotations

import typer

from squatwatch.cli.steps import progress
from squatwatch.settings import read_settings


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(serve)


def serve() -> None:
    """Score names on demand, by the API of SageMaker's runtime; docs/serving.md shows how to ask.

    Runs until it is stopped. The settings begin with SQUATWATCH_SERVE.
    """
    from squatwatch.serve import run

    run.serve(read_settings(), lambda address: progress.print(f"serving on {address}", markup=False, soft_wrap=True))
