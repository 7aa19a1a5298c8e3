"""The article's network of one brand: its arrays, its training by the same loop, its artifact, its command."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from squatwatch.errors import SquatwatchError
from squatwatch_ml.baselines import balanced
from squatwatch_ml.baselines.article_network import LENGTH, ArticleConfig, build, characters
from squatwatch_ml.baselines.article_train import ArticleScorer, train_article
from squatwatch_ml.baselines.plans import ArticlePlan
from squatwatch_ml.network.artifact import ArtifactError
from squatwatch_ml.network.score import Scorer
from squatwatch_ml.pair.encode import ALPHABET, UNKNOWN

REAL = [f"{word}{at}.de" for word in ("garden", "kitchen", "rose", "monday") for at in range(200)]
QUICK = ArticlePlan(positives=200, epochs=2, batch_size=32, learning_rate=0.01)


def quiet(_line: str) -> None: ...


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("article") / "model"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(balanced, "popular_domains", lambda name: REAL)
        train_article(folder, "paypal", QUICK, say=quiet)
    return folder


def test_characters_are_numbered_and_padded_on_the_right() -> None:
    letters = characters(["aB.de", "é", "", "x" * 80]).letters
    assert letters.shape == (4, LENGTH)
    assert [ALPHABET[number - 1] for number in letters[0, :5]] == list("ab.de")
    assert letters[0, 5:].tolist() == [0] * (LENGTH - 5)
    assert [ALPHABET[letters[row, 0] - 1] for row in (1, 2)] == [UNKNOWN, UNKNOWN]
    assert (letters[3] > 0).all()


@pytest.mark.usefixtures("keras")
def test_the_layers_are_the_articles() -> None:
    layers = [layer.name for layer in build(ArticleConfig()).layers]
    order = [layers.index(name) for name in ("characters", "bilstm", "attention", "dense", "score")]
    assert order == sorted(order)


@pytest.mark.usefixtures("keras")
def test_what_lies_beyond_a_names_end_is_not_read() -> None:
    """Padding is masked: with the embedding of 0 changed, the scores stay."""
    network = build(ArticleConfig())
    letters = characters(["paypal.com", "x.de", "a" * LENGTH]).letters
    before = network.predict_on_batch([letters])
    embedding = network.get_layer("characters")
    (table,) = embedding.get_weights()
    table[0] += 5
    embedding.set_weights([table])
    assert np.allclose(network.predict_on_batch([letters]), before, atol=1e-6)


def test_it_learns_its_brand(folder: Path) -> None:
    scorer = ArticleScorer.load(folder)
    squat, honest = scorer.score(["paypal-login.de", "garden999.de"])
    assert scorer.brand == "paypal"
    assert honest < scorer.threshold < squat


def test_its_manifest_says_what_it_is_and_holds_no_names(folder: Path) -> None:
    text = (folder / "manifest.json").read_text("utf-8")
    manifest = json.loads(text)
    assert (manifest["architecture"], manifest["brand"]) == ("article", "paypal")
    assert manifest["model_version"].startswith("article-")
    assert manifest["metrics"]["roc_auc"] > 0.9
    assert len(manifest["metrics"]["training_loss"]) == manifest["training"]["epochs"] == 2


def test_the_same_seed_gives_the_same_weights(folder: Path, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(balanced, "popular_domains", lambda name: REAL)
    again = train_article(tmp_path / "again", "paypal", QUICK, say=quiet)
    assert again["model_version"] == json.loads((folder / "manifest.json").read_text("utf-8"))["model_version"]


def test_the_pipeline_does_not_take_it_for_the_shipped_network(folder: Path) -> None:
    with pytest.raises(ArtifactError, match=r"another encoding.*squatwatch train"):
        Scorer.load(folder)


def test_another_artifact_is_not_taken_for_it() -> None:
    with pytest.raises(ArtifactError, match=r"not the article's network. Run: squatwatch train-article"):
        ArticleScorer.load(Path(balanced.__file__).parents[1] / "shipped_artifact")


def test_a_folder_that_holds_an_artifact_is_refused(folder: Path) -> None:
    with pytest.raises(ArtifactError, match="holds an artifact already"):
        train_article(folder, "paypal", QUICK, say=quiet)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--brand", "vk", "--output", "x"], "three or more letters"),
        (["--brand", "paypal", "--output", "."], "exists already and is no artifact"),
    ],
)
def test_the_command_says_why_it_cannot_train(options: list[str], words: str, tmp_path, monkeypatch) -> None:
    from squatwatch.cli import app

    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    result = CliRunner().invoke(app, ["train-article", *options])
    assert isinstance(result.exception, SquatwatchError)
    assert words in str(result.exception)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
