"""Bodies: what a request asks about, and what is wrong with it."""

from __future__ import annotations

import json

import pytest

from squatwatch.serve.http.answers import NotServed
from squatwatch.serve.http.bodies import answer_type, read_body, write_body
from squatwatch.serve.inference.answered import Answered
from squatwatch.serve.inference.asked import Asked

ONE, PAIR = [Asked("a.com")], [Asked("a.com", "paypal")]
READ = [
    ("text/csv", b"a.com\n", ONE),
    ("text/csv; charset=utf-8", b"\xef\xbb\xbfa.com,paypal\r\n\r\n", PAIR),
    ("TEXT/CSV", b'"a.com"," paypal "', PAIR),
    ("text/csv", b"a.com,\nb.com,dhl", [Asked("a.com"), Asked("b.com", "dhl")]),
    ("application/json", b'{"names": ["a.com"]}', ONE),
    ("application/json", b'{"pairs": [["a.com", "paypal"]]}', PAIR),
    ("application/json", b'{"instances": [{"name": "a.com", "brand": "paypal"}]}', PAIR),
    ("application/jsonlines", b'{"name": "a.com"}\n\n', ONE),
    ("application/jsonlines", b'{"name": "a.com", "brand": null}', ONE),
    ("application/jsonlines", b'{"name": "a.com", "brand": "paypal"}', PAIR),
]


@pytest.mark.parametrize(("content_type", "body", "asked"), READ)
def test_names_and_pairs_are_read(content_type, body, asked):
    assert read_body(body, content_type, 10) == asked


WRONG = [
    ("text/html", b"a.com", 415, "'text/html' is none of: application/json, application/jsonlines, text/csv"),
    ("", b"a.com", 415, "is none of"),
    ("text/csv", b"a.com\n\xff", 400, "no UTF-8, from byte 6 on"),
    ("text/csv", b"a.com,b,c", 400, "line 1 has 3 cells"),
    ("text/csv", b'a.com\n"b', 400, "line 2 is no CSV"),
    ("text/csv", b"", 400, "has no names"),
    ("text/csv", b" \n\n", 400, "has no names"),
    ("text/csv", b"a.com\n" * 11, 413, "more than 10 names"),
    ("text/csv", b"a" * 1001, 400, "more than 1000 characters"),
    ("text/csv", b"a.com," + b"a" * 101, 400, "a brand more than 100"),
    ("application/json", b"{", 400, "the body is no JSON"),
    ("application/json", b"[" * 100_000, 400, "the body is no JSON"),
    ("application/json", b'["a.com"]', 400, "the body is none of"),
    ("application/json", b'{"names": "a.com"}', 400, "the body is none of"),
    ("application/json", b'{"names": []}', 400, "has no names"),
    ("application/json", b'{"names": [1]}', 400, r"names\[0\] is neither"),
    ("application/json", b'{"names": ["a.com", null]}', 400, r"names\[1\] is neither"),
    ("application/json", b'{"pairs": [["a.com", "b", "c"]]}', 400, r"pairs\[0\] is neither"),
    ("application/json", json.dumps({"names": ["a.com"] * 11}).encode(), 413, "more than 10 names"),
    ("application/json", b'{"names": ["\\ud800.com"]}', 400, "half a character"),
    ("application/jsonlines", b'{"name": "a.com", "mode": 1}', 400, "line 1 is neither"),
    ("application/jsonlines", b'{"name": "a.com"}\nb', 400, "line 2 is no JSON"),
    ("application/jsonlines", b'{"name": "a.com"}\n' * 11, 413, "more than 10 names"),
]


@pytest.mark.parametrize(("content_type", "body", "status", "why"), WRONG)
def test_what_cannot_be_read_is_refused_in_words(content_type, body, status, why):
    with pytest.raises(NotServed, match=why) as refused:
        read_body(body, content_type, 10)
    assert refused.value.status == status


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "text/csv"),
        ("*/*", "text/csv"),
        ("application/json", "application/json"),
        ("text/html, application/jsonlines;q=0.5", "application/jsonlines"),
        ("text/html, */*", "text/csv"),
    ],
)
def test_the_answer_is_of_the_type_that_is_accepted_else_of_the_request_s(accept, kind):
    assert answer_type(accept, "text/csv; charset=utf-8") == kind


def test_a_type_that_nobody_writes_is_refused():
    with pytest.raises(NotServed, match="text/html") as refused:
        answer_type("text/html", "text/csv")
    assert refused.value.status == 406


ROWS = [
    Answered("a.com", "a.com", "paypal", 0.5, 0.25, True, "combo", "pay,pal", "`pay` plus", ["p"], {"words": 1.0}),
    Answered("www.a.com", error="subdomain"),
]


def test_answers_are_written():
    assert write_body(ROWS, "v", "text/csv").decode() == (
        'a.com,a.com,paypal,0.5,0.25,True,combo,"pay,pal",`pay` plus,,\nwww.a.com,,,,,,,,,,subdomain\n'
    )
    document = json.loads(write_body(ROWS, "v", "application/json"))
    assert document["model_version"] == "v"
    assert document["predictions"][0]["components"] == {"words": 1.0}
    assert document["predictions"][1] == {"name": "www.a.com", "error": "subdomain"}
    lines = write_body(ROWS, "v", "application/jsonlines").decode().splitlines()
    assert [json.loads(line) for line in lines] == [each | {"model_version": "v"} for each in document["predictions"]]
