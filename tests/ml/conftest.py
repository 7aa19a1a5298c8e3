"""A network trained in seconds on a few names, and a folder of judged pairs, shared by the tests that need one."""

from __future__ import annotations

import csv
import gzip
import random
from pathlib import Path

import pytest

from squatwatch_ml.text.names import popular_domains
from squatwatch_ml.training.data import source

WORDS = "garden roofing dental county plumbing music church school yoga wine".split()
MORE_WORDS = (
    "flights airline tickets travel hotel beach holiday island sunny cruise kitchen bathroom garage window carpet "
    "bakery lawyer camera puppy coffee guitar soccer winter summer"
).split()
LURES = "login secure verify account support help update signin konto cliente".split()
ROWS = [
    *(("2030-01-01", f"{brand}-{lure}.com", brand, "squat") for brand in ("zalando", "paypal") for lure in LURES),
    *(("2030-01-02", f"united-{word}.com", "united", "other") for word in WORDS),
    *(("2030-01-02", f"zalando{word}.com", "zalando", "use") for word in WORDS),
    ("2030-01-02", "zalando-what.com", "zalando", "unclear"),
]


@pytest.fixture(scope="session")
def few_names():
    """The packaged lists, cut to every hundredth name."""
    lists = {name: popular_domains(name)[::step] for name, step in (("tranco", 100), ("tranco10k", 10))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "popular_domains", lists.get)
        yield


@pytest.fixture(scope="session")
def keras():
    """Keras, started as a training wants it: what a test computes first decides for those that train after it."""
    from squatwatch_ml.network.engines.tensorflow import import_keras

    keras = import_keras()
    keras.ops.ones(1)  # starts it
    return keras


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


@pytest.fixture(scope="session")
def judged_folder(tmp_path_factory) -> Path:
    """A folder of lists with judged pairs of two days and two brands, as a ranker learns from them."""
    folder = tmp_path_factory.mktemp("lists")
    with gzip.open(folder / "judged_made.csv.gz", "wt") as file:
        csv.writer(file).writerows([("run_date", "domain", "brand", "verdict"), *ROWS])
    squats = "\n".join(f"{brand},{lure}-{brand}.com" for brand in ("zalando", "paypal") for lure in LURES)
    (folder / "squats_made.csv").write_text(f"brand,squat_domain\n{squats}\n")
    (folder / "registrations").mkdir()
    chance = random.Random(1)
    words = [*WORDS, *MORE_WORDS]
    names = "\n".join("".join(chance.sample(words, 2)) + ".com" for _ in range(1000))
    (folder / "registrations" / "2020-05-03.whoisds.txt").write_text(names)
    return folder
