"""A ranker's file: what is written is read, and what was altered is refused with the command that helps."""

from __future__ import annotations

import json
import os
import shlex

import pytest

from squatwatch_ml.rank.beside import meanings
from squatwatch_ml.rank.ranker_file import SHIPPED, RankerError, _version, read_ranker, write_ranker
from squatwatch_ml.training import fit_ranker


def test_what_was_written_is_read(tmp_path):
    version, content = read_ranker(SHIPPED)
    assert write_ranker(tmp_path / "ranker.json", content) == version
    assert read_ranker(tmp_path / "ranker.json")[0] == version


def altered(text: str) -> str:
    body = json.loads(text)
    body["evidence"]["memory_brand"]["weights"][0] += 1
    return json.dumps(body)


def of_other_evidence(text: str) -> str:
    body = json.loads(text)
    body["evidence"].pop("memory_brand")
    return json.dumps(body)


def forged(change) -> str:
    """The shipped file, changed by somebody who knows how its version is made."""
    body = json.loads(SHIPPED.read_text("utf-8"))
    del body["version"]
    change(body)
    return json.dumps({"version": _version(body), **body})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda body: body.pop("evidence"), "weighs other evidence"),
        (lambda body: body.pop("lures"), "lacks something"),
        (lambda body: body.pop("model_version"), "lacks something"),
        (lambda body: body.pop("meanings"), "lacks something"),
        (lambda body: body.update(meanings="0" * 16), "was fitted with other meanings of words"),
        (lambda body: body["lures"].update(steps=""), "0 weights of lures"),
        (lambda body: body["vectors"].update(words="a b"), "lacks something"),
        (lambda body: body.update(evidence=5), "has it wrong"),
        (lambda body: body.update(model_version=None), "has it wrong"),
        (lambda body: body["vectors"].update(words="login login", steps="A" * 88), "a word with two vectors"),
        (lambda body: body["evidence"]["log_odds"].update(scale=0), "a scale of 0"),
        (lambda body: body["evidence"]["log_odds"].update(scale=-1), "a scale of 0 or less"),
        (lambda body: body["evidence"]["log_odds"].update(scale="2"), "is no number"),
        (lambda body: body["evidence"]["log_odds"].update(mean=1e308), "or above 1,000,000"),
        (lambda body: body["lures"].update(step=True), "is no number"),
        (lambda body: body["evidence"]["log_odds"].update(weights=[float("nan")] * 3), "not finite"),
        (lambda body: body["evidence"]["log_odds"].update(weights=[1.0]), "has it wrong"),
        (lambda body: body.update(intercepts=None), "has it wrong"),
        (lambda body: body["trees"].pop(), "trees for 3 classes"),
        (lambda body: body.update(trees=[]), "0 trees for 3 classes"),
        (lambda body: body["trees"][7]["left"].__setitem__(0, 0), "leads to no leaf"),
        (lambda body: body["trees"][7]["features"].__setitem__(0, 10**6), "a number that is not there"),
        (lambda body: body["trees"][7]["features"].__setitem__(0, 1.5), "no integer"),
        (lambda body: body["trees"][7]["left"].__setitem__(-1, -1.2), "no integer"),
        (lambda body: body["trees"][7]["features"].__setitem__(0, True), "no integer"),
        (lambda body: body["trees"][7]["features"].__setitem__(0, "5"), "no integer"),
        (lambda body: body["trees"][7]["values"].__setitem__(0, 1e308), "or above 1,000,000"),
        (lambda body: body["trees"][7].update(limits=[[0.5]] * 7), "is no number"),
        (lambda body: body["trees"][7].update(values=[[0.5]] * 8), "is no number"),
        (lambda body: body["trees"][7].update(limits="all"), "has it wrong"),
        (lambda body: body["trees"][7].pop("values"), "lacks something"),
    ],
)
def test_a_forged_file_is_refused(tmp_path, change, message):
    path = tmp_path / "ranker.json"
    path.write_text(forged(change), "utf-8")
    with pytest.raises(RankerError, match=message):
        read_ranker(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (altered, "was altered"),
        (of_other_evidence, "was altered"),
        (lambda text: text[: len(text) // 2], "is no JSON"),
        (lambda text: "[]", "is no ranker of format 3"),
        (lambda text: text + " " * 20_000_000, r"is no JSON of a ranker \(more than 20,000,000 bytes\)"),
        (lambda text: text.replace('"format_version": 3', '"format_version": 2'), "is no ranker of format 3"),
    ],
    ids=["altered", "a number fewer", "half written", "no ranker", "too large", "of another release"],
)
def test_a_file_that_is_not_what_it_says_is_refused(tmp_path, change, message):
    path = tmp_path / "ranker.json"
    path.write_text(change(SHIPPED.read_text("utf-8")), "utf-8")
    with pytest.raises(RankerError, match=message) as error:
        read_ranker(path)
    assert str(path) in str(error.value) and "unset SQUATWATCH_RANKER" in str(error.value)


def test_a_file_that_is_missing_is_named(tmp_path):
    with pytest.raises(RankerError, match=r"ranker.json cannot be read \(No such file"):
        read_ranker(tmp_path / "ranker.json")


def test_the_command_that_helps_has_what_it_demands_and_writes_that_file(tmp_path, monkeypatch):
    path = tmp_path / "a ranker.json"
    with pytest.raises(RankerError) as error:
        read_ranker(path)
    _, command = str(error.value).split("run: python -m squatwatch_ml.training.fit_ranker ")
    written = []
    monkeypatch.setattr(fit_ranker, "fit_ranker", lambda *given: written.append(given) or read_ranker(SHIPPED)[1])
    fit_ranker.main(shlex.split(command))
    assert len(written) == 1 and read_ranker(path)[0] == read_ranker(SHIPPED)[0]


def test_a_file_of_any_depth_is_refused(tmp_path):
    """Also one that can just be read: making its version goes deeper than reading it."""
    path = tmp_path / "ranker.json"
    for depth in range(800, 1100):
        path.write_text(f'{{"format_version": 3, "data": {"[" * depth}{"]" * depth}}}', "utf-8")
        with pytest.raises(RankerError, match=r"was altered|lacks something|is no JSON"):
            read_ranker(path)


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "ranker.json")
    with pytest.raises(RankerError, match="no regular file"):
        read_ranker(tmp_path / "ranker.json")


@pytest.mark.parametrize("content", [None, b"", meanings.PATH.read_bytes()[:-1000]], ids=["missing", "empty", "cut"])
def test_where_the_table_of_meanings_is_damaged_it_is_named_and_not_the_ranker(tmp_path, monkeypatch, content):
    damaged = tmp_path / "meanings.npz"
    if content is not None:
        damaged.write_bytes(content)
    monkeypatch.setattr("squatwatch_ml.rank.ranker_file.word_meanings", lambda: meanings.read_meanings(damaged))
    with pytest.raises(RankerError, match=r"meanings\.npz.* install that again$") as refused:
        read_ranker(SHIPPED)
    assert str(SHIPPED) not in str(refused.value)
