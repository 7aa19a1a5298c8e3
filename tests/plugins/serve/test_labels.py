"""What the pipeline has cut already is scored as it is: a label in the place of a name."""

from __future__ import annotations

import json

import pytest

from squatwatch.serve.http.answers import NotServed
from squatwatch.serve.http.bodies import read_body, write_body
from squatwatch.serve.inference.infer import ScoringRules, infer

KIND = "application/jsonlines"


class Rule:
    """.9 for a label that has the brand in it, else 0; it remembers what it was asked."""

    model_version, device = "rule-1", "cpu"

    def __init__(self):
        self.asked = []

    def base_threshold(self, brand):
        return 0.5

    def judge(self, labels, brands, floor, **options):
        self.asked = list(zip(labels, brands, strict=True))
        scores = [0.9 if brand in label else 0.0 for label, brand in self.asked]
        rows = [row for row, score in enumerate(scores) if score >= floor]
        return scores, rows, [("combo", "x", "y", [])] * len(rows), {"words": [1.25] * len(rows)}


def excuse(domain):
    return "on the allowlist" if domain == "paypal.com" else None


def answered(*lines: dict) -> tuple[Rule, list[dict]]:
    rule, body = Rule(), "".join(json.dumps(line) + "\n" for line in lines).encode()
    answers = infer(read_body(body, KIND, 10), rule, ScoringRules(["paypal"], None, {}, excuse, 0.1, 100))
    return rule, [json.loads(line) for line in write_body(answers, "rule-1", KIND).splitlines()]


def test_a_label_is_not_cut_and_is_of_no_domain():
    rule, answers = answered(
        {"label": "www.paypal com", "brand": "paypal"},
        {"name": "paypal.com", "brand": "paypal"},
        {"label": "grüße", "brand": "paypal"},
    )
    assert rule.asked == [("www.paypal com", "paypal"), ("paypal", "paypal"), ("grüße", "paypal")]
    assert [answer["name"] for answer in answers] == ["www.paypal com", "paypal.com", "grüße"]
    assert [answer.get("domain") for answer in answers] == [None, "paypal.com", None]
    assert [answer.get("allowlist_reason") for answer in answers] == [None, "on the allowlist", None]
    assert [answer["is_detection"] for answer in answers] == [True, False, False]


@pytest.mark.parametrize("line", [b'{"label": "a", "name": "a.com"}', b'{"label": 1}', b'{"label": "a", "x": "b"}'])
def test_what_is_neither_is_refused(line):
    with pytest.raises(NotServed, match="neither a name nor a name and a brand"):
        read_body(line, KIND, 10)
