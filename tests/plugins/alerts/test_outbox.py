"""The outbox: each detection once per sink, in SQLite and in PostgreSQL, whoever queues at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from making_alerts import alert, queue

from squatwatch.alerts.leases import LostLease, sink_leases
from squatwatch.alerts.outbox import outbox, read_alerts
from squatwatch.settings import read_settings


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request, tmp_path):
    url = request.getfixturevalue("postgresql_url") if request.param == "postgresql" else None
    return read_settings(home=tmp_path / "data", database_url=url)


def test_a_detection_is_queued_once_for_each_sink(settings):
    assert queue(settings, 3) == 3 and queue(settings, 3) == 0 and queue(settings, 3, "other") == 3
    assert outbox(settings).known_detections("siem") == {alert(n).detection_id for n in range(3)}
    assert outbox(settings).counts()["siem"] == {"waiting": 3, "sent": 0, "rejected": 0, "failed": 0}


def test_two_that_queue_at_once_make_one_row(settings):
    queue(settings, 1)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: queue(settings, 50), range(4)))
    assert sum(made) == 49 and outbox(settings).counts()["siem"]["waiting"] == 50


def test_rows_keep_their_batch_until_they_are_sent(settings):
    """A process that was killed is followed by one that sends the very same batch."""
    queue(settings, 5)
    kept = outbox(settings)
    first = kept.next_batch("siem", 3)
    queue(settings, 7)
    again = kept.next_batch("siem", 3)
    assert (again.name, again.rows) == (first.name, first.rows) and len(first.rows) == 3
    kept.count_attempt(first.rows)
    kept.mark_sent(first.rows, 200, {row.id: "0" * 64 for row in first.rows})
    rest = kept.next_batch("siem", 100)
    assert rest.name != first.name and len(rest.rows) == 4


def test_what_a_later_word_has_overtaken_is_not_tried_again(settings):
    kept = outbox(settings)
    kept.queue([("siem", alert(1)), ("siem", alert(2))])
    batch = kept.next_batch("siem", 2)
    kept.mark_rejected(batch.rows, 400, "no")
    later = replace(alert(1), action="revoked", sequence=2)
    kept.queue([("siem", later)])
    said = kept.next_batch("siem", 9).rows
    kept.mark_sent(said, 200, {row.id: "0" * 64 for row in said})
    assert kept.retry("siem") == 1 and [each.domain for each in kept.waiting("siem")] == ["paypal-login2.com"]


def test_the_table_of_the_warehouse(settings):
    queue(settings, 2)
    kept = outbox(settings)
    batch = kept.next_batch("siem", 1)
    kept.count_attempt(batch.rows)
    kept.mark_sent(batch.rows, 202, {batch.rows[0].id: "a" * 64})
    sent, waiting = read_alerts(settings).iter_rows(named=True)
    assert (sent["state"], sent["attempts"], sent["status_code"]) == ("sent", 1, 202) and sent["sent_at"].tzinfo
    assert (waiting["state"], waiting["attempts"], waiting["sent_at"]) == ("waiting", 0, None)
    assert sent["alert_id"] == alert(0).alert_id


def test_an_empty_data_root_stays_empty(tmp_path):
    settings = read_settings(home=tmp_path / "data")
    assert read_alerts(settings).height == 0 and not settings.home.exists()


def test_one_process_at_a_time_holds_a_sink(settings, monkeypatch):
    sinks = sink_leases(settings)
    with sinks.lease("siem") as owner, sinks.lease("siem") as other, sinks.lease("another") as elsewhere:
        assert owner and elsewhere and other is None
        sinks.renew("siem", owner)
        monkeypatch.setattr("squatwatch.alerts.leases._now", lambda: datetime.now(UTC) + timedelta(hours=1))
        with sinks.lease("siem") as heir:  # the first was killed, as far as anybody knows
            assert heir
            with pytest.raises(LostLease):
                sinks.renew("siem", owner)
    with sinks.lease("siem") as owner:
        assert owner
