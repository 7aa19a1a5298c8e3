"""How many popular names contain a word."""

from __future__ import annotations

import pytest

from squatwatch_ml.text import popular_names
from squatwatch_ml.text.popular_names import Popularity, popular_text, popularity_of

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
    monkeypatch.setattr(popular_names, "PATH", tmp_path / "popular.names")
    text = popular_text.__wrapped__()
    monkeypatch.setattr(popular_names, "popular_text", lambda: text)


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
