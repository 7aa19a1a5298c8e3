"""Libraries of the baselines, which are an extra: nothing that scores a day needs them."""

from __future__ import annotations

import importlib
from types import ModuleType


class MissingExtra(ValueError):
    """A library of the `evaluation` extra is not installed; the message says how to install it."""


def need(module: str) -> ModuleType:
    """Import a module of the extra, e.g. `sklearn.ensemble`. Raises MissingExtra."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        library = module.partition(".")[0]
        raise MissingExtra(f"{library} is not installed. Run: uv pip install '.[evaluation]'") from error
