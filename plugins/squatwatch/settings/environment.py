"""Settings as a whole, and how they are read from environment variables."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from typing import Self

from pydantic import ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from squatwatch.errors import SquatwatchError
from squatwatch.names.suffixes import use_suffixes
from squatwatch.settings.of_data import DataSettings
from squatwatch.settings.of_lists import ListSettings
from squatwatch.settings.of_lookups import LookupSettings
from squatwatch.settings.of_model import ModelSettings
from squatwatch.settings.of_sagemaker import SageMakerSettings
from squatwatch.settings.of_serving import ServingSettings
from squatwatch.settings.of_sources import SourceSettings
from squatwatch.settings.secret_files import SUFFIX, secret_settings, secrets_in_files
from squatwatch.settings.values import PREFIX

# read before there are settings: by the command line, by `make up` and by the tests of the page
READ_ELSEWHERE = ("DEBUG", "PORT", "AIRFLOW_HOME", "UP_USERS", "SCREENSHOTS")

log = logging.getLogger(__name__)


# pydantic lists the fields of the last base first
class Settings(
    ServingSettings,
    SageMakerSettings,
    ModelSettings,
    LookupSettings,
    ListSettings,
    SourceSettings,
    DataSettings,
    BaseSettings,
):
    """All settings. An empty variable counts as not set: so compose and .env files leave one out."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", validate_default=True)

    @model_validator(mode="after")
    def _labels_have_a_place(self) -> Self:
        """Raise ValueError where labels would lie in a copy of the data root, which nobody else sees."""
        if self.store_url and self.database_url is None:
            raise ValueError(
                f"a data root in a store ({self.store_url}) keeps no database: name one for labels, alerts and "
                "lookups with SQUATWATCH_DATABASE_URL, for example postgresql+psycopg2://user@host/db"
            )
        return self


@cache
def settings() -> Settings:
    """Return the settings of this process, read from the environment once; log variables that are no settings.

    Raises SquatwatchError naming each variable that does not fit.
    """
    for warning in unknown_variables(os.environ):
        log.warning(warning)
    return read_settings()


def read_settings(**overrides: object) -> Settings:
    """Return settings from the environment, with some given by the caller; names are cut by their suffixes from now on.

    Raises SquatwatchError naming each variable that does not fit.
    """
    given = secrets_in_files(Settings, os.environ) | overrides
    try:
        read = Settings(**given)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        wrong = "; ".join(_variable(e["loc"]) + e["msg"].removeprefix("Value error, ") for e in error.errors())
        raise SquatwatchError(f"a setting does not fit: {wrong}") from None
    use_suffixes(read.suffixes_file, read.zone_tlds)  # a zone that is watched sells names, whatever the list says
    return read


def _variable(place: tuple[int | str, ...]) -> str:
    """Return the variable that a message is about, "" where it names those that do not fit together."""
    return f"{PREFIX}{str(place[0]).upper()}: " if place else ""


def unknown_variables(names: Iterable[str]) -> list[str]:
    """Return a warning for each environment variable that looks like a setting and is none, with the nearest right one.

    Values are left out: they may be secret.
    """
    known = [*(field.upper() for field in Settings.model_fields), *READ_ELSEWHERE]
    known += [f"{field.upper()}{SUFFIX}" for field in secret_settings(Settings)]
    warnings = []
    for name in sorted(names):
        if name.upper().removeprefix(PREFIX) in known and name.upper().startswith(PREFIX):
            continue
        if nearest := _nearest(name.upper(), known):
            warnings.append(f"{name} is not a setting and is ignored; did you mean {PREFIX}{nearest}?")
        elif name.upper().startswith(PREFIX):
            warnings.append(f"{name} is not a setting and is ignored; `squatwatch settings` lists them")
    return warnings


def _nearest(name: str, known: list[str]) -> str | None:
    """Return the setting that is meant: of a name with the prefix by what follows it, of others by all of it."""
    if name.startswith(PREFIX):
        return next(iter(get_close_matches(name.removeprefix(PREFIX), known, n=1, cutoff=0.65)), None)
    if not get_close_matches(name[: len(PREFIX)], [PREFIX], cutoff=0.6):  # most names; there are hundreds of settings
        return None
    whole = get_close_matches(name, [f"{PREFIX}{setting}" for setting in known], n=1, cutoff=0.9)
    return whole[0].removeprefix(PREFIX) if whole else None
