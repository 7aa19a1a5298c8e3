"""Which network scores which brand: the general one, unless the brand list names another that can be used."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from served_models import write_copy

from squatwatch import pipeline
from squatwatch.errors import SquatwatchError
from squatwatch.models.in_force import Artifact, ModelsInForce
from squatwatch.models.loading import checked_models, loaded_networks
from squatwatch.models.registry import keep_artifact, shipped_model, use
from squatwatch.models.together import Together
from squatwatch.settings import read_settings
from squatwatch_ml.network.artifact import read_artifact

BRANDS = """brand,brand_domain,model
paypal,paypal.com,banks
santander,santander.com,banks
dhl,dhl.com,posts
ebay,ebay.com,
"""


@pytest.fixture
def listed(settings, tmp_path):
    """Settings with a brand list that names the models `banks` and `posts`."""
    path = tmp_path / "brands.csv"
    path.write_text(BRANDS)
    return read_settings(home=settings.home, brands_file=path)


def artifact(folder, version, threshold):
    return write_copy(folder, version, threshold=threshold, thresholds={})


def in_use(home, name, version, folder):
    keep_artifact(home, name, folder, version)
    use(home, name, version, "ana")


def test_brands_are_scored_by_the_model_that_they_name(listed, tmp_path):
    for name, version in (("banks", "bilstm-0123456789"), ("posts", "bilstm-abcdefabcd")):
        in_use(listed.home, name, version, artifact(tmp_path / name, version, 0.5))
    models = checked_models(listed)
    assert not models.problems
    assert {brand: models.of(brand).family for brand in ("paypal", "santander", "dhl", "ebay")} == {
        "paypal": "banks", "santander": "banks", "dhl": "posts", "ebay": "general",
    }  # fmt: skip
    assert models.version.startswith(f"{models.general.version}.")


def test_without_such_brands_the_version_is_that_of_the_general_model(settings):
    assert pipeline.model_version(settings) == read_artifact(shipped_model()).manifest["model_version"]


def test_the_version_is_another_where_another_model_scores_a_brand():
    def version(**versions):
        artifacts = {brand: Artifact(brand, shipped_model(), version) for brand, version in versions.items()}
        return ModelsInForce(Artifact("general", shipped_model(), "g"), artifacts).version

    assert len({version(), version(dhl="a"), version(dhl="b"), version(ebay="a"), version(dhl="a", ebay="a")}) == 5


def _empty(folder):
    shutil.rmtree(folder)
    folder.mkdir()


def _altered(folder):
    (folder / "weights.npz").write_bytes(b"altered")


def _newer(folder):
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"format_version": 3', '"format_version": 99'))


def _without_neutral(folder):
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text("utf-8")), "neutral_features": None}))


def _misnamed(folder):
    shipped = shipped_model()
    shutil.rmtree(folder)
    shutil.copytree(shipped, folder)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (_empty, "cannot be read"),  # one that is being uploaded
        (_altered, "it was altered"),
        (_newer, "format version 99, this program reads 3"),
        (_without_neutral, "has no neutral_features"),
        (_misnamed, "name the folder after it"),
        (shutil.rmtree, "squatwatch models lists them"),
    ],
)
def test_a_model_that_cannot_be_used_is_told_and_the_others_go_on(listed, tmp_path, spoil, why, caplog):
    for name, version in (("banks", "bilstm-0123456789"), ("posts", "bilstm-abcdefabcd")):
        in_use(listed.home, name, version, artifact(tmp_path / name, version, 0.5))
    spoil(listed.home / "models/banks/bilstm-0123456789")
    models = checked_models(listed)
    [problem] = models.problems
    assert problem.startswith("the general model scores paypal, santander: ") and why in problem
    assert problem in caplog.text
    assert {brand: models.of(brand).family for brand in ("paypal", "dhl")} == {"paypal": "general", "dhl": "posts"}


def test_a_general_model_that_cannot_be_used_stops(listed, tmp_path):
    folder = artifact(tmp_path / "own", "bilstm-0123456789", 0.5)
    _altered(folder)
    with pytest.raises(SquatwatchError, match="it was altered"):
        checked_models(listed.model_copy(update={"model": folder}))


@pytest.mark.parametrize("model", ["../x", "Banks", "bilstm-0123456789"])
def test_a_brand_list_with_what_is_no_name_of_a_model(settings, tmp_path, model):
    path = tmp_path / "brands.csv"
    path.write_text(f"brand,brand_domain,model\npaypal,paypal.com,{model}\n")
    with pytest.raises(SquatwatchError, match=r"line 2: the model .* is no name of one; squatwatch models lists them"):
        checked_models(read_settings(home=settings.home, brands_file=path))


def test_a_brand_has_one_model(settings, tmp_path):
    path = tmp_path / "brands.csv"
    path.write_text("brand,brand_domain,model\npaypal,paypal.com,banks\npaypal,paypal.me,posts\n")
    with pytest.raises(SquatwatchError, match=r"paypal.* has the model posts here and banks above"):
        checked_models(read_settings(home=settings.home, brands_file=path))


LABELS = ["paypal-login", "dhl-paket", "ebay-shop", "paypa1", "santander-cuenta", "garden", "dhl", "xpaypalx"]
OF_BRAND = ["paypal", "dhl", "ebay", "paypal", "santander", "paypal", "dhl", "paypal"]


def test_together_they_score_each_pair_as_its_own_network_does(listed, tmp_path):
    folder = artifact(tmp_path / "banks", "bilstm-0123456789", 0.4)
    in_use(listed.home, "banks", "bilstm-0123456789", folder)
    networks = loaded_networks(listed)
    together = Together(checked_models(listed), networks.get)
    alone = networks.get(shipped_model())  # the same weights

    scores, rows, explanations, components = together.judge(LABELS, OF_BRAND, 0.1)
    expected = alone.judge(LABELS, OF_BRAND, 0.1)
    assert np.array_equal(scores, expected.scores) and np.array_equal(rows, expected.rows)
    assert explanations == expected.explanations and len(explanations) > 3
    assert {kind: values.tolist() for kind, values in components.items()} == {
        kind: values.tolist() for kind, values in expected.components.items()
    }
    assert (together.base_threshold("paypal"), together.base_threshold("ebay")) == (0.4, alone.base_threshold("ebay"))
    assert [list(map(len, part)) for part in together.judge([], [], 0.1)][:3] == [[], [], []]
