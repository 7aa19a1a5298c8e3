"""Names, reasons and notes that would like to be more than text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

DAY = "2026-11-07"
LOGIN = "paypal|paypal-login.com"


class Tags(HTMLParser):
    def __init__(self, text: str):
        super().__init__()
        self.tags, self.attributes = set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_a_day_of_hostile_text_has_the_tags_of_an_ordinary_day(hostile_page, page):
    ordinary, hostile = Tags(page().get("/").text), Tags(hostile_page.get("/").text)
    assert len(hostile_page.rows()) >= 10
    assert hostile.tags - ordinary.tags <= {"i", "q", "code", "small", "a"} and "img" not in hostile.tags
    assert not [name for name in hostile.attributes if name.startswith("on") or name == "style"]


def test_marks_that_turn_text_around_are_written_out(hostile_page):
    text = hostile_page.get("/").text
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b-\u200f]", text)
    assert "\\u202emoc[.]lapyap" in text


def test_templates_in_text_stay_text(hostile_page):
    assert "{{ 7*7 }}{% raise %}" in hostile_page.get("/").text


@pytest.mark.parametrize("name", ["brand", "technique", "state", "q"])
@pytest.mark.parametrize("value", ['"><script>window.hacked=1</script>', "' onload='x", "{{ 7*7 }}", "\u202e"])
def test_what_is_asked_for_comes_back_as_text(page, name, value):
    answer = page().client.get("/", params={name: value, "date": DAY})
    assert answer.status_code == 200
    assert "<script>window" not in answer.text and ">49<" not in answer.text
    assert not [each for each in Tags(answer.text).attributes if each.startswith("on")]


def test_a_note_is_text_in_the_page_and_in_the_answer(page):
    note = "<b onclick=x>\u202e{{ 7*7 }}"
    outcome = page(name="<i>uma").judge("watch", LOGIN, note=note)
    assert outcome["now"][0]["note"] == "<b onclick=x>\\u202e{{ 7*7 }}"
    text = page().get("/").text
    assert "&lt;b onclick=x&gt;\\u202e{{ 7*7 }}" in text and "&lt;i&gt;uma" in text
