"""`squatwatch train`, `train-article` and `evaluate`. The network's library is imported inside the commands."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace as changed
from pathlib import Path
from typing import Annotated, Any

import typer

from squatwatch.checkpoints import Checkpoint, checkpoint_of, interruptible
from squatwatch.models.loading import model_errors
from squatwatch.models.registry import general_model
from squatwatch.settings import read_settings

TRAINED = "trained"  # where a new artifact goes, below the data root

Output = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help=f"Where the artifact goes; a new folder. [default: SQUATWATCH_HOME/{TRAINED}]"),
]
Replace = Annotated[bool, typer.Option("--replace", help="Replace the artifact in the output folder.")]
Epochs = Annotated[int | None, typer.Option(help="Passes over the training pairs.")]
Seed = Annotated[int | None, typer.Option(help="The same seed gives the same network.")]
Positives = Annotated[int | None, typer.Option(help="Generated imitations of a brand, at most.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (train, train_article, evaluate):
        app.command()(command)


def train(
    output: Output = None,
    replace: Replace = False,
    brand_count: Annotated[int | None, typer.Option(help="Popular names that stand for brands.")] = None,
    positives: Positives = None,
    negatives: Annotated[int | None, typer.Option(help="Background names that come near each, at most.")] = None,
    background: Annotated[int | None, typer.Option(help="Popular names that the background is drawn from.")] = None,
    planted: Annotated[
        int | None, typer.Option(help="Names registered around other brands, put around each, at most.")
    ] = None,
    epochs: Epochs = None,
    threshold: Annotated[float | None, typer.Option(help="Score from which a name is flagged.")] = None,
    word_threshold: Annotated[
        float | None, typer.Option(help="The same for brands that are common words, and for short ones.")
    ] = None,
    seed: Seed = None,
    checkpoints: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where an interrupted training is kept. [default: in the data root]"),
    ] = None,
    registrations: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A registration list as further background; may be repeated."),
    ] = None,
    labels: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE.csv", help="Verdicts: brand, domain, verdict; or squats: brand, squat_domain."),
    ] = None,
    calibration: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A registration list in which the metrics count alarms; may be repeated."),
    ] = None,
) -> None:
    """Train the network on generated imitations and real names, and write its artifact.

    Needs no data of yours: brands and background come from a packaged list of popular domains. What is not given
    is as for the shipped artifact. The model in use stays as it is; set SQUATWATCH_MODEL to the new folder to use it.
    A training that was interrupted goes on when the same command is run again.
    """
    from squatwatch_ml.training.plans import TrainingPlan
    from squatwatch_ml.training.train import train

    given = {
        "brand_count": brand_count, "positives": positives, "negatives": negatives, "background": background,
        "planted": planted, "epochs": epochs, "threshold": threshold, "word_threshold": word_threshold, "seed": seed,
        "registrations": registrations, "labels": labels, "calibration": calibration,
    }  # fmt: skip
    folder = _folder(output)
    with (
        model_errors("the model was not trained"),
        interruptible(_checkpoint(folder, checkpoints), shlex.join(["squatwatch", *sys.argv[1:]])) as keeping,
    ):
        train(folder, changed(TrainingPlan(), **_present(given)), keeping=keeping, replace=replace)


def train_article(
    brand: Annotated[str, typer.Option(metavar="NAME", help="The brand, as in paypal.")],
    output: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the artifact goes; a new folder.")],
    replace: Replace = False,
    positives: Positives = None,
    epochs: Epochs = None,
    seed: Seed = None,
) -> None:
    """Train the article's network for one brand: a baseline to compare with, which the pipeline does not use."""
    from squatwatch_ml.baselines.article_train import train_article
    from squatwatch_ml.baselines.plans import ArticlePlan

    given = {"positives": positives, "epochs": epochs, "seed": seed}
    with model_errors("the network was not trained"):
        train_article(output, brand, changed(ArticlePlan(), **_present(given)), replace=replace)


def _folder(output: Path | None) -> Path:
    return output or read_settings().home / TRAINED


def _checkpoint(output: Path, folder: Path | None) -> Checkpoint:
    return (
        Checkpoint(folder / f"{output.name}.npz") if folder else checkpoint_of(read_settings(), f"train/{output.name}")
    )


def _present(given: dict[str, Any]) -> dict[str, Any]:
    """Return the options that were given."""
    return {name: value for name, value in given.items() if value is not None}


def evaluate(
    data: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Real lists. [default: SQUATWATCH_REAL_LISTS, else packaged names]"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where tables and plots go. [default: SQUATWATCH_HOME/evaluation]"),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="judged, curves, waves, ranking, squats, short, techniques, budget, packaged or article; may be "
            "repeated.",
        ),
    ] = None,
    lightgbm: Annotated[
        bool, typer.Option("--lightgbm", help="Compare LightGBM too; trains it the first time, for minutes.")
    ] = False,
) -> None:
    """Measure the model beside an untrained rule and openSquat: squats found, false alarms, budgets, by technique.

    Prints tables, and writes them as CSV and Markdown with plots. A folder of real lists has `registrations/` (one
    file a day), `judged_DAY.csv` (domain, brand, verdict), `squats*.csv` (brand, squat_domain, match) and
    `brands.csv` or `brands.tsv`; what is missing is left out.
    """
    from squatwatch_ml.evaluation.run import evaluate

    settings = read_settings()
    with model_errors("the model was not evaluated"):
        evaluate(general_model(settings), data or settings.real_lists, output or settings.home / "evaluation",
                 only or (), lightgbm=lightgbm,
                 device=settings.device, engine=settings.engine, threads=settings.threads)  # fmt: skip
