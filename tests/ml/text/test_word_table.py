"""The table of words: all that the packages have, and made anew where it cannot be used."""

from __future__ import annotations

import json
import logging
import os

import pytest

from squatwatch_ml.text import word_table
from squatwatch_ml.text.word_packages import PackagedWords, read_packages
from squatwatch_ml.text.word_table import make_table, read_or_make, read_table

FEW = PackagedWords(
    zipf={"garden": 4.9, "gardens": 4.25, "de": 6.01},
    languages={"garden": 3, "gardens": 1, "de": 12},
    dictionary={"garden", "gardener"},
)


@pytest.fixture
def few_words(monkeypatch):
    """Packages of a few words instead of the installed ones, which take seconds."""
    monkeypatch.setattr(word_table, "read_packages", lambda: FEW)


def test_the_table_holds_what_the_packages_have_and_nothing_else():
    packages, table = read_packages(), word_table.word_table()
    assert len(packages.zipf) > 600_000 and len(packages.dictionary) > 200_000
    assert {word: table.zipf(word) for word in packages.zipf} == packages.zipf
    assert {word: table.languages(word) for word in packages.languages} == packages.languages
    assert all(map(table.has_in_dictionary, packages.dictionary))
    counts = [sum(map(bool, numbers)) for numbers in table.nodes[2:]]
    assert counts == [len(packages.zipf), len(packages.languages), len(packages.dictionary)]


def test_a_table_is_read_as_it_was_made(tmp_path, few_words):
    make_table(tmp_path / "words.table")
    table = read_table(tmp_path / "words.table")
    assert [table.zipf(word) for word in ("garden", "gardens", "de", "gardener", "gard", "gardenss", "")] == [
        *FEW.zipf.values(), 0, 0, 0, 0
    ]  # fmt: skip
    assert [table.languages(word) for word in ("garden", "gardens", "de", "gardener")] == [3, 1, 12, 0]
    assert list(map(table.has_in_dictionary, ("garden", "gardener", "gardens", "g"))) == [True, True, False, False]


def test_words_are_found_wherever_they_begin(tmp_path, few_words):
    make_table(tmp_path / "words.table")
    table = read_table(tmp_path / "words.table")
    for text, places in {
        "degardens": {0: ["de"], 2: ["garden", "gardens"], 5: ["de"]},
        "gar-den": {4: ["de"]},
        "日de": {1: ["de"]},
        "": {},
    }.items():
        found = table.words_in(text)
        assert len(found) == len(text)
        assert {at: [text[at:end] for end, _ in words] for at, words in enumerate(found) if words} == places
        assert all(zipf == FEW.zipf[text[at:end]] for at, words in enumerate(found) for end, zipf in words)


@pytest.mark.parametrize("words", [{}, {"日本": 3.5}, {chr(0x4E00 + at) * 2: 3.5 for at in range(63)}])
def test_words_may_be_in_any_letters(tmp_path, monkeypatch, words):
    monkeypatch.setattr(word_table, "read_packages", lambda: PackagedWords(words, dict.fromkeys(words, 1), set()))
    table = read_or_make(tmp_path / "words.table")
    assert {word: table.zipf(word) for word in words} == words and table.zipf("日") == 0


def damaged(data: bytes) -> bytes:
    return data[:-1] + b"\x07"


def cut_short(data: bytes) -> bytes:
    return data[:100]


def of_another_release(data: bytes) -> bytes:
    header, _, rest = data.partition(b"\n")
    header = json.loads(header)
    header["made_from"]["wordfreq"] = "2.5"
    return json.dumps(header).encode() + b"\n" + rest


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (damaged, "words.table is damaged"),
        (cut_short, "words.table is damaged"),
        (lambda data: b"", "words.table is damaged"),
        (lambda data: b"[]\n{}", "words.table is damaged"),
        (of_another_release, r"words.table was made from other packages \(wordfreq 2.5, "),
    ],
)
def test_a_table_that_cannot_be_used_is_refused_and_made_anew(tmp_path, few_words, change, message):
    path = tmp_path / "words.table"
    make_table(path)
    whole = path.read_bytes()
    path.write_bytes(change(whole))
    with pytest.raises(ValueError, match=message):
        read_table(path)
    assert read_or_make(path).zipf("garden") == 4.9
    assert path.read_bytes() == whole and list(tmp_path.iterdir()) == [path]


def test_the_first_process_makes_the_table(tmp_path, few_words):
    assert read_or_make(tmp_path / "words.table").zipf("garden") == 4.9
    assert read_table(tmp_path / "words.table").zipf("garden") == 4.9


def test_where_no_table_can_be_written_words_are_read_all_the_same_and_the_log_says_what_helps(
    tmp_path, few_words, caplog
):
    (tmp_path / "file").write_text("no folder")
    with caplog.at_level(logging.WARNING):
        assert read_or_make(tmp_path / "file" / "words.table").zipf("garden") == 4.9
    (message,) = caplog.messages
    assert str(tmp_path / "file" / "words.table") in message
    assert message.endswith("run: python -m squatwatch_ml.text.word_table")


def test_a_pipe_in_its_place_is_not_waited_for(tmp_path, few_words):
    os.mkfifo(tmp_path / "words.table")
    assert read_or_make(tmp_path / "words.table").zipf("garden") == FEW.zipf["garden"]
    assert read_table(tmp_path / "words.table").zipf("garden") == FEW.zipf["garden"]
