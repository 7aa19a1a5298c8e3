"""`squatwatch train` and `squatwatch evaluate`. The network's library is imported inside the commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from squatwatch.pipeline import model_errors
from squatwatch.settings import read_settings

Output = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Where the artifact goes. [default: SQUATWATCH_MODEL]")
]
Registrations = Annotated[
    list[Path] | None, typer.Option(metavar="FILE", help="A registration list as further background; may be repeated.")
]


def add_to(app: typer.Typer) -> None:
    for command in (train, evaluate):
        app.command()(command)


def train(
    output: Output = None,
    brand_count: Annotated[int, typer.Option(help="Popular names that stand for brands.")] = 600,
    positives: Annotated[int, typer.Option(help="Generated imitations of each, at most.")] = 120,
    negatives: Annotated[int, typer.Option(help="Background names that come near each, at most.")] = 500,
    background: Annotated[int, typer.Option(help="Popular names that the background is drawn from.")] = 500_000,
    epochs: Annotated[int, typer.Option(help="Passes over the training pairs.")] = 6,
    alarm_budget: Annotated[
        float, typer.Option(help="Names flagged per brand and 150,000 that set the threshold.")
    ] = 3,
    seed: Annotated[int, typer.Option(help="The same seed gives the same network.")] = 1,
    registrations: Registrations = None,
) -> None:
    """Train the network on generated imitations and real names, and write its artifact.

    Needs no data of yours: brands and background come from a packaged list of popular domains.
    """
    from squatwatch_ml.train import train

    with model_errors("the model was not trained"):
        train(
            output or read_settings().model,
            brand_count=brand_count,
            positives=positives,
            negatives=negatives,
            background=background,
            epochs=epochs,
            alarm_budget=alarm_budget,
            seed=seed,
            registrations=registrations or (),
        )


def evaluate(
    squats: Annotated[Path | None, typer.Option(metavar="FILE.csv", help="Real squats: brand, squat_domain.")] = None,
    registrations: Annotated[Path | None, typer.Option(metavar="FILE", help="A day's registration list.")] = None,
    judged: Annotated[
        Path | None, typer.Option(metavar="FILE.csv", help="Verdicts on it: domain, brand, verdict.")
    ] = None,
    brands: Annotated[Path | None, typer.Option(metavar="FILE", help="Brands to look for in it.")] = None,
) -> None:
    """Measure the model at its threshold: squats found, names raised. Without files, on packaged popular names."""
    from squatwatch_ml.evaluate import evaluate

    settings = read_settings()
    with model_errors("the model was not evaluated"):
        print(evaluate(settings.model, squats, registrations, judged, brands, settings.device))
