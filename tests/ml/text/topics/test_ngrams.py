"""n-grams counted of many labels at once, against each label by itself."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from squatwatch_ml.text.topics import ngrams
from squatwatch_ml.text.topics.ngrams import NgramWeights, count_ngrams

# millionths: of `at` and `tat` repeated n-grams weigh more than others, of é one is known
WEIGHTS = NgramWeights(
    ngrams=["at", "ta", "tat", "pay", "pé", "a-", "--"],
    is_top=np.array([True, False, True, False, True, False, False]),
    idf=np.array([2_500_001, 3_000_000, 4_000_000, 5_250_000, 1_000_003, 1_500_000, 1]),
    log2_probability=np.array([-4_000_000, -5_500_000, 0, 0, -6_000_001, -7_000_000, -3]),
    unseen_idf=5_100_007,
    unseen_log2_probability=-12_345_679,
)
LABELS = [
    "", "a", "👍", "at", "tat", "tatat", "tatatatata", "paypay", "pay-pay", "a--a--a", "yyyyy", "007007",
    "pépépé", "pe\u0301pe\u0301", "👍👍👍", "👍a👍a👍", "日本日本日本", "𐐨𐐨", "\U0010ffff\U0010ffff\U0010ffff",
    "a\n\nb\n\nb", "\0\0\0", "a" * 63, "at" * 31 + "a", "abc" * 21,
]  # fmt: skip


def expected(label: str) -> dict[str, float]:
    """What is counted of a label, one n-gram after the other."""
    pairs, triples = (Counter(label[at : at + size] for at in range(len(label) - size + 1)) for size in (2, 3))
    known = {ngram: at for at, ngram in enumerate(WEIGHTS.ngrams)}
    idf = {ngram: WEIGHTS.idf[known[ngram]] if ngram in known else WEIGHTS.unseen_idf for ngram in pairs + triples}
    log2 = {
        pair: WEIGHTS.log2_probability[known[pair]] if pair in known else WEIGHTS.unseen_log2_probability
        for pair in pairs
    }
    both = pairs + triples
    return {
        "bigram_count": pairs.total(),
        "distinct_bigram_count": len(pairs),
        "bigram_log2_sum": sum(count * log2[pair] for pair, count in pairs.items()) / 1e6,
        "ngram_count": both.total(),
        "top_ngram_count": sum(
            count for ngram, count in both.items() if ngram in known and WEIGHTS.is_top[known[ngram]]
        ),
        "unseen_ngram_count": sum(count for ngram, count in both.items() if ngram not in known),
        "tfidf_sum": sum(count * idf[ngram] for ngram, count in both.items()) / 1e6,
        "tfidf_max": max((count * idf[ngram] for ngram, count in both.items()), default=0) / 1e6,
    }


def counted(labels: list[str]) -> list[dict[str, float]]:
    columns = count_ngrams(labels, WEIGHTS)._asdict()
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


@pytest.mark.parametrize("label", LABELS, ids=ascii)
def test_a_label_is_counted_as_if_it_stood_alone(label):
    assert counted(LABELS)[LABELS.index(label)] == counted([label])[0] == expected(label)


@pytest.mark.parametrize("size", [1, 2, 5, len(LABELS)])
def test_labels_are_the_same_in_chunks_of_any_size(monkeypatch, size):
    whole = counted(LABELS)
    monkeypatch.setattr(ngrams, "CHUNK", size)
    assert counted(LABELS) == whole


def test_any_characters_give_what_counting_one_by_one_gives():
    numbers = np.random.default_rng(7)
    alphabet = [*"atpy-é", "👍", "𠀀", "\u200d"]
    labels = ["".join(numbers.choice(alphabet, numbers.integers(1, 30))) for _ in range(2_000)]
    assert counted(labels) == [expected(label) for label in labels]


def test_no_labels_are_empty_arrays():
    assert all(values.shape == (0,) for values in count_ngrams([], WEIGHTS))


def test_without_known_ngrams_all_are_unseen():
    weights = NgramWeights([], np.zeros(0, bool), np.zeros(0, np.int64), np.zeros(0, np.int64), 2_000_000, -9_000_000)
    counts = count_ngrams(["abab"], weights)
    assert (counts.ngram_count, counts.unseen_ngram_count, counts.tfidf_max) == (5, 5, 4.0)
