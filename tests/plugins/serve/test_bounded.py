"""What a server keeps does not grow with what is sent, and a look reads nothing that is as it was."""

from __future__ import annotations

import io
import os
import sys
from collections import Counter

import pytest
from served_models import write_copy

from squatwatch.models.registry import family, keep_artifact, use
from squatwatch.serve.inference.asked import Asked
from squatwatch.serve.inference.infer import infer
from squatwatch.serve.server import Server
from squatwatch.serve.situation import look
from squatwatch.serve.targets import target_of
from squatwatch.settings import read_settings

SCRIPTS = [0x61, 0x3B1, 0x430, 0x5D0, 0x905, 0x4E00, 0xAC00]  # Latin to Hangul
FAMILIES = 300


def unbounded() -> dict[str, int]:
    """Number of entries in all caches that have no bound."""
    functions = {
        f"{name}.{attribute}": value
        for name, module in list(sys.modules.items())
        if name.startswith("squatwatch")
        for attribute, value in vars(module).items()
        if hasattr(value, "cache_info") and value.cache_info().maxsize is None
    }
    return {name: function.cache_info().currsize for name, function in functions.items()}


@pytest.fixture
def ask(root):
    """ask(pairs) scores pairs of name and brand as a request for them does."""
    server = Server(root)
    server.warm()

    def score(pairs):
        target = target_of(server.settings, server.situation, server.networks, None)
        return infer([Asked(*pair) for pair in pairs], target.scorer, target.rules)

    return score


def test_brands_and_names_of_any_letters_and_length_leave_nothing_that_grows(ask):
    def odd(number):
        letters = [chr(SCRIPTS[number % 7] + (number * 31 + at * at) % 24) for at in range(2 + number % 99)]
        return "".join(letters)

    ask([("paypal-login.com", "paypal"), (f"{odd(9)}.com", odd(9)), (f"{odd(5)}.com", None)])
    before = unbounded()
    answers = ask([(f"{odd(number + 7)}.com", odd(number)) for number in range(300)] + [(f"{odd(5)}.com", None)])
    assert {answer.error is None for answer in answers} == {True, False}  # some are scored, others are no brands
    assert unbounded() == before


def test_what_is_bounded_is_bounded_by_less_than_a_request_may_bring(ask):
    """Of brands, of which a request may bring 10,000, and a next one others."""
    from squatwatch_ml.network.thresholds import brand_kind
    from squatwatch_ml.pair.match import brand_views
    from squatwatch_ml.text.spelling import spellings
    from squatwatch_ml.text.words import read

    for function in (brand_kind, brand_views, spellings, read):
        assert function.cache_info().maxsize <= 10_000


@pytest.fixture(scope="module")
def many_families(tmp_path_factory):
    """Settings of a data root whose brand list names 300 models, each with a version in use."""
    folder = tmp_path_factory.mktemp("families")
    names = [f"family-{number:03}" for number in range(FAMILIES)]
    lines = [f"brand{number}x,brand{number}x.com,{name}" for number, name in enumerate(names)]
    (folder / "brands.csv").write_text("\n".join(["brand,brand_domain,model", *lines]))
    settings = read_settings(home=folder / "data", brands_file=folder / "brands.csv")
    version = "bilstm-0123456789"
    artifact = write_copy(folder / "artifact", version)
    for name in names:
        keep_artifact(settings.home, name, artifact, version)
        use(settings.home, name, version, "ana")
    return settings


@pytest.fixture
def counted(monkeypatch):
    """Counts calls of the operating system that look at files, by name, and those that read one."""
    calls = Counter()

    def count(holder, name, label):
        function = getattr(holder, name)

        def counting(*given, **options):
            calls[label] += 1
            return function(*given, **options)

        monkeypatch.setattr(holder, name, counting)

    for name in ("stat", "lstat", "scandir", "listdir"):
        count(os, name, "looks")
    count(io, "open", "reads")
    return calls


def test_a_look_at_300_families_reads_their_pointers_and_no_artifact_that_is_as_it_was(many_families, counted):
    first = look(many_families)
    assert len(first.models.of_brand) == FAMILIES and not first.models.problems
    reads_of_first, _ = counted["reads"], counted.clear()
    again = look(many_families)
    assert again.models == first.models
    assert reads_of_first > 4 * FAMILIES  # pointer, manifest, weights and graph of each
    assert FAMILIES <= counted["reads"] <= FAMILIES + 20
    assert counted["looks"] <= 12 * FAMILIES


def test_a_look_reads_the_artifact_that_was_put_in_the_place_of_another(many_families, counted, tmp_path):
    look(many_families)
    another = write_copy(tmp_path / "another", "bilstm-0123456789", threshold=0.9)
    keep_artifact(many_families.home, "family-007", another, "bilstm-0123456789")
    counted.clear()
    assert (
        look(many_families).models.of_brand["brand7x"].folder.parent == family(many_families.home, "family-007").folder
    )
    assert FAMILIES + 3 <= counted["reads"] <= FAMILIES + 23
