"""Secrets in files: SQUATWATCH_DATABASE_URL_FILE names the file in which SQUATWATCH_DATABASE_URL stands, and so on.

Containers and service managers hand secrets over as files, so that no list of processes or variables shows them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, SecretStr

from squatwatch.errors import SquatwatchError
from squatwatch.settings.values import PREFIX, in_home

SUFFIX = "_FILE"


def secret_settings(model: type[BaseModel]) -> list[str]:
    """Return the names of the settings that may carry a secret: only these may stand in files."""
    return [
        name
        for name, field in model.model_fields.items()
        if SecretStr in (field.annotation, *get_args(field.annotation))
    ]


def secrets_in_files(model: type[BaseModel], environment: Mapping[str, str]) -> dict[str, str]:
    """Return `{setting: secret}` of those whose file is named, each without the line break at its end.

    Raises SquatwatchError where a file cannot be read, or where the secret stands in the environment as well.
    """
    found = {}
    for name in secret_settings(model):
        variable = f"{PREFIX}{name.upper()}"
        path = environment.get(variable + SUFFIX)
        if path and environment.get(variable):
            raise SquatwatchError(f"both {variable} and {variable}{SUFFIX} are set; unset one of them")
        if path:
            found[name] = read_secret(Path(path), variable + SUFFIX)
    return found


def read_secret(path: Path, named_by: str) -> str:
    """Return the secret in a file, without the line break at its end.

    Raises SquatwatchError where the file cannot be read; its message begins with what names the file, `named_by`.
    """
    try:
        return in_home(path).read_text("utf-8").rstrip("\r\n")
    except (OSError, ValueError) as error:  # no such home folder, no text: the file itself is not shown
        problem = error.strerror if isinstance(error, OSError) else "it cannot be read as text"
        raise SquatwatchError(f"{named_by}: {path}: {problem}; name a file that holds the secret alone") from None
