"""`squatwatch models`: what there is, what is in use, and what is wrong with it."""

from __future__ import annotations

import json
import tarfile

import pytest
from served_models import SHIPPED, write_copy
from typer.testing import CliRunner

from squatwatch.cli import app
from squatwatch.errors import SquatwatchError

FIRST, SECOND = "bilstm-0123456789", "bilstm-abcdefabcd"


@pytest.fixture
def squatwatch(tmp_path, monkeypatch):
    """squatwatch(*words) runs a command on a data root with a brand list of its own, and returns what it prints."""
    brands = tmp_path / "brands.csv"
    brands.write_text("brand,brand_domain,model\npaypal,paypal.com,banks\ndhl,dhl.com,posts\nebay,ebay.com,\n")
    monkeypatch.setenv("SQUATWATCH_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("SQUATWATCH_BRANDS_FILE", str(brands))

    def run(*words):
        return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False).output

    return run


def listed(squatwatch):
    lines = squatwatch("models", "--format", "json").splitlines()
    return [tuple(json.loads(line).values()) for line in lines]


def test_models_are_listed_added_and_used(squatwatch, tmp_path):
    assert listed(squatwatch) == [
        ("general", SHIPPED, "shipped", "in use", ""),
        ("banks", "", "", "there is none yet: squatwatch models add banks FOLDER", "paypal"),
        ("posts", "", "", "there is none yet: squatwatch models add posts FOLDER", "dhl"),
    ]
    for version in (FIRST, SECOND):
        squatwatch("models", "add", "banks", write_copy(tmp_path / version, version))
    assert listed(squatwatch)[1:4] == [
        ("banks", FIRST, "", "", "paypal"),
        ("banks", SECOND, "", "", "paypal"),
        ("banks", "", "", "none in use: squatwatch models use banks VERSION", "paypal"),
    ]
    squatwatch("models", "use", "banks", SECOND)
    squatwatch("models", "add", "posts", tmp_path / FIRST, "--use")
    assert [row[:4] for row in listed(squatwatch)] == [
        ("general", SHIPPED, "shipped", "in use"),
        ("banks", FIRST, "", ""),
        ("banks", SECOND, "", "in use"),
        ("posts", FIRST, "", "in use"),
    ]


def test_a_packed_model_is_added(squatwatch, tmp_path):
    with tarfile.open(tmp_path / "model.tar.gz", "w:gz") as archive:  # as a training job of SageMaker leaves it
        archive.add(write_copy(tmp_path / FIRST, FIRST), "detector")
    assert (
        squatwatch("models", "add", "banks", tmp_path / "model.tar.gz", "--use")
        == f"banks/{FIRST} is kept and in use\n"
    )
    assert listed(squatwatch)[1][:4] == ("banks", FIRST, "", "in use")


def test_what_is_broken_is_told_and_the_others_are_listed(squatwatch, tmp_path):
    for name in ("banks", "posts"):
        squatwatch("models", "add", name, write_copy(tmp_path / name, FIRST), "--use")
    models = tmp_path / "data/models"
    (models / "banks/current.json").write_text('{"version": ')
    (models / "posts" / FIRST / "manifest.json").write_text("[" * 100_000)
    general, pointer, banks, posts = listed(squatwatch)
    assert general[3] == "in use" and pointer[3].startswith("broken: ") and "squatwatch models use banks" in pointer[3]
    assert banks[:2] == ("banks", FIRST) and posts[3].startswith("broken: ") and "is not JSON" in posts[3]


def test_what_cannot_score_is_not_added(squatwatch, tmp_path):
    folder = write_copy(tmp_path / "model", FIRST)
    (folder / "network.onnx").write_bytes(b"altered")
    with pytest.raises(SquatwatchError, match="it was altered"):
        squatwatch("models", "add", "banks", folder)
    assert not (tmp_path / "data/models").exists()


@pytest.mark.parametrize("neutral", [None, 5, {}])
def test_a_model_without_neutral_values_is_not_added(squatwatch, tmp_path, neutral):
    folder = write_copy(tmp_path / "model", FIRST, neutral_features=neutral)
    with pytest.raises(SquatwatchError, match=r"manifest\.json has no neutral_features as numbers"):
        squatwatch("models", "add", "banks", folder)
    assert not (tmp_path / "data/models").exists()
