"""What a sink is told of a published day, and of what becomes of it later; and how `squatwatch alerts` says so."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest
from receiver import Response

from squatwatch.alerts.outbox import outbox
from squatwatch.alerts.run import queue_and_deliver
from squatwatch.enrichment.lookup import Dns, Lookup, Rdap
from squatwatch.enrichment.store import enrichment_store
from squatwatch.errors import SquatwatchError
from squatwatch.labels.label import Label
from squatwatch.labels.store import label_store

DAY = date(2026, 11, 7)
NAMES = ("paypal-login.com", "paypal-vip.top", "paypal-secure.net")


@pytest.fixture(scope="module")
def day(new_dates, tmp_path_factory):
    """A data root with a day of three detections of paypal, and the next day with two of them again and a new one."""
    dates = new_dates(tmp_path_factory.mktemp("alerts") / "data")
    dates.write(DAY, *NAMES)
    dates.write(DAY + timedelta(days=1), *NAMES[:2], "paypal-konto.de")
    dates.publish()
    return dates.settings.home


@pytest.fixture
def others(day, tmp_path):
    """The published days, with a database and an allowlist of the test's own."""
    (tmp_path / "allowlist.csv").write_text("domain,reason,expires_on\n")
    own = {"database_url": f"sqlite:///{tmp_path}/squatwatch.db", "allowlist_file": tmp_path / "allowlist.csv"}
    return {"home": day} | own


@pytest.fixture
def settings(others, with_sinks, tmp_path):
    """With a sink for everything and one for amazon alone."""
    return with_sinks(others, all=files(tmp_path), amazon=files(tmp_path, "amazon", brands=["amazon"]))


def files(tmp_path, name="all", **more):
    return {"transport": "file", "path": str(tmp_path / name), **more}


def tell(settings, run_date=None):
    """What the sink `all` is sent now: (action, domain, cause)."""
    before = len(documents(settings))
    queue_and_deliver(settings, run_date, say=lambda line: None)
    new = documents(settings)[before:]
    return [(each["event"]["action"], each["url"]["domain"], each["labels"].get("cause", "")) for each in new]


def documents(settings):
    """What the folder of the sink `all` holds, in the order in which it was queued."""
    found = {}
    for file in (settings.alerts_file.parent / "all").glob("*"):
        for document in map(json.loads, file.read_text().splitlines()):
            assert document["labels"]["alert_id"] not in found, "told twice"
            found[document["labels"]["alert_id"]] = document
    told = outbox(settings).table().filter(sink="all", state="sent")
    return [found[alert_id] for alert_id in told["alert_id"]]


def judge(settings, verdict, domain=NAMES[0], note=""):
    label = Label(f"paypal|{domain}", domain, "paypal", verdict, "ana", note=note, run_date=DAY)
    label_store(settings).add([label])


def look_up(settings, state, mx=()):
    dns = Dns(state, mx=mx, a=("192.0.2.1",) * (state == "resolves"))
    enrichment_store(settings).add([Lookup(NAMES[0], datetime.now(UTC), dns, Rdap("unknown"))])


def test_an_alert_says_what_the_ranker_made_of_the_name_where_the_date_was_ranked(with_sinks, new_dates, tmp_path):
    dates = new_dates(tmp_path / "data")
    dates.write(DAY, *NAMES[:2])
    wave = {"wave_id": "w1", "wave_size": 14}
    dates.write_rankings(DAY, [{"domain": NAMES[0], "brand": "paypal", "squat": 0.9, "use": 0.04} | wave])
    dates.publish()
    settings = with_sinks(all=files(tmp_path))
    tell(settings, DAY)
    labels = {each["url"]["domain"]: each["labels"] for each in documents(settings)}
    ranked = {"squat": "0.90000", "use": "0.04000", "other": "0.06000", "wave_id": "w1", "wave_size": "14"}
    assert labels[NAMES[0]].items() >= ranked.items()
    assert not labels[NAMES[1]].keys() & ranked.keys()


