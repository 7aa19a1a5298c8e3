"""A training that is interrupted and goes on, here or on another machine: its checkpoint is a file of the data root.

In a store it is one object, put over the one before, and belongs to no commit: a commit says what a step has ended
with. Whether a checkpoint fits is found out by whoever goes on from it, and begins anew where it does not.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from squatwatch.errors import SquatwatchError, TryLater
from squatwatch.interrupts import asked_to_end
from squatwatch.lake.partitions import atomic
from squatwatch.settings import Settings

if TYPE_CHECKING:
    from squatwatch.store.base import Store
    from squatwatch_ml.training.checkpoint import Keeping

FOLDER = "checkpoints"  # below the data root
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Checkpoint:
    """The file that keeps a training, at `path` on this machine; in a `store`, where there is one, at `key`."""

    path: Path
    key: str = ""
    store: Store | None = None

    @property
    def place(self) -> str:
        """Return where it is kept, in words."""
        return f"{self.key} in the data root" if self.store else str(self.path)

    def fetch(self) -> bool:
        """Bring it from the store, and return whether there is one; what is on this machine alone may stay."""
        if self.store is None:
            return self.path.is_file()
        if self.key not in self.store.keys(f"{PurePosixPath(self.key).parent}/"):
            return False
        with atomic(self.path) as temporary:
            self.store.get(self.key, temporary)
        return True

    def put(self) -> None:
        """Put it into the store."""
        if self.store:
            self.store.put(self.key, self.path)

    def put_if_possible(self) -> None:
        """Put it into the store; a store that does not take it now is no reason to stop a training."""
        try:
            self.put()
        except SquatwatchError as error:
            log.warning("the checkpoint is on this machine alone so far: %s", error)

    def remove(self) -> None:
        """Remove it, for the training has ended."""
        self.path.unlink(missing_ok=True)
        if self.store:
            self.store.delete(self.key)


def checkpoint_of(settings: Settings, name: str) -> Checkpoint:
    """Return the checkpoint that the data root has for a training of this name, whether it is there or not."""
    key = f"{FOLDER}/{name}.npz"
    if settings.store_url is None:
        return Checkpoint(settings.home / key)
    from squatwatch.store.opened import open_store

    return Checkpoint(settings.home.parent / key, key, open_store(settings))


@contextmanager
def interruptible(checkpoint: Checkpoint, next_command: str) -> Iterator[Keeping]:
    """Give a training in the block what it needs to go on from the checkpoint, which is removed when the block ends.

    A process that is asked to end meanwhile (SIGTERM) does so after a batch. Raises TryLater with the command that goes
    on; where nothing is left to learn, the block goes on to its end.
    """
    from squatwatch_ml.training.checkpoint import Keeping
    from squatwatch_ml.training.fit import TrainingInterrupted

    goes_on = checkpoint.fetch()
    with asked_to_end() as is_asked:
        try:
            yield Keeping(checkpoint.path, is_asked, checkpoint.put_if_possible)
        except TrainingInterrupted as error:
            checkpoint.put()
            raise TryLater(f"{error}, and kept in {checkpoint.place}; to go on: {next_command}") from None
        except Exception:
            if goes_on and not checkpoint.path.is_file():  # the training has removed it, because it leads nowhere
                checkpoint.remove()
            raise
    checkpoint.remove()
