"""Scores of a loaded artifact."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import squatwatch_ml
from squatwatch_ml.network.artifact import ArtifactError, read_artifact, write_artifact
from squatwatch_ml.network.engines.graph import network_onnx
from squatwatch_ml.network.score import Scorer, score_all

SHIPPED = Path(squatwatch_ml.__file__).parent / "shipped_artifact"

SQUATS = [
    ("paypal-login", "paypal"),
    ("rnicrosoft-support", "microsoft"),
    ("arnazon", "amazon"),
    ("раураl", "paypal"),
    ("netflix-cuenta", "netflix"),
    ("meine-santander", "santander"),
    ("ch-dhl", "dhl"),
    ("whatsaap", "whatsapp"),
    ("faceb00k-verify", "facebook"),
    ("teleqram", "telegram"),
]
OTHERS = [
    ("amazing-grace-church", "amazon"),
    ("revolution-fitness", "revolut"),
    ("interactive-media", "interac"),
    ("finance-experts", "binance"),
    ("pollo-del-mundo", "dhl"),
    ("applying-for-jobs", "apple"),
]
HOSTILE = ["", "-", "日本", "👍" * 80, "\u202elapyap", "مرحبا", "'); drop table--", "a" * 5_000, "\ud800", "\x00"]


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    return Scorer.load(SHIPPED, device="cpu", batch_size=64)


def test_the_shipped_artifact_is_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 1_000_000


@pytest.mark.parametrize(("label", "brand"), SQUATS)
def test_squats_reach_the_shipped_threshold(scorer: Scorer, label: str, brand: str) -> None:
    assert scorer.score([label], [brand])[0] >= scorer.threshold


@pytest.mark.parametrize(("label", "brand"), OTHERS)
def test_other_names_stay_below_it(scorer: Scorer, label: str, brand: str) -> None:
    assert scorer.score([label], [brand])[0] < scorer.threshold


def test_scores_are_float32_between_0_and_1(scorer: Scorer) -> None:
    scores = scorer.score(HOSTILE, ["paypal"] * len(HOSTILE))
    assert scores.dtype == np.float32
    assert scores.shape == (len(HOSTILE),)
    assert ((scores >= 0) & (scores <= 1)).all()


def test_no_pairs_no_scores(scorer: Scorer) -> None:
    assert scorer.score([], []).shape == (0,)


def test_labels_and_brands_must_be_as_many(scorer: Scorer) -> None:
    with pytest.raises(ValueError, match="2 labels for 1 brands"):
        scorer.score(["a", "b"], ["a"])


def test_a_score_does_not_depend_on_the_pairs_beside_it(scorer: Scorer) -> None:
    labels = [label for label, _ in SQUATS + OTHERS] * 9
    brands = [brand for _, brand in SQUATS + OTHERS] * 9
    together = scorer.score(labels, brands)
    alone = np.array([scorer.score([label], [brand])[0] for label, brand in SQUATS + OTHERS] * 9)
    backwards = scorer.score(labels[::-1], brands[::-1])[::-1]
    assert np.abs(together - alone).max() <= 1e-5
    assert np.abs(together - backwards).max() <= 1e-5


def test_scores_are_the_same_every_time(scorer: Scorer) -> None:
    labels, brands = zip(*SQUATS, strict=True)
    again = Scorer.load(SHIPPED, device="cpu", batch_size=64)
    assert np.array_equal(scorer.score(labels, brands), again.score(labels, brands))


def test_it_says_what_it_is_and_why(scorer: Scorer) -> None:
    assert (scorer.engine, scorer.device) == ("onnx", "cpu")
    assert scorer.model_version.startswith("bilstm-")
    assert 0 < scorer.threshold < 1


def test_pairs_that_score_enough_are_explained(scorer: Scorer) -> None:
    labels, brands = ["orchard", "paypa1-login", "paypal"], ["paypal", "paypal", "paypal"]
    judged = scorer.judge(labels, brands, floor=0.5)
    assert judged.rows.tolist() == [1, 2]
    assert [explanation.technique for explanation in judged.explanations] == ["combo-typo", "tld-swap"]
    assert [len(values) for values in judged.components.values()] == [2] * 4


def test_judging_scores_as_scoring_does(scorer: Scorer, monkeypatch) -> None:
    monkeypatch.setattr("squatwatch_ml.network.score.ENCODED_AT_A_TIME", 4)  # parts, the last one with two pairs
    labels, brands = map(list, zip(*SQUATS, strict=True))
    judged = scorer.judge(labels, brands, floor=0)
    assert judged.scores == pytest.approx(scorer.score(labels, brands), abs=1e-7)
    assert judged.rows.tolist() == list(range(10))
    alone = [scorer.judge([label], [brand], floor=0).explanations[0] for label, brand in SQUATS]
    assert judged.explanations == alone


def test_a_score_that_is_the_floor_reaches_it(scorer: Scorer) -> None:
    """The floor is a decimal, and what float32 makes of it can be below it."""
    (score,) = scorer.judge(["paypal-login"], ["paypal"], floor=0).scores
    assert len(str(score)) <= len("0.12345")
    assert scorer.judge(["paypal-login"], ["paypal"], floor=score).rows.tolist() == [0]
    assert scorer.judge(["paypal-login"], ["paypal"], floor=score + 1e-5).rows.tolist() == []


def test_nothing_can_be_judged(scorer: Scorer) -> None:
    judged = scorer.judge([], [], floor=0.5)
    assert (len(judged.scores), len(judged.rows), judged.explanations) == (0, 0, [])
    with pytest.raises(ValueError, match="2 labels for 1 brands"):
        scorer.judge(["a", "b"], ["a"], floor=0.5)


@pytest.mark.parametrize(("field", "value"), [("alphabet", "abc"), ("features", ["distance"]), ("length", 64)])
def test_an_artifact_of_another_encoding_is_refused(trained, tmp_path: Path, field: str, value) -> None:
    copy_with(trained[0], tmp_path, {field: value})
    with pytest.raises(ArtifactError, match=f"another encoding .{field}.*squatwatch train"):
        Scorer.load(tmp_path)


@pytest.mark.usefixtures("keras")
def test_a_config_of_other_fields_is_refused(trained, tmp_path: Path) -> None:
    copy_with(trained[0], tmp_path, {"config": {"hiden": 7}})
    with pytest.raises(ArtifactError, match=r"hiden.*squatwatch train"):
        Scorer.load(tmp_path, device="cpu", engine="tensorflow")


@pytest.mark.usefixtures("keras")
def test_weights_that_do_not_fit_the_config_are_refused(trained, tmp_path: Path) -> None:
    copy_with(trained[0], tmp_path, {"config": {"hidden": 7}})
    with pytest.raises(ArtifactError, match=r"do not fit.*squatwatch train"):
        Scorer.load(tmp_path, device="cpu", engine="tensorflow")


def test_a_graph_that_is_none_is_refused(trained, tmp_path: Path) -> None:
    (tmp_path / "network.onnx").write_bytes(b"nonsense")
    copy_with(trained[0], tmp_path, {"network_sha256": hashlib.sha256(b"nonsense").hexdigest()})
    with pytest.raises(ArtifactError, match=r"ONNX Runtime cannot use the network.*squatwatch train"):
        Scorer.load(tmp_path, device="cpu")


def test_a_network_whose_scores_are_no_numbers_is_refused(tmp_path: Path) -> None:
    shipped = read_artifact(SHIPPED)
    weights = [np.full_like(array, np.nan) for array in shipped.weights]
    write_artifact(tmp_path / "model", shipped.manifest, weights, network_onnx(weights))
    with pytest.raises(ArtifactError, match=r"scores are no numbers.*squatwatch train"):
        Scorer.load(tmp_path / "model", device="cpu")


def copy_with(folder: Path, target: Path, fields: dict) -> None:
    for file in ("weights.npz", "network.onnx"):
        if not (target / file).exists():
            shutil.copy(folder / file, target)
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    (target / "manifest.json").write_text(json.dumps({**manifest, **fields}))


PROGRAM = f"""
import sys
from pathlib import Path
from squatwatch_ml.network.score import Scorer
scorer = Scorer.load(Path({str(SHIPPED)!r}), **OPTIONS)
scores = scorer.score(["paypal-login"], ["paypal"])
print(scorer.engine, scores[0] > 0.1, bool({{"tensorflow", "keras"}} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("options", "answer"),
    [({"device": "cpu"}, "onnx True False"), ({"device": "cpu", "engine": "tensorflow"}, "tensorflow True True")],
    ids=["onnx", "tensorflow"],
)
def test_scoring_on_a_cpu_loads_no_tensorflow_and_says_nothing_on_stderr(options: dict, answer: str) -> None:
    program = PROGRAM.replace("OPTIONS", repr(options))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == answer
    assert done.stderr == ""


def test_all_names_of_a_list_can_be_scored_for_one_brand(scorer: Scorer) -> None:
    labels = ["paypal-login", "my-garden", "paypal-login"]
    assert score_all(scorer, labels, "paypal").tolist() == scorer.score(labels, ["paypal"] * 3).tolist()
    assert score_all(scorer, [], "paypal").shape == (0,)
