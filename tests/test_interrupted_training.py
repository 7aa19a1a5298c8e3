"""Training that is stopped or killed, and goes on elsewhere: the network is the one of a training that was not."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from squatwatch.labels.label import Label
from squatwatch.labels.store import label_store
from squatwatch.models.registry import GENERAL, family
from squatwatch.retrain.attempt import attempt_named
from squatwatch.settings import read_settings
from squatwatch.store.door import follow

pytestmark = pytest.mark.slow

PROGRAM = Path(__file__).with_name("stopped_training.py")
TRAIN = ["train", "--brand-count", "12", "--positives", "25", "--negatives", "20", "--background", "8000"]
TRAIN += ["--epochs", "2", "--seed", "5"]
ATTEMPT = "labels-00000020"


class Training:
    """A command that trains, of which the output is read line by line."""

    def __init__(self, arguments: list[str], stop_at: str = "", **settings: object):
        environment = {f"SQUATWATCH_{name}".upper(): str(value) for name, value in settings.items()}
        self.process = subprocess.Popen(
            [sys.executable, PROGRAM, *arguments],
            env=os.environ | environment | {"STOP_AT": stop_at},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.stop_at = stop_at

    def stopped(self, number: signal.Signals) -> str:
        """What it says after it was sent the signal at the line where it waits."""
        said = []
        for line in self.process.stdout:
            said.append(line)
            if line.startswith(self.stop_at):
                break
        else:
            raise AssertionError(f"it never said {self.stop_at!r}: {said}")
        self.process.send_signal(number)
        return self.process.communicate("\n")[0]

    def ended(self) -> str:
        """What it said until it ended well."""
        said = self.process.communicate()[0]
        assert self.process.returncode == 0, said
        return said


def weights(artifact: Path) -> tuple[str, str]:
    manifest = json.loads((artifact / "manifest.json").read_text("utf-8"))
    return manifest["weights_sha256"], manifest["network_sha256"]


def files_below(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file()]


def test_a_training_that_was_stopped_goes_on_in_a_folder(tmp_path):
    Training(TRAIN, home=tmp_path / "uninterrupted").ended()
    home = tmp_path / "data"
    stopped = Training(TRAIN, "epoch 1/2  100%", home=home)
    said = stopped.stopped(signal.SIGTERM)
    assert stopped.process.returncode == 1
    checkpoint = home / "checkpoints/train/trained.npz"
    assert "training was told to stop: 0 batches of epoch 2 of 2 are done, and kept in" in said
    assert f"kept in {checkpoint}; to go on: squatwatch {' '.join(TRAIN)}" in said
    assert files_below(home) == ["checkpoints/train/trained.npz"]  # nothing is there that looks trained
    said = Training(TRAIN, home=home).ended()
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


def test_a_candidate_is_trained_by_three_machines_of_which_one_vanishes_and_one_is_stopped(database, tmp_path):
    """Each has nothing but a scratch folder of its own."""
    folder = tmp_path / "uninterrupted"
    Training(["retrain"], home=folder, database_url=database).ended()
    share, url = tmp_path / "share", f"file://{tmp_path}/share"
    share.mkdir()

    killed = Training(["retrain"], "epoch 1/2 done", home=url, scratch=tmp_path / "a", database_url=database)
    killed.stopped(signal.SIGKILL)
    assert files_below(share / "checkpoints") == [f"retraining/{ATTEMPT}.npz"]

    stopped = Training(["retrain"], "epoch 2/2", home=url, scratch=tmp_path / "b", database_url=database)
    said = stopped.stopped(signal.SIGTERM)
    assert stopped.process.returncode == 1
    assert f"kept in checkpoints/retraining/{ATTEMPT}.npz in the data root; to go on: squatwatch retrain" in said
    c = read_settings(home=url, scratch=tmp_path / "c", database_url=database)
    follow(c)
    assert "version" not in attempt_named(c.home, ATTEMPT).state
    assert not attempt_named(c.home, ATTEMPT).artifact.exists() and family(c.home, GENERAL).versions() == []

    said = Training(["retrain"], home=url, scratch=c.scratch, database_url=database).ended()
    assert f"the training of {ATTEMPT} was interrupted; it goes on" in said
    assert "epoch 2, " in said and "epoch 1/2" not in said
    d = read_settings(home=url, scratch=tmp_path / "d", database_url=database)
    follow(d)
    trained = attempt_named(d.home, ATTEMPT)
    assert weights(trained.artifact) == weights(attempt_named(folder, ATTEMPT).artifact)
    assert family(d.home, GENERAL).versions() == [trained.state["version"]]
    assert not files_below(share / "checkpoints") and not files_below(c.home.parent / "checkpoints")
