"""A training's state as one file: written to a temporary name and renamed, so that a kill leaves it whole."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from zipfile import BadZipFile

import numpy as np


class CheckpointError(ValueError):
    """The file does not help here; the message says why."""


class Keeping(NamedTuple):
    """The file that a training is kept in, and who is asked and told between batches.

    `must_stop()` tells whether it has to end now, to go on later; `written()` is called at each new file while it goes
    on.
    """

    checkpoint: Path
    must_stop: Callable[[], bool] = lambda: False
    written: Callable[[], None] = lambda: None


def checkpoint_of(output: Path) -> Path:
    """Return the file that keeps an interrupted training of this artifact, where nobody names another one."""
    return output.with_name(f".{output.name}.training.npz")


class Variable(Protocol):
    """An array that training changes in place, as Keras has it."""

    def __array__(self, dtype: Any = None) -> np.ndarray:
        """Return the values."""
        ...

    def assign(self, value: np.ndarray) -> object:
        """Replace the values."""
        ...


class Progress(NamedTuple):
    """Mean `losses` of the epochs done, `done` batches of the next one, and the `total` of their losses."""

    losses: list[float]
    done: int = 0
    total: float = 0.0


def write_checkpoint(path: Path, plan: str, progress: Progress, variables: Sequence[Variable]) -> None:
    """Write the state of a training.

    `plan`: fingerprint of settings and data; `variables`: all that a step changes, in an order that stays. Raises
    OSError where the file cannot be written.
    """
    arrays: dict[str, Any] = {f"state_{at}": np.asarray(variable) for at, variable in enumerate(variables)}
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.part")
    with beside.open("wb") as file:
        np.savez(file, about=np.array(json.dumps({"plan": plan, **progress._asdict()})), **arrays)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def resume(path: Path, plan: str, variables: Sequence[Variable]) -> Progress:
    """Give the variables their values back, and return how far the training was.

    Raises CheckpointError for a file that is damaged or of another plan.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            about = json.loads(str(arrays["about"]))
            states = [arrays[f"state_{at}"] for at in range(len(arrays.files) - 1)]
        of_plan, progress = about.pop("plan"), Progress(**about)
    except (OSError, KeyError, TypeError, ValueError, BadZipFile) as error:
        raise CheckpointError(f"the checkpoint {path} cannot be read ({error})") from error
    if of_plan != plan or [state.shape for state in states] != [np.shape(variable) for variable in variables]:
        raise CheckpointError(f"the checkpoint {path} belongs to other settings or data")
    for variable, state in zip(variables, states, strict=True):
        variable.assign(state)
    return progress
