"""Characters counted of many labels at once, against each label by itself."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby
from math import log2

import numpy as np
import pytest

from squatwatch_ml.text.characters import count_characters

LABELS = ["paypal-login24", "", "aaa", "aa", "a", "--", "007", "xn", "日本日本", "👍👍", "bücher", "strrr"]


def longest(pattern: str, label: str) -> int:
    return max(map(len, re.findall(pattern, label)), default=0)


@pytest.mark.parametrize("at", range(len(LABELS)))
def test_a_label_is_counted_as_if_it_stood_alone(at):
    label, counted = LABELS[at], count_characters(LABELS)
    assert counted.length[at] == len(label)
    assert counted.vowel_count[at] == sum(character in "aeiou" for character in label)
    assert counted.digit_count[at] == sum(character in "0123456789" for character in label)
    assert counted.hyphen_count[at] == label.count("-")
    assert counted.longest_run[at] == max((len([*run]) for _, run in groupby(label)), default=0)
    assert counted.longest_consonant_run[at] == longest("[bcdfghj-np-tv-z]+", label)
    assert counted.longest_digit_run[at] == longest("[0-9]+", label)
    shares = [count / len(label) for count in Counter(label).values()]
    assert counted.entropy[at] == pytest.approx(-sum(share * log2(share) for share in shares))


def test_no_labels_are_empty_arrays():
    assert all(np.asarray(counts).shape == (0,) for counts in count_characters([]))
