"""The training of a candidate, which may be interrupted, and goes on where the data root has its checkpoint."""

from __future__ import annotations

from collections.abc import Callable

from squatwatch.checkpoints import Checkpoint, checkpoint_of, interruptible
from squatwatch.retrain.attempt import attempt_named, attempts_of
from squatwatch.retrain.network import train
from squatwatch.retrain.promote import register
from squatwatch.settings import Settings
from squatwatch.store.door import follow, work_on
from squatwatch.store.scope import Scope


def interrupted_attempt(settings: Settings, family: str) -> str | None:
    """Return the name of the family's newest attempt where its training was interrupted, None where it was not."""
    follow(settings, [])
    last = attempts_of(settings.home, family)[-1:]
    return last[0].name if last and _checkpoint(settings, last[0].name).fetch() else None


def train_candidate(settings: Settings, name: str, next_command: str, say: Callable[[str], None] = print) -> str:
    """Train the candidate of an attempt, keep it among the versions of its family, and return its version.

    Raises TryLater with `next_command` where it was interrupted (SIGTERM), and SquatwatchError where it cannot be
    trained; then nothing of the attempt has changed.
    """
    with interruptible(_checkpoint(settings, name), next_command) as keeping:

        def work(root: Settings) -> str:
            attempt = attempt_named(root.home, name)
            version = train(root, attempt, say, keeping=keeping)
            register(root, attempt)
            return version

        return work_on(settings, Scope([]), work)


def _checkpoint(settings: Settings, name: str) -> Checkpoint:
    return checkpoint_of(settings, f"retraining/{name}")
