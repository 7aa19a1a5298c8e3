"""A network that goes on learning from labels: it learns what was said, and a few wrong ones do not turn it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

import squatwatch_ml
from squatwatch_ml.evaluation.compare.versus import Versus, versus
from squatwatch_ml.evaluation.sections import techniques
from squatwatch_ml.network.score import Scorer
from squatwatch_ml.training.fit import TrainingError
from squatwatch_ml.training.plans import RefinementPlan
from squatwatch_ml.training.refine import refine, weight_of_labels

pytestmark = pytest.mark.slow

SHIPPED = Path(squatwatch_ml.__file__).parent / "shipped_artifact"
SMALL = RefinementPlan(brand_count=60, positives=20, negatives=40, background=8_000)
SURE = [("paypal-login-secure", "paypal"), ("netflix-billing", "netflix"), ("amaz0n-konto", "amazon"),
        ("santander-cliente", "santander"), ("dhl-paket-info", "dhl"), ("paypa1-service", "paypal"),
        ("apple-id-verify", "apple"), ("coinbase-wallet-login", "coinbase"), ("micros0ft-account", "microsoft"),
        ("whatsapp-verify", "whatsapp")]  # fmt: skip
FANS = ["mygoogleblog", "googlefanclub", "seotop1google", "rankongoogle", "googleadscoach", "bestgoogletips"] * 4


def labels_file(path: Path, rows: list[tuple[str, str, str]]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("domain", "brand", "verdict"))
        writer.writerows((f"{label}.com", brand, verdict) for label, brand, verdict in rows)
    return path


def quiet(_line: str) -> None: ...


@pytest.fixture(scope="module")
def contradicted(few_names, tmp_path_factory) -> tuple[Path, Versus]:
    """After ten labels that say of ten plain squats that they are none."""
    folder = tmp_path_factory.mktemp("contradicted")
    wrong = labels_file(folder / "labels.csv", [(*pair, "not_squat") for pair in SURE])
    refine(SHIPPED, folder / "artifact", wrong, SMALL, say=quiet)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(techniques, "EACH", 2)  # half as many imitations a brand: of each technique there are enough
        found = versus(SHIPPED, folder / "artifact", say=quiet, brand_count=30, names=10_000)
    return folder / "artifact", found


def test_ten_contradicting_labels_do_not_wreck_the_model(contradicted):
    artifact, found = contradicted
    assert found.objections == []
    standing = next(table for table in found.tables if table.name == "standing")
    current, candidate = standing.frame.iter_rows(named=True)
    assert candidate["found"] > current["found"] - 0.02
    others = [("zalando-login-secure", "zalando"), ("spotify-billing", "spotify"), ("allianz-cliente", "allianz")]
    scores = Scorer.load(artifact, device="cpu").score(*map(list, zip(*others, strict=True)))
    assert (scores > 0.5).all()  # what was said of those ten is not taken for a rule


def test_what_was_said_is_learnt(few_names, tmp_path):
    file = labels_file(tmp_path / "labels.csv", [(f"{name}{n}", "google", "not_squat") for n, name in enumerate(FANS)])
    manifest = refine(SHIPPED, tmp_path / "artifact", file, SMALL, say=quiet)
    before, after = Scorer.load(SHIPPED, device="cpu"), Scorer.load(tmp_path / "artifact", device="cpu")
    new = ["googlefanclub77", "seotop5google", "bestgoogletips88"]
    assert after.score(new, ["google"] * 3).mean() < before.score(new, ["google"] * 3).mean()
    assert manifest["model_version"] == after.model_version != before.model_version
    assert manifest["refined"]["from"] == before.model_version and manifest["refined"]["labels"] == len(FANS)


def test_both_sides_of_a_contradiction_are_left_out_and_watch_says_nothing(tmp_path):
    rows = [("paypal-x", "paypal", "squat"), ("paypal-x", "paypal", "not_squat"), ("paypal-y", "paypal", "watch")]
    with pytest.raises(TrainingError, match="no label to learn from"):
        refine(SHIPPED, tmp_path / "artifact", labels_file(tmp_path / "labels.csv", rows), SMALL, say=quiet)
    assert not (tmp_path / "artifact").exists()


def test_labels_have_at_most_a_tenth_of_the_weight():
    plan = RefinementPlan()
    assert weight_of_labels(plan, 10, 10_000) == plan.label_weight
    many = weight_of_labels(plan, 5_000, 10_000)
    assert np.isclose(many * 5_000 / (many * 5_000 + 5_000), plan.most_of_labels)
