"""Types of settings: comma separated words, and paths in which `~` is the home folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator
from pydantic_settings import NoDecode

PREFIX = "SQUATWATCH_"  # of the variable of each setting


def in_home(path: Path) -> Path:
    """Return the path with a leading `~` or `~user` replaced by that home folder.

    Raises ValueError where there is no such user.
    """
    try:
        return path.expanduser()
    except RuntimeError:
        raise ValueError(f"{path} names the home folder of nobody on this machine; write the whole path") from None


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


HomePath = Annotated[Path, AfterValidator(in_home)]
Words = Annotated[list[str], NoDecode, BeforeValidator(_split)]
