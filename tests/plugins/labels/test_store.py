"""What analysts say: appended, never changed, by several at once, and the latest word counts."""

from datetime import date

import pytest
from pydantic import SecretStr

from squatwatch.errors import SquatwatchError
from squatwatch.labels.files import read_label_file
from squatwatch.labels.store import Label, label_store, read_labels
from squatwatch.lake.ids import detection_id


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request, settings):
    """With either database."""
    if request.param == "sqlite":
        return settings
    url = SecretStr(request.getfixturevalue("postgresql_url"))
    return settings.model_copy(update={"database_url": url})


def label(domain, verdict, brand="paypal", **more):
    return Label(detection_id(brand, domain), domain, brand, verdict, more.pop("user_name", "ana"), **more)


def test_nobody_judged_anything(settings):
    assert read_labels(settings).is_empty()


def test_the_latest_word_counts_and_the_earlier_ones_stay(settings):
    store = label_store(settings)
    store.add([label("paypal-login.com", "watch", score=0.9, run_date=date(2026, 11, 5), model_version="m1")])
    store.add([label("paypal-login.com", "squat", user_name="bo", note="a form"), label("paypal.shop", "own")])
    current = store.current()
    assert {each.domain: each.verdict for each in current.values()} == {
        "paypal-login.com": "squat",
        "paypal.shop": "own",
    }
    first, second = store.history(detection_id("paypal", "paypal-login.com"))
    assert (first.verdict, first.score, first.model_version) == ("watch", 0.9, "m1")
    assert (second.user_name, second.note) == ("bo", "a form") and second.labelled_at >= first.labelled_at
    assert read_labels(settings)["is_current"].to_list() == [False, True, True]


def test_what_was_taken_back_is_new_again(settings):
    store = label_store(settings)
    store.add([label("paypal-login.com", "squat")])
    store.add([label("paypal-login.com", None)])
    assert store.current() == {}
    assert read_labels(settings)["is_current"].to_list() == [False, False]


def test_labels_are_found_by_detection_however_many(settings):
    store = label_store(settings)
    store.add([label(f"paypal-{number}.com", "squat") for number in range(1200)])
    wanted = [detection_id("paypal", f"paypal-{number}.com") for number in range(0, 1200, 2)]
    assert store.current(wanted).keys() == set(wanted)
    assert store.current([]) == {}


def test_a_verdict_or_note_that_is_none_is_refused():
    with pytest.raises(SquatwatchError, match="'perhaps' is none of squat, not_squat, watch, own"):
        label("a.com", "perhaps")
    with pytest.raises(SquatwatchError, match="at most 2,000 characters"):
        label("a.com", "squat", note="x" * 2001)


def test_verdicts_made_elsewhere(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("domain,brand,verdict\nPayPal-Login.com,PayPal,Squat\nbücher.de,thalia,use\n", "utf-8")
    read = read_label_file(path, "ana")
    assert [(each.domain, each.brand, each.verdict, each.note) for each in read] == [
        ("paypal-login.com", "paypal", "squat", ""),
        ("xn--bcher-kva.de", "thalia", "not_squat", "use"),
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("a.com,paypal,perhaps", r"line 2: the verdict 'perhaps' is none of squat, not_squat, watch, own, use, other"),
        ("nonsense,paypal,squat", r"line 2: 'nonsense' is not a domain"),
        ("a.com,paypal", "line 2: the row ends before its verdict"),
    ],
)
def test_a_wrong_row_is_named(tmp_path, row, message):
    (tmp_path / "labels.csv").write_text(f"domain,brand,verdict\n{row}\n")
    with pytest.raises(SquatwatchError, match=message):
        read_label_file(tmp_path / "labels.csv", "ana")
