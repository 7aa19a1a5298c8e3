"""Names that were registered together, as the warehouse tells of them over all dates."""

from __future__ import annotations

from datetime import date

import pytest

from squatwatch.labels.label import Label
from squatwatch.labels.store import label_store
from squatwatch.warehouse.connection import ask

MONDAY, TUESDAY = date(2024, 6, 3), date(2024, 6, 4)


def of_wave(domain, squat=0.9, **more):
    wave = {"wave_id": "paypal-1", "wave_size": 3, "note": "three names like this"}
    return {"domain": domain, "brand": "paypal", "squat": squat, "use": 0.0} | wave | more


@pytest.fixture(scope="module")
def published(new_dates, tmp_path_factory):
    """A wave of four names on two dates, of which a feed repeats one and one is lifted; and a loner.

    The one that is repeated is lifted on the second date, having been flagged on the first.
    """
    dates = new_dates(tmp_path_factory.mktemp("waves"))
    below = {"domain": "paypal-3.com", "brand": "paypal", "score": 0.3, "is_detection": False}
    flagged = [{"domain": f"paypal-{number}.com", "brand": "paypal", "technique": "combo"} for number in (1, 2)]
    dates.write_verdicts(MONDAY, [*flagged, below])
    again = {"domain": "paypal-2.com", "brand": "paypal", "score": 0.3, "is_detection": False}
    dates.write_verdicts(
        TUESDAY, [again, *({"domain": name, "brand": "paypal"} for name in ("paypal-4.com", "orchard.top"))]
    )
    dates.write_rankings(
        MONDAY, [of_wave("paypal-1.com"), of_wave("paypal-2.com"), of_wave("paypal-3.com", 0.95, is_lifted=True)]
    )
    alone = {"domain": "orchard.top", "brand": "paypal", "squat": 0.1, "use": 0.0}
    dates.write_rankings(TUESDAY, [of_wave("paypal-2.com", is_lifted=True), of_wave("paypal-4.com"), alone])
    said = [Label(f"paypal|paypal-{n}.com", f"paypal-{n}.com", "paypal", verdict, "ana", run_date=MONDAY)
            for n, verdict in ((1, "squat"), (2, "own"), (4, "watch"))]  # fmt: skip
    label_store(dates.settings).add(said)
    dates.publish()
    return dates.settings


def test_a_wave_is_one_row_with_what_its_names_show_together(published):
    names, rows = ask(published.home, "from waves")
    assert [dict(zip(names, row, strict=True)) for row in rows] == [
        {
            "wave_id": "paypal-1",
            "brand": "paypal",
            "first_run_date": MONDAY,
            "last_run_date": TUESDAY,
            "name_count": 4,
            "flagged_count": 3,
            "lifted_count": 1,
            "squat": 0.95,
            "example": "paypal-3.com",
            "technique": "combo",
            "squat_count": 1,
            "harmless_count": 1,
            "unjudged_count": 1,
        }
    ]


def test_the_queue_of_a_date_is_asked_for_in_one_question(published):
    sql = """
        select d.domain, r.squat, r.note from detections d left join rankings r using (run_date, detection_id)
        where d.run_date = ? and d.is_detection order by r.squat desc, d.domain"""
    together = "three names like this"
    assert ask(published.home, sql, [TUESDAY])[1] == [
        ("paypal-4.com", 0.9, together), ("orchard.top", 0.1, "")]  # fmt: skip
