"""`squatwatch models`: the networks that the data root has, adding one, and saying which version is in use."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from squatwatch.cli.query import Format, print_rows
from squatwatch.cli.steps import progress
from squatwatch.errors import SquatwatchError
from squatwatch.lists.brands import read_models
from squatwatch.lists.brands_in_force import brands_path
from squatwatch.models.archives import unpacked
from squatwatch.models.in_force import checked_artifact
from squatwatch.models.loading import artifact_version, loaded_networks
from squatwatch.models.registry import GENERAL, SHIPPED, Family, families, family, general_model, keep_artifact, use
from squatwatch.settings import Settings, read_settings
from squatwatch.store.door import follow, work_on
from squatwatch.store.scope import Scope

Name = Annotated[str, typer.Argument(metavar="NAME", help="A model, as brand lists name it.")]
Version = Annotated[str, typer.Argument(metavar="VERSION", help="As it is listed.")]
COLUMNS = ("model", "model_version", "trained", "state", "brands")

app = typer.Typer(help="List the models, add one, and say which version is in use.", invoke_without_command=True)


def add_to(commands: typer.Typer) -> None:
    """Add the commands of this module to the command line."""
    commands.add_typer(app, name="models")


@app.callback()
def models(
    context: typer.Context,
    format: Annotated[Format, typer.Option("--format", help="table for people; csv; json.")] = Format.TABLE,
) -> None:
    """List the models: the versions in use, those that are kept, and the candidates, with the brands that name them."""
    if context.invoked_subcommand:
        return
    settings = read_settings()
    follow(settings, [])
    named = read_models(brands_path(settings))
    rows = [row for kept in _known(settings, set(named.values())) for row in _rows(settings, kept, named)]
    print_rows(COLUMNS, rows, format)


@app.command()
def add(
    name: Name,
    artifact: Annotated[
        Path, typer.Argument(metavar="FOLDER", help="As `squatwatch train` writes one, or packed: model.tar.gz.")
    ],
    in_use: Annotated[bool, typer.Option("--use", help="Use it from now on.")] = False,
) -> None:
    """Copy an artifact into the data root, after it was checked and loaded."""
    settings = read_settings()
    with unpacked(artifact) as folder:
        version = loaded_networks(settings).get(folder.resolve()).model_version

        def work(root: Settings) -> None:
            keep_artifact(root.home, name, folder, version)
            if in_use:
                use(root.home, name, version, getpass.getuser())

        work_on(settings, Scope([]), work)
    progress.print(f"{name}/{version} is kept{' and in use' if in_use else ''}", markup=False, soft_wrap=True)


@app.command("use")
def use_version(name: Name, version: Version) -> None:
    """Use a version of a model from now on, as it is; `squatwatch promote` fits thresholds as well."""

    def work(root: Settings) -> None:
        checked_artifact(family(root.home, name), version, artifact_version)
        use(root.home, name, version, getpass.getuser())

    work_on(read_settings(), Scope([]), work)
    progress.print(f"{name}/{version} is in use", markup=False, soft_wrap=True)


def _known(settings: Settings, named: set[str]) -> list[Family]:
    """Return the families that are kept or named, the general one first."""
    names = {kept.name for kept in families(settings.home)} | named
    return [family(settings.home, name) for name in sorted(names, key=lambda name: (name != GENERAL, name))]


def _rows(settings: Settings, kept: Family, named: dict[str, str]) -> Iterator[tuple[str, ...]]:
    from squatwatch.retrain.attempt import attempts_of  # loads the database's library

    brands = ", ".join(sorted(brand for brand, name in named.items() if name == kept.name))
    states = [attempt.state for attempt in attempts_of(settings.home, kept.name)]
    of_attempts = {state["version"]: state for state in states if "version" in state}
    try:
        in_use = _in_use(settings, kept)
    except SquatwatchError as error:
        in_use = ""
        yield kept.name, "", "", f"broken: {error}", brands
    shipped = [SHIPPED] if kept.name == GENERAL else []
    versions = list(dict.fromkeys([*shipped, *kept.versions(), *of_attempts]))
    for version in versions:
        state = of_attempts.get(version, {})
        shown, problem = _checked(kept, version) if version in (*shipped, *kept.versions()) else (version, "")
        decision = "in use" if version == in_use else state.get("decision", "candidate" if state else "")
        trained = version if version == SHIPPED else state.get("collected_at", "")
        yield kept.name, shown, trained, problem or decision, brands
    if not versions:
        yield kept.name, "", "", f"there is none yet: squatwatch models add {kept.name} FOLDER", brands
    elif in_use is None:
        yield kept.name, "", "", f"none in use: squatwatch models use {kept.name} VERSION", brands


def _in_use(settings: Settings, kept: Family) -> str | None:
    if kept.name == GENERAL and settings.model:
        return artifact_version(general_model(settings))
    return kept.in_use()


def _checked(kept: Family, version: str) -> tuple[str, str]:
    """Return a version of a family as it is shown, and what is wrong with it."""
    try:
        return checked_artifact(kept, version, artifact_version).version, ""
    except SquatwatchError as error:
        return version, f"broken: {error}"
