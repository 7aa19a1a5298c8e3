"""The command line: every step of the day as a command, with the words of the Airflow tasks.

Imports `alerts`, `backfill`, `checkpoints`, `dates`, `errors`, `ingest`, `labels`, `lake`, `lists`,
`models`, `pipeline`, `retrain`, `sentences`, `serve`, `settings`, `state`, `store`, `warehouse`, `wording`.
"""

from __future__ import annotations

import os
import sys

import typer

from squatwatch.cli import alerts, backfill, budget, enrich, export, health, labels, query, rank, steps, store
from squatwatch.cli.networks import models, retrain, serve, train
from squatwatch.cli.version import version_lines
from squatwatch.errors import SquatwatchError, squatwatch_error
from squatwatch.settings import unknown_variables

app = typer.Typer(
    name="squatwatch",
    help="Finds look-alike domains on the day they are registered.",
    epilog="Settings are SQUATWATCH_… environment variables; `squatwatch settings` lists them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",  # paragraphs of docstrings are joined, as they were meant
    context_settings={"help_option_names": ["-h", "--help"]},
)


def print_version(is_asked: bool) -> None:
    """Print what a bug report has to name, and end, where --version was given."""
    if is_asked:
        print("\n".join(version_lines()))
        raise typer.Exit


@app.callback()
def options(
    debug: bool = typer.Option(False, "--debug", help="Show the traceback of a failure."),
    version: bool = typer.Option(
        False, "--version", callback=print_version, is_eager=True, help="Print release, model and versions."
    ),
) -> None:
    """Find look-alike domains on the day they are registered."""
    if debug:
        os.environ["SQUATWATCH_DEBUG"] = "1"
    for warning in unknown_variables(os.environ):
        print(f"squatwatch: {warning}", file=sys.stderr)


steps.add_to(app)
health.add_to(app)
rank.add_to(app)
backfill.add_to(app)
budget.add_to(app)
query.add_to(app)
export.add_to(app)
labels.add_to(app)
alerts.add_to(app)
enrich.add_to(app)
train.add_to(app)
retrain.add_to(app)
models.add_to(app)
serve.add_to(app)
store.add_to(app)


def main() -> None:
    """Run a command; a failure is one message on stderr and exit status 1, with a traceback only for --debug."""
    if "--debug" in sys.argv[2:]:  # the option is understood wherever it stands
        sys.argv.remove("--debug")
        sys.argv.insert(1, "--debug")
    try:
        app()
    except SquatwatchError as error:
        _fail(error, str(error))
    except Exception as error:
        _fail(
            error,
            str(squatwatch_error(error) or "") or f"{type(error).__name__}: {error} (add --debug for the traceback)",
        )


def _fail(error: Exception, message: str) -> None:
    if os.environ.get("SQUATWATCH_DEBUG"):
        raise error
    print(f"squatwatch: {message}", file=sys.stderr)
    sys.exit(1)