def test_a_sink_is_spared_what_the_queue_folds_if_it_asks_for_that(with_sinks, new_dates, tmp_path):
    dates = new_dates(tmp_path / "data")
    dates.write(DAY, *NAMES)
    ranked = {"brand": "paypal", "squat": 0.1, "use": 0.1}
    dates.write_rankings(
        DAY,
        [ranked | {"domain": name, "taken_for": kind} for name, kind in zip(NAMES, ("squat", "other"), strict=False)],
    )
    dates.publish()
    settings = with_sinks(all=files(tmp_path, taken_for="squat"), amazon=files(tmp_path, "everything"))
    assert sorted(tell(settings, DAY)) == [("new", NAMES[0], ""), ("new", NAMES[2], "")]  # the third is not ranked
    assert len(outbox(settings).table().filter(sink="amazon")) == 3
    judge(settings, "not_squat", NAMES[1])
    judge(settings, "not_squat", NAMES[0])
    assert [told[:2] for told in tell(settings)] == [("revoked", NAMES[0])]


@pytest.mark.parametrize("columns", ["", "run_date, detection_id, domain, brand, score as priority"])
def test_the_alerts_of_a_warehouse_of_an_earlier_release_are_sent(with_sinks, new_dates, tmp_path, columns):
    dates = new_dates(tmp_path / "data")
    dates.write(DAY, NAMES[0])
    dates.publish()
    with duckdb.connect(dates.settings.home / "warehouse.duckdb") as warehouse:
        warehouse.execute("drop view waves")
        warehouse.execute("drop view rankings")
        if columns:  # it had rankings, which did not say yet what a name is taken for
            warehouse.execute(f"create view rankings as select {columns} from detections")
    assert tell(with_sinks(all=files(tmp_path, taken_for="squat")), DAY) == [("new", NAMES[0], "")]


def test_what_a_sink_was_spared_is_told_once_a_later_ranking_takes_it_for_a_squat(with_sinks, new_dates, tmp_path):
    dates = new_dates(tmp_path / "data")
    dates.write(DAY, *NAMES[:2])
    settings = with_sinks(all=files(tmp_path, taken_for="squat", waves="together"))

    def rank(*kinds):
        ranked = {"brand": "paypal", "squat": 0.5, "use": 0.2, "wave_id": "w1", "wave_size": 2}
        rows = [ranked | {"domain": name, "taken_for": kind} for name, kind in zip(NAMES, kinds, strict=False)]
        dates.write_rankings(DAY, rows)
        dates.publish()
        return tell(settings, DAY)

    assert rank("squat", "other") == [("new", NAMES[0], "")]
    assert rank("use", "squat") == [("new", NAMES[1], "")]  # what it knows stays as it is
    assert rank("squat", "squat") == []


def test_a_day_is_told_once_and_a_name_once_over_all_days(settings):
    assert sorted(tell(settings, DAY)) == [("new", name, "") for name in sorted(NAMES)]
    assert tell(settings, DAY) == [] and tell(settings) == []
    assert tell(settings, DAY + timedelta(days=1)) == [("new", "paypal-konto.de", "")]
    assert not (settings.alerts_file.parent / "amazon").exists()


def test_a_date_that_is_not_published_is_named(settings):
    with pytest.raises(SquatwatchError, match="2026-10-01 is not published; run: squatwatch run --date 2026-10-01"):
        tell(settings, date(2026, 10, 1))


def test_what_was_judged_before_it_was_told_is_not_told(settings):
    judge(settings, "not_squat")
    judge(settings, "own", NAMES[1])
    assert tell(settings, DAY) == [("new", NAMES[2], "")]


@pytest.mark.parametrize(
    "verdict, cause",
    [
        ("not_squat", "judged not a squat by ana: a fan"),
        ("own", "judged own by ana: a fan"),
    ],
)
def test_what_is_judged_no_squat_is_revoked_and_what_is_taken_back_told_again(settings, verdict, cause):
    tell(settings, DAY)
    judge(settings, "watch")
    assert tell(settings) == []
    judge(settings, verdict, note="a fan")
    assert tell(settings) == [("revoked", NAMES[0], cause)]
    assert tell(settings) == [] and tell(settings, DAY) == []
    judge(settings, None)
    assert tell(settings) == [("changed", NAMES[0], "what was said against it was taken back")]
    judge(settings, verdict)
    assert [action for action, *_ in tell(settings)] == ["revoked"]
    assert [each["event"]["sequence"] for each in documents(settings) if each["url"]["domain"] == NAMES[0]] == [
        1,
        2,
        3,
        4,
    ]


