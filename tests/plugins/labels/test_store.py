"""What analysts say: appended, never changed, by several at once, and the latest word counts."""

from datetime import date

import pytest
from pydantic import SecretStr

from squatwatch.errors import SquatwatchError
from squatwatch.labels.label import Label
from squatwatch.labels.store import label_store, read_labels
from squatwatch.labels.verdicts import Verdict
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


def test_only_one_of_two_who_saw_the_same_is_written(settings):
    """Each has seen that nobody judged it; whoever comes second is told what the first has said."""
    from concurrent.futures import ThreadPoolExecutor

    from squatwatch.labels.colleagues import JudgedMeanwhile, add_as_seen

    store = label_store(settings)

    def judge(user_name):
        try:
            add_as_seen(store, [label("paypal-login.com", "squat", user_name=user_name)], {}, user_name)
        except JudgedMeanwhile as meanwhile:
            return meanwhile.labels[0].user_name

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(judge, [f"user{n}" for n in range(8)]))
    [written] = store.history(detection_id("paypal", "paypal-login.com"))
    assert answers.count(None) == 1 and answers.count(written.user_name) == 7


@pytest.mark.parametrize("verdict", Verdict)
def test_the_table_says_what_a_verdict_says_of_the_name(settings, verdict):
    label_store(settings).add([label("paypal-login.com", verdict)])
    assert read_labels(settings)["is_squat"].to_list() == [verdict.is_squat]
