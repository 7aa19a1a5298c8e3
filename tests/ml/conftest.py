"""A network trained in seconds on a few names, shared by the tests that need one."""

from __future__ import annotations

from pathlib import Path

import pytest

from squatwatch_ml.text.names import popular_domains
from squatwatch_ml.training.data import source


@pytest.fixture(scope="session")
def few_names():
    """The packaged lists, cut to every hundredth name."""
    lists = {name: popular_domains(name)[::step] for name, step in (("tranco", 100), ("tranco10k", 10))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "popular_domains", lists.get)
        yield


@pytest.fixture(scope="session")
def trained(once_a_test_run, few_names) -> tuple[Path, list[str]]:
    """The folder of a tiny artifact, and what its training said."""

    def make(folder: Path) -> None:
        from squatwatch_ml.training.plans import TrainingPlan
        from squatwatch_ml.training.train import train

        tiny = TrainingPlan(brand_count=40, positives=25, negatives=20, background=8_000, epochs=2, seed=5)
        said: list[str] = []
        train(folder / "model", tiny, say=said.append)
        (folder / "said.txt").write_text("\n".join(said))

    folder = once_a_test_run("trained", make)
    return folder / "model", (folder / "said.txt").read_text().splitlines()
