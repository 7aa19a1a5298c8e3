"""`squatwatch train` and `squatwatch evaluate`. The network's library is imported inside the commands."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from squatwatch.detect.model_registry import model_folder
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
    brand_count: Annotated[int | None, typer.Option(help="Popular names that stand for brands.")] = None,
    positives: Annotated[int | None, typer.Option(help="Generated imitations of each, at most.")] = None,
    negatives: Annotated[int | None, typer.Option(help="Background names that come near each, at most.")] = None,
    background: Annotated[int | None, typer.Option(help="Popular names that the background is drawn from.")] = None,
    planted: Annotated[
        int | None, typer.Option(help="What labels say was registered around other brands, around each, at most.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the training pairs.")] = None,
    threshold: Annotated[float | None, typer.Option(help="Score from which a name is flagged.")] = None,
    word_threshold: Annotated[
        float | None, typer.Option(help="The same for brands that are common words, and for short ones.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same network.")] = None,
    registrations: Registrations = None,
    labels: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE.csv", help="Verdicts: brand, domain, verdict; or squats: brand, squat_domain."),
    ] = None,
    calibration: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="A registration list in which the metrics count alarms; may be repeated."),
    ] = None,
    architecture: Annotated[
        Literal["pair", "article"], typer.Option(help="pair: one network for all brands. article: one for one brand.")
    ] = "pair",
    brand: Annotated[str | None, typer.Option(help="The brand of --architecture article.")] = None,
) -> None:
    """Train the network on generated imitations and real names, and write its artifact.

    Needs no data of yours: brands and background come from a packaged list of popular domains. What is not given
    is as for the shipped artifact.
    """
    given = {name: value for name, value in locals().items() if name != "output" and value is not None}
    if given.pop("architecture") != "pair" or brand:
        return _train_baseline(architecture, output, **given)
    from squatwatch_ml.training.train import train

    with model_errors("the model was not trained"):
        train(output or model_folder(read_settings()), **given)


def _train_baseline(architecture: str, output: Path | None, **given: Any) -> None:
    from squatwatch_ml.baselines.article_train import train_article

    with model_errors("the model was not trained"):
        if architecture != "article" or not given.get("brand") or output is None:
            raise ValueError("a network of one brand needs --architecture article --brand NAME --output FOLDER")
        if other := given.keys() - {"brand", "positives", "epochs", "seed"}:
            raise ValueError(f"--architecture article has no {', '.join(sorted(other))}: leave it out")
        train_article(output, **given)


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
            help="judged, curves, waves, squats, short, techniques, budget, packaged or article; may be repeated.",
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
        evaluate(model_folder(settings), data or settings.real_lists, output or settings.home / "evaluation",
                 only or (), lightgbm=lightgbm,
                 device=settings.device, engine=settings.engine, threads=settings.threads)  # fmt: skip
