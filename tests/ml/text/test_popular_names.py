"""How many popular names contain a word, and the file that is asked."""

from __future__ import annotations

import logging

import pytest

from squatwatch_ml.text import popular_names
from squatwatch_ml.text.popular_names import Popularity, make_file, popularity_of, read_or_make

DOMAINS = [
    "paypal.com",
    "paypal-community.com",
    "mypaypal.net",
    "payp-al.org",
    "delta.com",
    "delta-delta.com",
    "müller.de",
]


@pytest.fixture
def few(monkeypatch, tmp_path):
    monkeypatch.setattr(popular_names, "popular_domains", lambda: DOMAINS)
    text = read_or_make(tmp_path / "popular.names")
    monkeypatch.setattr(popular_names, "popular_text", lambda: text)
    return tmp_path / "popular.names"


def test_names_that_contain_have_as_a_part_and_begin_with_a_word(few):
    assert popularity_of(["paypal", "delta", "müller", "santander", ""]) == {
        "paypal": Popularity(containing=3, with_part=2, beginning=2),
        "delta": Popularity(containing=3, with_part=3, beginning=2),
        "müller": Popularity(containing=1, with_part=1, beginning=1),
        "santander": Popularity(0, 0, 0),
    }


def test_many_words_are_counted_like_few(few, monkeypatch):
    words = ["paypal", "pay", "delta", "müller", "a", "com", "nothing"]
    one_by_one = popularity_of(words)
    monkeypatch.setattr(popular_names, "FEW", 0)
    assert popularity_of(words) == one_by_one


def test_words_within_words_are_each_counted(few):
    assert popularity_of(["pay", "paypal"])["pay"].containing == 4


@pytest.mark.parametrize("damaged", [b"", b"x\ny\n", b"\xff\xfe", None])
def test_a_file_that_cannot_be_used_is_made_anew(few, damaged):
    good = few.read_bytes()
    few.unlink() if damaged is None else few.write_bytes(damaged)
    assert read_or_make(few).count(b"\n") == len(DOMAINS) + 1
    assert few.read_bytes() == good


def test_where_it_cannot_be_written_a_warning_says_what_ends_that(few, tmp_path, caplog):
    (tmp_path / "file").touch()
    with caplog.at_level(logging.WARNING):
        assert b"\npaypal\n" in read_or_make(tmp_path / "file" / "popular.names")
    assert "run: python -m squatwatch_ml.text.popular_names" in caplog.text


def test_the_file_is_made_whole(few):
    assert make_file(few) == few.read_bytes().split(b"\n", 1)[1]
