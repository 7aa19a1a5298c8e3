"""A sink that has waves together: one alert a wave and date, no name twice and none lost, each followed by itself."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from making_alerts import alert, queue, sink_of, states
from receiver import Response

from squatwatch.alerts.deliver import deliver
from squatwatch.alerts.leases import sink_leases
from squatwatch.alerts.outbox import outbox
from squatwatch.alerts.run import alerts_to_queue, queue_and_deliver
from squatwatch.alerts.sinks import read_sinks
from squatwatch.labels.label import Label
from squatwatch.labels.store import label_store

DAY = date(2026, 11, 7)
TOMORROW = DAY + timedelta(days=1)
# domain, score, squat, wave
FIRST, SECOND, THIRD = ("paypal-pay-2.com", 0.9, 0.99, "w1"), ("paypal-pay-1.com", 0.99, 0.9, "w1"), \
    ("paypal-pay-3.com", 0.95, 0.8, "w1")  # fmt: skip
LONER = ("paypal-login.net", 0.97, 0.95, None)
OTHER = ("paypal-shop-1.top", 0.8, 0.7, "w2")
BELOW = ("paypal-pay-4.com", 0.3, 0.85, "w1")


@pytest.fixture
def world(dates, with_sinks, tmp_path):
    """A world with a sink for waves and one for names; `write` writes a ranked date and publishes it."""
    return World(dates, with_sinks, tmp_path)


class World:
    def __init__(self, dates, with_sinks, folder):
        self.dates, self.folder = dates, folder
        own = {"transport": "file"}
        sinks = {"waves": own | {"path": str(folder / "waves"), "waves": "together"}}
        sinks |= {"names": own | {"path": str(folder / "names")}}
        self.settings = with_sinks({"home": dates.settings.home}, **sinks)
        self.seen: set[str] = set()

    def write(self, run_date, *names):
        rows = [
            {"domain": name, "brand": "paypal", "score": score, "is_detection": score >= 0.5}
            for name, score, *_ in names
        ]
        self.dates.write_verdicts(run_date, rows)
        size = [wave for *_, wave in names].count("w1")
        self.dates.write_rankings(
            run_date,
            [
                {"domain": name, "brand": "paypal", "squat": squat, "use": 0.0, "wave_id": wave}
                | {"wave_size": size if wave == "w1" else 1, "is_lifted": score < 0.5}
                for name, score, squat, wave in names
            ],
        )
        self.dates.publish()

    def tell(self, run_date=None):
        """Alerts that `waves` is sent now: (action, names), in the order in which it was queued."""
        queue_and_deliver(self.settings, run_date, say=lambda line: None)
        return [(each["event"]["action"], *each["related"]["hosts"]) for each in self.documents()]

    def documents(self, sink="waves"):
        """The documents that are new since the last time."""
        found = [
            json.loads(line)
            for path in sorted((self.folder / sink).glob("*"))
            for line in path.read_text().splitlines()
        ]
        new = [each for each in found if (sink, each["labels"]["alert_id"]) not in self.seen]
        self.seen |= {(sink, each["labels"]["alert_id"]) for each in new}
        return new

    def judge(self, verdict, name):
        label = Label(f"paypal|{name[0]}", name[0], "paypal", verdict, "ana", run_date=DAY)
        label_store(self.settings).add([label])


def test_a_wave_of_a_date_is_one_alert_of_its_first_name_and_other_sinks_get_each_name(world):
    world.write(DAY, SECOND, LONER, THIRD, BELOW, FIRST, OTHER)
    queue_and_deliver(world.settings, DAY, say=lambda line: None)
    wave, loner, other = world.documents()
    assert wave["related"]["hosts"] == [FIRST[0], SECOND[0], THIRD[0]] and wave["url"]["domain"] == FIRST[0]
    told = {"wave_id": "w1", "wave_size": "4", "wave_told": "3"}  # one of the four is below its threshold, and lifted
    assert wave["labels"].items() >= told.items()
    assert loner["related"]["hosts"] == [LONER[0]] and other["related"]["hosts"] == [OTHER[0]]
    assert "wave_told" not in other["labels"] and other["event"]["id"] == f"paypal|{OTHER[0]}"
    apart = world.documents("names")
    assert sorted(each["url"]["domain"] for each in apart) == sorted(
        name for name, *_ in (FIRST, SECOND, THIRD, LONER, OTHER)
    )
    assert all(each["related"]["hosts"] == [each["url"]["domain"]] for each in apart)


def test_names_that_come_in_another_order_are_told_alike(new_dates, with_sinks, tmp_path):
    def told(name, *names):
        world = World(new_dates(tmp_path / name / "data"), with_sinks, tmp_path / name)
        world.write(DAY, *names)
        return world.tell(DAY)

    names = (SECOND, LONER, THIRD, FIRST, OTHER)
    assert told("forwards", *names) == told("backwards", *reversed(names))


def test_a_wave_that_was_told_is_not_told_again_and_who_joins_it_is_told_alone(world):
    world.write(DAY, FIRST, SECOND)
    assert world.tell(DAY) == [("new", FIRST[0], SECOND[0])]
    assert world.tell(DAY) == [] and world.tell() == []
    world.write(DAY, FIRST, SECOND, THIRD)
    assert world.tell(DAY) == [("new", THIRD[0])]
    assert world.tell(DAY) == []


def test_a_wave_that_goes_on_tomorrow_is_one_alert_of_its_new_names(world):
    world.write(DAY, FIRST, SECOND)
    world.tell(DAY)
    world.write(TOMORROW, FIRST, THIRD, ("paypal-pay-5.com", 0.9, 0.9, "w1"))
    assert world.tell(TOMORROW) == [("new", "paypal-pay-5.com", THIRD[0])]
    assert world.tell(TOMORROW) == [] and world.tell(DAY) == []


def test_two_dates_of_a_wave_that_are_told_at_once_are_two_alerts(world):
    """A backfill may come while the sink is down."""
    world.write(DAY, FIRST, SECOND)
    world.write(TOMORROW, THIRD, OTHER)
    for day in (DAY, TOMORROW):
        outbox(world.settings).queue(alerts_to_queue(world.settings, read_sinks(world.settings), day))
    assert sorted(world.tell()) == [("new", FIRST[0], SECOND[0]), ("new", THIRD[0]), ("new", OTHER[0])]


def test_each_name_of_a_wave_is_revoked_and_told_again_by_itself(world):
    world.write(DAY, FIRST, SECOND, THIRD)
    world.tell(DAY)
    world.judge("not_squat", SECOND)
    world.judge("own", FIRST)
    assert sorted(world.tell()) == [("revoked", SECOND[0]), ("revoked", FIRST[0])]
    world.judge(None, SECOND)
    assert world.tell() == [("changed", SECOND[0])] and world.tell() == []


def test_a_name_that_was_judged_no_squat_before_is_left_out_of_its_wave(world):
    world.write(DAY, FIRST, SECOND, THIRD)
    world.judge("not_squat", FIRST)
    assert world.tell(DAY) == [("new", SECOND[0], THIRD[0])]


def test_the_table_says_by_which_alert_each_name_was_told(world):
    world.write(DAY, FIRST, SECOND, LONER)
    queue_and_deliver(world.settings, DAY, say=lambda line: None)
    table = outbox(world.settings).table().filter(sink="waves")
    told = dict(table.select("domain", "alert_id").iter_rows())
    wave, loner = (each["labels"]["alert_id"] for each in world.documents())
    assert told == {FIRST[0]: wave, SECOND[0]: wave, LONER[0]: loner}
    assert table["payload_sha256"].n_unique() == 2 and set(table["state"]) == {"sent"}


# --- on the way -------------------------------------------------------------------------------------------------------
@pytest.fixture
def hook(with_sinks, connect, receiver):
    """hook(batch) gives settings with a webhook that has waves together. All names of `making_alerts` are one wave."""
    connect(receiver)
    return lambda batch=100: with_sinks(
        siem={"transport": "webhook", "connection": "siem", "waves": "together", "batch": batch}
    )


def send(settings):
    return deliver(settings, sink_of(settings), lambda line: None)


def told(receiver):
    return [document["related"]["hosts"] for request in receiver.took for document in request.json()]


def domains(*numbers):
    return [f"paypal-login{number}.com" for number in numbers]


def test_a_wave_is_not_cut_where_a_batch_ends(hook, receiver):
    settings = hook(batch=2)
    alone = [("siem", alert(number, wave_id=None)) for number in (7, 8)]
    wave = [("siem", alert(number)) for number in range(7)]
    outbox(settings).queue([alone[0], *wave, alone[1]])
    assert send(settings).sent == 9 and states(settings) == {"sent": 9}
    assert [len(request.json()) for request in receiver.took] == [2, 1]
    assert told(receiver) == [domains(7), domains(*range(7)), domains(8)]


def test_nor_where_the_rows_end_that_were_read_for_it(hook, receiver):
    settings = hook(batch=2)
    waves = [[("siem", alert(number, wave_id=wave)) for number in numbers]
             for wave, numbers in (("a", range(60)), ("b", range(60, 140)))]  # fmt: skip
    outbox(settings).queue([*waves[0], *waves[1]])
    assert send(settings).sent == 140
    assert told(receiver) == [domains(*range(60)), domains(*range(60, 140))]


@pytest.mark.parametrize("batch", [1, 100])
def test_a_wave_of_more_than_a_hundred_names_is_told_in_several_alerts_and_every_name_once(hook, receiver, batch):
    settings = hook(batch)
    queue(settings, 250)
    assert send(settings).sent == 250
    assert [len(names) for names in told(receiver)] == [100, 100, 50]
    assert [name for names in told(receiver) for name in names] == domains(*range(250))


def test_a_wave_that_is_sent_again_is_the_same_and_who_joined_it_meanwhile_is_told_after_it(hook, receiver):
    settings = hook()
    queue(settings, 3)
    receiver.answer = lambda request: Response(500)
    send(settings)
    queue(settings, 5)
    receiver.answer = lambda request: Response()
    sink_leases(settings).record_success("siem")  # the time has come
    assert send(settings).sent == 5
    assert receiver.got[0].body == receiver.got[1].body
    assert told(receiver) == [domains(0, 1, 2), domains(3, 4)]


def test_a_wave_that_is_rejected_or_given_up_is_so_whole_and_is_told_whole_when_it_is_retried(hook, receiver):
    settings = hook()
    outbox(settings).queue([("siem", alert(9, wave_id=None))])
    queue(settings, 3)
    receiver.answer = lambda request: Response(400 if b"paypal-login1.com" in request.body else 200)
    assert (send(settings).rejected, states(settings)) == (3, {"sent": 1, "rejected": 3})
    outbox(settings).retry("siem")
    outbox(settings).give_up("siem", datetime.now(UTC) + timedelta(days=1))
    assert states(settings) == {"sent": 1, "failed": 3}
    outbox(settings).retry("siem")
    receiver.answer = lambda request: Response()
    assert send(settings).sent == 3 and told(receiver) == [domains(9), domains(0, 1, 2)]


def test_a_name_that_may_not_be_sent_takes_no_other_with_it(hook, receiver):
    settings = hook()
    outbox(settings).queue([("siem", alert(1)), ("siem", alert(2, domain="a'b.com")), ("siem", alert(3))])
    assert (send(settings).sent, states(settings)) == (2, {"sent": 2, "rejected": 1})
    assert told(receiver) == [domains(1, 3)]


def test_what_waits_is_told_as_the_sink_wants_it_when_it_is_sent(hook, receiver, with_sinks):
    queue(hook(), 2)
    apart = with_sinks(siem={"transport": "webhook", "connection": "siem"})
    assert send(apart).sent == 2 and told(receiver) == [domains(0), domains(1)]


def test_what_would_be_sent_is_printed_as_one(hook):
    (line,) = sink_of(hook()).preview([alert(0), alert(1)]).splitlines()
    assert json.loads(line)["related"]["hosts"] == domains(0, 1)