def test_what_is_allowlisted_is_revoked_until_the_entry_expires(settings):
    tell(settings, DAY)
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    settings.allowlist_file.write_text(
        f"domain,reason,expires_on\n{NAMES[0]},a partner,\n{NAMES[1]},was one,{yesterday}\n"
    )
    assert tell(settings) == [("revoked", NAMES[0], "allowlisted: a partner")]


def test_a_name_that_wakes_up_is_changed_once(settings):
    look_up(settings, "no_records")
    tell(settings, DAY)
    look_up(settings, "unknown")
    assert tell(settings) == []
    look_up(settings, "resolves", mx=("mail.example.net",))
    assert tell(settings) == [("changed", NAMES[0], "it has started to resolve; it has gained a mail server")]
    assert documents(settings)[-1]["dns"]["resolved_ip"] == ["192.0.2.1"]
    assert tell(settings) == []


def test_a_word_that_the_sink_rejects_is_said_once(others, with_sinks, connect, receiver):
    """Not every ten minutes anew, under the next number."""
    connect(receiver)
    settings = with_sinks(others, all={"transport": "webhook", "connection": "siem"})
    receiver.answer = lambda request: Response(400 if b"revoked" in request.body else 200)
    queue_and_deliver(settings, DAY, say=lambda line: None)
    judge(settings, "not_squat")
    for _ in range(3):
        queue_and_deliver(settings, None, say=lambda line: None)
    assert outbox(settings).counts()["all"] == {"waiting": 0, "sent": 3, "rejected": 1, "failed": 0}


def test_what_a_sink_never_got_is_not_taken_back(others, with_sinks):
    settings = with_sinks(others, all={"transport": "webhook", "connection": "nowhere"})
    queue_and_deliver(settings, DAY, say=lambda line: None)
    kept = outbox(settings)
    kept.give_up("all", datetime.now(UTC))
    judge(settings, "not_squat")
    queue_and_deliver(settings, None, say=lambda line: None)
    assert kept.counts()["all"] == {"waiting": 0, "sent": 0, "rejected": 0, "failed": 3}


def test_one_action_only(others, with_sinks, tmp_path):
    settings = with_sinks(others, all=files(tmp_path, actions=["new"]))
    tell(settings, DAY)
    judge(settings, "not_squat")
    assert tell(settings) == []


@pytest.fixture
def in_the_environment(monkeypatch, others):
    def put(settings):
        for name, value in {**others, "alerts_file": settings.alerts_file}.items():
            monkeypatch.setenv(f"SQUATWATCH_{name.upper()}", str(value))

    return put


def test_the_command_prints_what_would_be_sent_and_changes_nothing(settings, in_the_environment, capsys):
    from squatwatch.cli import app

    in_the_environment(settings)
    app(["alerts", "--date", str(DAY), "--dry-run"], standalone_mode=False)
    out, err = capsys.readouterr()
    assert sorted(json.loads(line)["url"]["domain"] for line in out.splitlines()) == sorted(NAMES)
    assert "all: 3 would be sent" in err and "amazon: 0 would be sent" in err
    assert documents(settings) == [] and outbox(settings).counts() == {}
    app(["alerts", "--date", str(DAY)], standalone_mode=False)
    assert "all" in capsys.readouterr().out and outbox(settings).counts()["all"]["sent"] == 3
    app(["alerts", "--date", str(DAY), "--dry-run"], standalone_mode=False)
    assert capsys.readouterr().out == ""  # nothing is left to tell


def test_the_command_fails_when_something_was_not_sent(others, with_sinks, in_the_environment, capsys):
    from squatwatch.cli import app
    from squatwatch.errors import SinkTrouble

    in_the_environment(with_sinks(others, siem={"transport": "webhook", "connection": "nowhere"}))
    with pytest.raises(SinkTrouble, match="not everything was sent to siem"):
        app(["alerts", "--date", str(DAY)], standalone_mode=False)
    assert "there is no Airflow connection" in " ".join(capsys.readouterr().out.split())


def test_the_table_is_in_the_warehouse_from_the_next_publish_on(settings):
    from squatwatch import pipeline
    from squatwatch.warehouse.connection import ask

    tell(settings, DAY)
    pipeline.publish(settings)
    _, rows = ask(settings.home, "select sink, action, state, count(*) from alerts group by all")
    assert rows == [("all", "new", "sent", 3)]
