"""The checkpoint of a training in a data root: where it is, and when it goes."""

from __future__ import annotations

import pytest

from squatwatch.checkpoints import checkpoint_of, interruptible
from squatwatch.errors import TryLater
from squatwatch.settings import read_settings
from squatwatch.store.folder import FolderStore
from squatwatch_ml.training.fit import TrainingInterrupted

NAME = "retraining/labels-00000042"


@pytest.fixture
def machine(tmp_path):
    """machine(name) gives the settings of one more machine at work on a data root in a store."""
    (tmp_path / "share").mkdir()
    return lambda name: read_settings(
        home=f"file://{tmp_path}/share", scratch=tmp_path / name, database_url="sqlite://"
    )


def learn(keeping, what):
    keeping.checkpoint.parent.mkdir(parents=True, exist_ok=True)
    keeping.checkpoint.write_bytes(what)
    keeping.written()


def test_in_a_folder_it_is_a_file_until_the_training_ends(settings):
    kept = checkpoint_of(settings, NAME)
    told = f"told to stop, and kept in {kept.path}; to go on: squatwatch retrain"
    with pytest.raises(TryLater, match=told), interruptible(kept, "squatwatch retrain") as keeping:
        learn(keeping, b"an epoch")
        raise TrainingInterrupted("told to stop")
    assert kept.fetch() and kept.path == settings.home / "checkpoints/retraining/labels-00000042.npz"
    with interruptible(kept, "squatwatch retrain") as keeping:
        assert keeping.checkpoint.read_bytes() == b"an epoch"
    assert not kept.fetch()


def test_in_a_store_it_is_there_for_others_while_training_goes_on(machine):
    with interruptible(checkpoint_of(machine("a"), NAME), "") as keeping:
        learn(keeping, b"an epoch")
        other = checkpoint_of(machine("b"), NAME)
        assert other.fetch() and other.path.read_bytes() == b"an epoch"
    assert not other.fetch()


def test_a_store_that_does_not_take_it_is_no_reason_to_stop(machine, monkeypatch, caplog):
    def refused(self, key, source):
        raise TryLater("the store is busy")

    monkeypatch.setattr(FolderStore, "put", refused)
    with interruptible(checkpoint_of(machine("a"), NAME), "") as keeping:
        learn(keeping, b"an epoch")
    assert "on this machine alone so far: the store is busy" in caplog.text


def test_what_fails_leaves_it_except_where_it_led_nowhere(machine):
    kept = checkpoint_of(machine("a"), NAME)
    with pytest.raises(KeyError), interruptible(kept, "") as keeping:
        learn(keeping, b"an epoch")
        raise KeyError("a fault")
    assert kept.fetch()
    with pytest.raises(ValueError, match="nan"), interruptible(kept, "") as keeping:
        keeping.checkpoint.unlink()
        raise ValueError("the loss became nan")
    assert not kept.fetch()
