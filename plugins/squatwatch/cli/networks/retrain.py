"""`squatwatch retrain`, `promote`, `rollback`: what the DAG `train_detector` does, step by step."""

from __future__ import annotations

import getpass
from typing import Annotated

import typer

from squatwatch.cli.steps import progress
from squatwatch.models.registry import GENERAL
from squatwatch.sentences import sentence
from squatwatch.settings import Settings, read_settings
from squatwatch.store.door import work_on
from squatwatch.store.scope import Scope

OfModel = Annotated[str, typer.Option("--model", metavar="NAME", help="A model that brands of the list name.")]
User = Annotated[str | None, typer.Option(help="Who decides. [default: you]")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    for command in (retrain, promote, rollback):
        app.command()(command)


def retrain(model: OfModel = GENERAL) -> None:
    """Train a copy of the model in use with the analysts' labels, and compare the two.

    The model in use stays as it is. A model that brands name and that there is not yet begins as the general one. A
    training that was interrupted goes on.
    """
    from squatwatch.retrain.attempt import attempt_named
    from squatwatch.retrain.candidate import interrupted_attempt, train_candidate
    from squatwatch.retrain.collect import collect
    from squatwatch.retrain.network import compare

    settings = read_settings()
    if name := interrupted_attempt(settings, model):
        _say(f"the training of {name} was interrupted; it goes on with the labels of then")
    else:
        name = work_on(settings, Scope(warehouse="views"), lambda root: collect(root, model).name)
    version = train_candidate(settings, name, _again(model), _say)
    objections = work_on(settings, Scope([]), lambda root: compare(root, attempt_named(root.home, name), _say))
    attempt = attempt_named(settings.home, name)
    print(attempt.state["summary"])
    for objection in objections:
        _say(f"against it: {objection}")
    _say(f"the report is {attempt.report / 'report.md'}; to use the candidate: squatwatch promote {version}")


def _again(model: str) -> str:
    return "squatwatch retrain" + (f" --model {model}" if model != GENERAL else "")


def promote(
    version: Annotated[str, typer.Argument(help="The version of a candidate, as squatwatch models lists it.")],
    user: User = None,
    model: Annotated[
        str | None, typer.Option("--model", metavar="NAME", help="Whose version it is, where several have it.")
    ] = None,
) -> None:
    """Use a candidate from now on; its thresholds are fitted to the alarm budgets on the newest dates."""
    from squatwatch.retrain import promote as module

    who = user or getpass.getuser()

    def work(root: Settings) -> object:
        return module.promote(root, version, who, _say, model)

    _say(work_on(read_settings(), Scope(warehouse="tables"), work))


def rollback(user: User = None, model: OfModel = GENERAL) -> None:
    """Go back to the model that was in use before."""
    from squatwatch.retrain import promote as module

    who = user or getpass.getuser()
    _say(work_on(read_settings(), Scope(warehouse="tables"), lambda root: module.rollback(root, who, _say, model)))


def _say(result: object) -> None:
    progress.print(sentence(result), markup=False, soft_wrap=True)
