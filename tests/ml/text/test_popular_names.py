"""How many popular names contain a word."""

from __future__ import annotations

import pytest

from squatwatch_ml.text import letters, made_file, names, popular_names, suffixes
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
    monkeypatch.setattr(names, "popular_domains", lambda: DOMAINS)
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


TABLES = pytest.mark.parametrize("file_of", [popular_names.names_file, letters.table_file])


@TABLES
def test_a_table_does_not_depend_on_the_suffixes_that_its_maker_uses(monkeypatch, file_of):
    monkeypatch.setattr(names, "popular_domains", lambda: DOMAINS)
    expected = file_of().content()
    try:
        suffixes.use(own_suffixes=["paypal.com", "delta.com"])
        assert names.label_of("my.paypal.com") == "my"
        assert file_of().content() == expected
        assert names.label_of("my.paypal.com") == "my"
    finally:
        suffixes.use()


@TABLES
@pytest.mark.parametrize("package", ["pymispwarninglists", "publicsuffixlist"])
def test_a_table_of_other_packages_is_not_of_this_release(monkeypatch, file_of, package):
    made_from = file_of().made_from
    monkeypatch.setattr(made_file, "version", lambda name: "0.1" if name == package else "1.0")
    assert f"{package} 0.1" in file_of().made_from != made_from


@TABLES
def test_a_table_of_other_rules_is_not_of_this_release(monkeypatch, tmp_path, file_of):
    made_from = file_of().made_from
    (tmp_path / "names.py").write_text("other rules")
    monkeypatch.setattr(names, "__file__", str(tmp_path / "names.py"))
    assert file_of().made_from != made_from
