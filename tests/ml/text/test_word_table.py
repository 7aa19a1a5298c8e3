"""The table of words: all that the packages have, and made anew where it cannot be used."""

from __future__ import annotations

import json
import logging

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
    assert dict(table.zipf.items()) == packages.zipf
    assert dict(table.languages.items()) == packages.languages
    assert set(table.dictionary) == packages.dictionary


def test_a_table_is_read_as_it_was_made(tmp_path, few_words):
    make_table(tmp_path / "words.table")
    table = read_table(tmp_path / "words.table")
    assert dict(table.zipf.items()) == FEW.zipf and dict(table.languages.items()) == FEW.languages
    assert set(table.dictionary) == FEW.dictionary
    assert len(table.zipf) == 3 and table.zipf.get("gard") is None and table.zipf.get("") is None
    assert table.zipf.beginnings["gar"].longest == len("gardens")
    assert table.zipf.beginnings["des"].words == {"de": 6.01}  # `de` may stand where `des` stands in a name


def test_of_letters_with_which_no_word_begins_nothing_is_kept(tmp_path, few_words):
    make_table(tmp_path / "words.table")
    beginnings = read_table(tmp_path / "words.table").zipf.beginnings
    for letters in (*(chr(0x4E00 + at) * 3 for at in range(100)), *(f"de{chr(0x4E00 + at)}" for at in range(100)), "x"):
        assert beginnings[letters].words == ({"de": 6.01} if letters[:2] == "de" else {})
    assert set(beginnings) == {"de"}


def damaged(data: bytes) -> bytes:
    return data.replace(b"gardens", b"garters")


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
    assert dict(read_or_make(path).zipf.items()) == FEW.zipf
    assert path.read_bytes() == whole and list(tmp_path.iterdir()) == [path]


def test_the_first_process_makes_the_table(tmp_path, few_words):
    assert read_or_make(tmp_path / "words.table").zipf["garden"] == 4.9
    assert read_table(tmp_path / "words.table").zipf["garden"] == 4.9


def test_where_no_table_can_be_written_words_are_read_all_the_same_and_the_log_says_what_helps(
    tmp_path, few_words, caplog
):
    (tmp_path / "file").write_text("no folder")
    with caplog.at_level(logging.WARNING):
        assert read_or_make(tmp_path / "file" / "words.table").zipf["garden"] == 4.9
    (message,) = caplog.messages
    assert str(tmp_path / "file" / "words.table") in message
    assert message.endswith("run: python -m squatwatch_ml.text.word_table")
