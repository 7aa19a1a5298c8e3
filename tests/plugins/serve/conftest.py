"""A server that all tests of a file ask: three brands, of which one has a model of its own."""

from __future__ import annotations

import pytest
from scoring_server import runtime_client, serving
from served_models import BANKS, write_copy

from squatwatch.models.registry import keep_artifact, use
from squatwatch.settings import read_settings

BRANDS = """brand,brand_domain,model
paypal,paypal.com,
dhl,dhl.com,
santander,santander.com,banks
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    """Settings of a data root with the model `banks`, whose threshold nothing reaches."""
    folder = tmp_path_factory.mktemp("serve")
    (folder / "brands.csv").write_text(BRANDS)
    settings = read_settings(home=folder / "data", brands_file=folder / "brands.csv")
    artifact = write_copy(folder / "banks", BANKS, threshold=1.0, thresholds={})
    keep_artifact(settings.home, "banks", artifact, BANKS)
    use(settings.home, "banks", BANKS, "ana")
    return settings


@pytest.fixture(scope="module")
def served(root):
    with serving(root) as running:
        yield running


@pytest.fixture(scope="module")
def client(served):
    return runtime_client(served.url)
