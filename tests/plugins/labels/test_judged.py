"""What the ranking of a date may know of what analysts said: nothing of that date or of a later one."""

from datetime import UTC, date, datetime

import pytest

from squatwatch.labels.judged import judged_before
from squatwatch.labels.label import Label
from squatwatch.labels.store import label_store
from squatwatch.lake.ids import detection_id

MONDAY, TUESDAY, WEDNESDAY = (date(2024, 6, day) for day in (3, 4, 5))


def label(domain, verdict, run_date=MONDAY, brand="paypal", **more):
    return Label(detection_id(brand, domain), domain, brand, verdict, "ana", run_date=run_date, **more)


@pytest.fixture
def judged(settings):
    """judged(labels, day, …) gives `{domain: is_squat}` after these labels were stored in their order."""

    def before(labels, day, brands=("paypal",), **more):
        if labels:
            label_store(settings).add(labels)
        rows = judged_before(settings, day, brands, **more)
        return dict(rows.select("domain", "is_squat").iter_rows())

    return before


@pytest.mark.parametrize(("day", "known"), [(MONDAY, {}), (TUESDAY, {"paypal-login.com": True})])
def test_a_label_counts_from_the_next_date_on(judged, day, known):
    assert judged([label("paypal-login.com", "squat")], day) == known


def test_a_label_from_a_file_counts_from_the_day_after_it_was_stored(judged):
    stored = datetime(2024, 6, 4, 23, 59, tzinfo=UTC)
    labels = [label("paypal-login.com", "squat", run_date=None, labelled_at=stored)]
    assert judged(labels, TUESDAY) == {}
    assert judged([], WEDNESDAY) == {"paypal-login.com": True}


@pytest.mark.parametrize(
    ("verdict", "known"),
    [("squat", {"a.com": True}), ("not_squat", {"a.com": False}), ("own", {"a.com": False}), ("watch", {})],
)
def test_what_is_decided_counts(judged, verdict, known):
    assert judged([label("a.com", verdict)], TUESDAY) == known


def test_of_several_labels_of_a_name_the_newest_counts_that_may_be_known(judged):
    """The name was listed on three dates, and judged on each."""
    labels = [label("a.com", "not_squat"), label("a.com", "squat", TUESDAY), label("a.com", "own", WEDNESDAY)]
    assert judged(labels, TUESDAY) == {"a.com": False}
    assert judged([], WEDNESDAY) == {"a.com": True}


def test_what_was_taken_back_does_not_count(judged):
    assert judged([label("a.com", "squat"), label("a.com", None)], TUESDAY) == {}


def test_of_a_brand_the_newest_names_are_enough(judged):
    labels = [label(f"{number}.com", "squat") for number in range(5)]
    assert judged([*labels, label("dhl.top", "squat", brand="dhl")], TUESDAY, most=2) == {"3.com": True, "4.com": True}


def test_other_brands_than_those_of_the_date_do_not_matter(judged):
    """Also those that have left the list; and a date may have more brands than a statement takes."""
    brands = ["paypal", *(f"brand{number}" for number in range(1200))]
    assert judged([label("a.com", "squat"), label("b.com", "squat", brand="gone")], TUESDAY, brands) == {"a.com": True}
