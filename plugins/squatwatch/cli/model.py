"""`squatwatch train` and `squatwatch evaluate`. The network's library is imported inside the commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from squatwatch.settings import read_settings


def add_to(app: typer.Typer) -> None:
    for command in (train, evaluate):
        app.command()(command)


def train() -> None:
    """Train the network and write its artifact."""
    from squatwatch_ml.train import train

    train(read_settings().model)


def evaluate(
    squats: Annotated[Path | None, typer.Option(metavar="FILE.csv")] = None,
) -> None:
    """Measure the model."""
    from squatwatch_ml.evaluate import evaluate

    evaluate(read_settings().model, squats)
