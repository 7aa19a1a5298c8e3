"""Verdicts of analysts, as the warehouse shows them."""

import pytest

from squatwatch.errors import SquatwatchError
from squatwatch.labels import read_labels


def labels_file(settings, tmp_path, text):
    (tmp_path / "labels.csv").write_text(text, "utf-8")
    return settings.model_copy(update={"labels_file": tmp_path / "labels.csv"})


def test_no_file_no_labels(settings):
    assert read_labels(settings).is_empty()


def test_the_last_word_on_a_name_counts(settings, tmp_path):
    text = "domain,brand,verdict\nPayPal-Login.com,PayPal,other\nbücher.de,thalia,use\npaypal-login.com,paypal,Squat\n"
    assert read_labels(labels_file(settings, tmp_path, text)).rows() == [
        ("paypal-login.com", "paypal", "squat"),
        ("xn--bcher-kva.de", "thalia", "use"),
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a.com,paypal,perhaps", r"line 2: the verdict 'perhaps' is none of squat, use, other"),
        ("nonsense,paypal,squat", r"line 2: 'nonsense' is not a domain"),
        ("a.com,paypal", "line 2: the row ends before its verdict"),
    ],
)
def test_a_wrong_row_is_named(settings, tmp_path, row, message):
    with pytest.raises(SquatwatchError, match=message):
        read_labels(labels_file(settings, tmp_path, f"domain,brand,verdict\n{row}\n"))
