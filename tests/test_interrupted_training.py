"""Training that is stopped or killed, and goes on elsewhere: the network is the one of a training that was not."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest
from runner import Runner

from squatwatch.labels.label import Label
from squatwatch.labels.store import label_store
from squatwatch.models.registry import GENERAL, family
from squatwatch.retrain.attempt import attempt_named
from squatwatch.settings import read_settings
from squatwatch.store.door import follow

pytestmark = pytest.mark.slow

TRAIN = ["train", "--brand-count", "12", "--positives", "25", "--negatives", "20", "--background", "8000"]
TRAIN += ["--epochs", "2", "--seed", "5"]
ATTEMPT = "labels-00000020"


class Machine:
    """Runs commands that train, on a few names (stopped_training.py), each in a process of its own."""

    def __init__(self, runner: Runner, output: Path):
        self.runner, self.output = runner, output

    def trains(self, *command: str, **settings: object) -> str:
        """What it said until it ended well."""
        status, said = self._ended(command, settings)
        assert status == 0, said
        return said

    def is_stopped(self, number: signal.Signals, at: str, *command: str, **settings: object) -> tuple[int, str]:
        """Its exit status and what it said, where it got the signal when it had said the line `at`."""
        return self._ended(command, settings, STOP_AT=at, STOP_BY=str(int(number)))

    def _ended(self, command: tuple[str, ...], settings: dict[str, object], **environment: str) -> tuple[int, str]:
        environment |= {f"SQUATWATCH_{name}".upper(): str(value) for name, value in settings.items()}
        request = {"arguments": command, "output": str(self.output), "environment": environment, "kill_before": 0}
        status = self.runner.run(home=environment["SQUATWATCH_HOME"], **request).status
        return status, self.output.read_text()


@pytest.fixture(scope="module")
def trainer():
    """A process that has imported TensorFlow, which takes longer than the trainings."""
    runner = Runner("training")
    yield runner
    runner.stop()


@pytest.fixture
def machine(trainer, tmp_path):
    return Machine(trainer, tmp_path / "output.txt")


def weights(artifact: Path) -> tuple[str, str]:
    manifest = json.loads((artifact / "manifest.json").read_text("utf-8"))
    return manifest["weights_sha256"], manifest["network_sha256"]


def files_below(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()]


def test_a_training_that_was_stopped_goes_on_in_a_folder(machine, tmp_path):
    machine.trains(*TRAIN, home=tmp_path / "uninterrupted")
    home = tmp_path / "data"
    status, said = machine.is_stopped(signal.SIGTERM, "epoch 1/2  100%", *TRAIN, home=home)
    assert status == 1
    checkpoint = home / "checkpoints/train/trained.npz"
    assert "training was told to stop: 0 batches of epoch 2 of 2 are done, and kept in" in said
    assert f"kept in {checkpoint}; to go on: squatwatch {' '.join(TRAIN)}" in said
    assert files_below(home) == ["checkpoints/train/trained.npz"]  # nothing is there that looks trained
    said = machine.trains(*TRAIN, home=home)
    assert f"going on from {checkpoint}: epoch 2, 0 batches done" in said and "epoch 1/2" not in said
    assert weights(home / "trained") == weights(tmp_path / "uninterrupted/trained")
    assert not files_below(home / "checkpoints")


@pytest.fixture
def database(tmp_path):
    """Twenty labels: ten squats and ten names that are none."""
    url = f"sqlite:///{tmp_path}/labels.db"
    names = [(f"paypal-login{n}.com", "squat") for n in range(10)]
    names += [(f"mypaypalstory{n}.com", "not_squat") for n in range(10)]
    labels = [Label(f"id-{name}", name, "paypal", verdict, "ana") for name, verdict in names]
    label_store(read_settings(home=tmp_path / "any", database_url=url)).add(labels)
    return url


def test_a_candidate_is_trained_by_three_machines_of_which_one_vanishes_and_one_is_stopped(machine, database, tmp_path):
    """Each has nothing but a scratch folder of its own."""
    folder = tmp_path / "uninterrupted"
    machine.trains("retrain", home=folder, database_url=database)
    share, url = tmp_path / "share", f"file://{tmp_path}/share"
    share.mkdir()

    a = {"home": url, "scratch": tmp_path / "a", "database_url": database}
    assert machine.is_stopped(signal.SIGKILL, "epoch 1/2 done", "retrain", **a)[0] == -signal.SIGKILL
    assert files_below(share / "checkpoints") == [f"retraining/{ATTEMPT}.npz"]

    status, said = machine.is_stopped(signal.SIGTERM, "epoch 2/2", "retrain", **a | {"scratch": tmp_path / "b"})
    assert status == 1
    assert f"kept in checkpoints/retraining/{ATTEMPT}.npz in the data root; to go on: squatwatch retrain" in said
    c = read_settings(home=url, scratch=tmp_path / "c", database_url=database)
    follow(c)
    assert "version" not in attempt_named(c.home, ATTEMPT).state
    assert not attempt_named(c.home, ATTEMPT).artifact.exists() and family(c.home, GENERAL).versions() == []

    said = machine.trains("retrain", **a | {"scratch": c.scratch})
    assert f"the training of {ATTEMPT} was interrupted; it goes on" in said
    assert "epoch 2, " in said and "epoch 1/2" not in said
    d = read_settings(home=url, scratch=tmp_path / "d", database_url=database)
    follow(d)
    trained = attempt_named(d.home, ATTEMPT)
    assert weights(trained.artifact) == weights(attempt_named(folder, ATTEMPT).artifact)
    assert family(d.home, GENERAL).versions() == [trained.state["version"]]
    assert not files_below(share / "checkpoints") and not files_below(c.home.parent / "checkpoints")
