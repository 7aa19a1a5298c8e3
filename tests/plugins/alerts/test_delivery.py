"""What becomes of alerts for each way in which a receiver can fail: nothing is lost, nothing is sent for ever."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime, timedelta

import pytest
from making_alerts import TOKEN, names_sent, queue, sink_of, states
from receiver import Response

from squatwatch.alerts.deliver import deliver
from squatwatch.alerts.leases import sink_leases
from squatwatch.alerts.outbox import outbox


def send(settings, name="siem"):
    return deliver(settings, sink_of(settings, name), lambda line: None)


def problem_of(settings, name="siem"):
    table = outbox(settings).table()
    return table.filter(sink=name)["problem"].drop_nulls().unique().to_list()


def test_what_waits_is_sent_once(webhook, receiver):
    queue(webhook, 3)
    assert send(webhook).sent == 3 and states(webhook) == {"sent": 3}
    assert send(webhook).sent == 0 and len(receiver.got) == 1
    assert names_sent(receiver) == [f"paypal-login{n}.com" for n in range(3)]
    assert receiver.got[0].headers["Authorization"] == f"Bearer {TOKEN}"
    row = outbox(webhook).table().row(0, named=True)
    assert row["status_code"] == 200 and row["attempts"] == 1 and len(row["payload_sha256"]) == 64


def test_a_thousand_at_once(webhook, receiver):
    queue(webhook, 1000)
    assert send(webhook).sent == 1000 and states(webhook) == {"sent": 1000}
    assert len(receiver.took) == 10 and len(set(names_sent(receiver))) == 1000
    assert len({request.headers["Idempotency-Key"] for request in receiver.took}) == 10


@pytest.fixture(params=["webhook", "splunk"])
def by_http(request):
    """Settings with one sink that is sent to by HTTP."""
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (Response(500), "answered 500"),
        (Response(503, headers={"Retry-After": "7200"}), "answered 503"),
        (Response(429, headers={"Retry-After": "7200"}), "answered 429"),
        (Response(408), "answered 408"),
        (Response(body=None), "broke off (RemoteProtocolError)"),
    ],
    ids=["500", "503", "429", "408", "breaks-off"],
)
def test_a_sink_that_is_busy_is_left_alone_and_loses_nothing(by_http, receiver, answer, problem):
    queue(by_http, 3)
    receiver.answer = lambda request: answer
    told = send(by_http)
    assert problem in told.problem and "tried again from" in told.problem
    assert states(by_http) == {"waiting": 3} and problem in problem_of(by_http)[0]
    wait = sink_leases(by_http).state("siem").next_attempt_at - datetime.now(UTC)
    asked = timedelta(hours=2) if answer.headers else timedelta(minutes=1)
    assert asked - timedelta(seconds=20) < wait <= asked

    assert "left alone until" in send(by_http).problem and len(receiver.got) == 1  # it is not asked before that
    receiver.answer = lambda request: Response()
    sink_leases(by_http).record_success("siem")  # the time has come
    assert send(by_http).sent == 3 and states(by_http) == {"sent": 3} and problem_of(by_http) == []


def test_a_slow_sink(by_http, receiver):
    queue(by_http, 1)
    receiver.answer = lambda request: time.sleep(60) or Response()
    impatient = by_http.model_copy(update={"alert_timeout_seconds": 0.5})
    assert "did not answer within 0.5 s" in send(impatient).problem and states(by_http) == {"waiting": 1}


def test_nobody_is_there(by_http, connect, receiver):
    connect(receiver, port=1)
    queue(by_http, 1)
    assert "could not be reached ([Errno 111] Connection refused)" in send(by_http).problem and states(by_http) == {
        "waiting": 1
    }


def test_the_wait_gets_longer_up_to_an_hour(webhook, receiver):
    leases = sink_leases(webhook)
    with leases.lease("siem"):
        waits = [leases.record_failure("siem", "down").next_attempt_at - datetime.now(UTC) for _ in range(9)]
    minutes = [round(wait / timedelta(minutes=1)) for wait in waits]
    assert minutes[0] <= 2 and minutes == sorted(minutes) and minutes[-1] == 60


def test_one_row_that_the_receiver_does_not_take(webhook, receiver):
    """A webhook does not say which: halves are sent until the bad one is alone."""
    queue(webhook, 9)
    receiver.answer = lambda request: Response(400 if b"paypal-login6.com" in request.body else 200)
    told = send(webhook)
    assert (told.sent, told.rejected, told.problem) == (8, 1, "")
    assert states(webhook) == {"sent": 8, "rejected": 1}
    assert sorted(names_sent(receiver)) == [f"paypal-login{n}.com" for n in range(9) if n != 6]
    row = outbox(webhook).table().filter(state="rejected").row(0, named=True)
    assert (row["domain"], row["status_code"]) == ("paypal-login6.com", 400) and "answered 400" in row["problem"]
    outbox(webhook).retry("siem")
    receiver.answer = lambda request: Response()
    assert send(webhook).sent == 1 and states(webhook) == {"sent": 9}


def test_a_sink_that_goes_down_in_the_middle_keeps_the_rest(webhook, receiver):
    queue(webhook, 250)
    receiver.answer = lambda request: Response(200 if len(receiver.got) == 1 else 500)
    assert send(webhook).sent == 100 and states(webhook) == {"sent": 100, "waiting": 150}
    receiver.answer = lambda request: Response()
    sink_leases(webhook).record_success("siem")
    assert send(webhook).sent == 150
    assert len(names_sent(receiver)) == len(set(names_sent(receiver))) == 250


@pytest.mark.parametrize("status", [401, 403, 404, 405])
def test_what_a_person_has_to_mend(by_http, receiver, status):
    queue(by_http, 2)
    receiver.answer = lambda request: Response(status)
    told = send(by_http)
    assert f"answered {status}; check the connection's address and token" in told.problem
    assert "mend it, then run: squatwatch alerts" in told.problem and states(by_http) == {"waiting": 2}
    receiver.answer = lambda request: Response()
    assert send(by_http).sent == 2  # at once, when it is mended


@pytest.mark.parametrize(
    "target", ["https://elsewhere.test/", "http://169.254.169.254/latest", "http://127.0.0.1:1/", "/x"]
)
@pytest.mark.parametrize("status", [301, 307, 308])
def test_a_redirect_is_not_followed(webhook, receiver, target, status):
    queue(webhook, 1)
    receiver.answer = lambda request: Response(status, headers={"Location": target})
    assert "it redirects, which is not followed" in send(webhook).problem
    assert states(webhook) == {"waiting": 1} and len(receiver.got) == 1


def test_a_certificate_that_fails(with_sinks, connect, certificate, all_logs):
    from receiver import receiver as start

    with start(certificate[1]) as receiver:
        connect(receiver)
        settings = with_sinks(siem={"transport": "webhook", "connection": "siem"})
        queue(settings, 1)
        assert "has a certificate that is not trusted" in send(settings).problem
        assert states(settings) == {"waiting": 1} and receiver.got == [] and TOKEN not in all_logs.text


def test_a_certificate_of_an_authority_of_one_s_own(with_sinks, connect, certificate):
    from receiver import receiver as start

    path, context = certificate
    with start(context) as receiver:
        connect(receiver, extra={"ca_file": str(path)})
        settings = with_sinks(siem={"transport": "webhook", "connection": "siem"})
        queue(settings, 1)
        assert send(settings).sent == 1 and len(receiver.took) == 1
    connect(receiver, extra={"ca_file": "/nowhere.pem"})
    queue(settings, 2)
    assert "ca_file /nowhere.pem does not exist" in send(settings).problem


@pytest.mark.parametrize("host", ["169.254.169.254", "0.0.0.0", "224.0.0.1", "[fe80::1]"])
def test_an_address_that_no_receiver_has(webhook, connect, receiver, host):
    connect(receiver, host=host, schema="https", port=443)
    queue(webhook, 1)
    problem = send(webhook).problem
    assert "to which nothing is sent; mend it" in problem and states(webhook) == {"waiting": 1}


def test_a_token_with_a_line_break_is_no_token(webhook, connect, receiver):
    connect(receiver, password="s3cr3t\nX-Evil: 1")
    queue(webhook, 1)
    problem = send(webhook).problem
    assert "character that no token has" in problem and "s3cr3t" not in problem and receiver.got == []


def test_a_connection_that_is_missing(with_sinks):
    settings = with_sinks(siem={"transport": "webhook", "connection": "siem"})
    queue(settings, 1)
    problem = send(settings).problem
    assert "there is no Airflow connection 'siem'" in problem and "AIRFLOW_CONN_SIEM" in problem
    assert states(settings) == {"waiting": 1}


def test_a_token_does_not_travel_in_the_open(with_sinks, connect, receiver):
    connect(receiver, host="siem.test")
    settings = with_sinks(siem={"transport": "webhook", "connection": "siem"})
    queue(settings, 1)
    assert "a token travels over https:// only" in send(settings).problem and receiver.got == []


def test_one_sink_that_is_down_does_not_hold_up_the_other(with_sinks, connect, receiver):
    from squatwatch.alerts.run import queue_and_deliver

    connect(receiver)
    receiver.answer = lambda request: Response(500)
    sinks = {"siem": {"transport": "webhook", "connection": "siem"}, "files": {"transport": "file", "path": "sink"}}
    settings = with_sinks(**sinks)
    queue(settings, 3)
    queue(settings, 3, "files")
    first, second = queue_and_deliver(settings, None, say=lambda line: None)
    assert first.problem and states(settings) == {"waiting": 3}
    assert second.sent == 3 and not second.problem and states(settings, "files") == {"sent": 3}


def test_what_nobody_foresaw_keeps_what_waits(webhook, monkeypatch):
    def fail(self, batch, documents):
        raise ZeroDivisionError("s3cr3t")

    queue(webhook, 2)
    monkeypatch.setattr("squatwatch.alerts.transports.webhook.WebhookTransport.send", fail)
    assert send(webhook).problem.startswith("sending failed (ZeroDivisionError); tried again from")
    assert states(webhook) == {"waiting": 2}


def test_a_name_that_is_none_is_rejected_and_the_others_are_sent(webhook, receiver):
    from making_alerts import alert

    bad = alert(7, domain="a.com'] OR [url:value = 'x")
    outbox(webhook).queue([("siem", bad), ("siem", alert(8))])
    assert send(webhook).sent == 1 and states(webhook) == {"sent": 1, "rejected": 1}
    assert "no domain in A-labels" in problem_of(webhook)[0] and names_sent(receiver) == ["paypal-login8.com"]


def test_what_has_waited_for_a_week_is_given_up_until_somebody_asks(webhook, receiver, monkeypatch):
    queue(webhook, 2)
    with monkeypatch.context() as patch:
        patch.setattr("squatwatch.alerts.deliver.GIVE_UP_AFTER", timedelta(0))
        assert send(webhook).failed == 2
    assert states(webhook) == {"failed": 2} and receiver.got == []
    assert outbox(webhook).retry("siem") == 2 and send(webhook).sent == 2


def test_two_processes_do_not_send_to_one_sink(webhook, receiver):
    queue(webhook, 2)
    with sink_leases(webhook).lease("siem") as owner:
        assert owner and "another process is sending to it" in send(webhook).problem and receiver.got == []
    assert send(webhook).sent == 2


def test_who_lost_the_sink_stops(webhook, receiver, monkeypatch):
    """A process that was silent for too long finds another at the sink and leaves it the rest."""
    queue(webhook, 250)

    def answer(request):
        if len(receiver.got) == 1:
            with monkeypatch.context() as patch:
                patch.setattr("squatwatch.alerts.leases._now", lambda: datetime.now(UTC) + timedelta(hours=1))
                assert sink_leases(webhook)._take("siem", "another")
        return Response()

    receiver.answer = answer
    assert "another process has taken over" in send(webhook).problem
    assert states(webhook) == {"sent": 100, "waiting": 150}


# --- Splunk -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def splunk(with_sinks, connect, receiver):
    connect(receiver)
    return with_sinks(siem={"transport": "splunk", "connection": "siem", "index": "squats", "format": "ocsf"})


def events(request):
    return [json.loads(line) for line in request.body.splitlines()]


def test_splunk_takes_events_one_after_another(splunk, receiver):
    queue(splunk, 3)
    assert send(splunk).sent == 3
    (request,) = receiver.got
    assert request.path == "/services/collector/event" and request.headers["Authorization"] == f"Splunk {TOKEN}"
    first = events(request)[0]
    assert first["fields"] == {"alert_id": first["event"]["metadata"]["uid"]}
    assert first["index"] == "squats" and first["event"]["class_uid"] == 2004 and first["source"] == "squatwatch"
    assert len(events(request)) == 3


def test_splunk_says_which_event_is_bad(splunk, receiver):
    queue(splunk, 9)

    def answer(request):
        bad = [
            at for at, each in enumerate(events(request)) if each["event"]["osint"][0]["value"] == "paypal-login6.com"
        ]
        said = {"text": "Event field cannot be blank", "code": 13, "invalid-event-number": bad[0]} if bad else {}
        return Response(400 if bad else 200, json.dumps(said).encode())

    receiver.answer = answer
    assert send(splunk).sent == 8 and states(splunk) == {"sent": 8, "rejected": 1}
    assert len(receiver.got) == 4  # all, those before, the bad one, those after
    assert "(code 13)" in problem_of(splunk)[0]


@pytest.mark.parametrize(("status", "code"), [(400, 7), (403, 4), (401, 2)])
def test_splunk_complains_of_its_settings(splunk, receiver, status, code):
    """A wrong index is no fault of the rows, though the answer is 400."""
    queue(splunk, 2)
    receiver.answer = lambda request: Response(status, json.dumps({"text": "no", "code": code}).encode())
    assert "mend it" in send(splunk).problem and states(splunk) == {"waiting": 2}


@pytest.mark.parametrize("body", [b"<html>bad</html>", b"[1]", b"{" * 100_000], ids=["html", "list", "huge"])
def test_splunk_answers_what_makes_no_sense(splunk, receiver, body):
    queue(splunk, 2)
    receiver.answer = lambda request: Response(400, body)
    assert send(splunk).rejected == 2 and states(splunk) == {"rejected": 2}


# --- files, objects, mail ---------------------------------------------------------------------------------------------
def test_files_have_each_alert_once_though_a_batch_is_sent_again(with_sinks):
    settings = with_sinks(siem={"transport": "file", "path": "sink", "batch": 2})
    queue(settings, 3)
    send(settings)
    files = sorted((settings.home / "sink").glob("*.ecs.ndjson"))
    before = [file.read_bytes() for file in files]
    assert sorted(len(text.splitlines()) for text in before) == [1, 2]
    forget_that_it_was_sent(settings)
    send(settings)
    assert [file.read_bytes() for file in sorted((settings.home / "sink").iterdir())] == before


def test_another_program_may_read_the_files(with_sinks):
    settings = with_sinks(siem={"transport": "file", "path": "sink"})
    queue(settings, 1)
    before = os.umask(0o077)  # as Airflow's tasks have it
    try:
        send(settings)
    finally:
        os.umask(before)
    (file,) = (settings.home / "sink").iterdir()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o644, 0o755)


def test_a_path_below_the_home_folder(with_sinks, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "ana"))
    settings = with_sinks(siem={"transport": "file", "path": "~/squats"})
    queue(settings, 1)
    assert send(settings).sent == 1 and len(list((tmp_path / "ana/squats").iterdir())) == 1
    assert not (settings.home / "~").exists()


def test_a_folder_that_cannot_be_written_keeps_what_waits(with_sinks, tmp_path):
    (tmp_path / "taken").write_text("a file, no folder")
    (tmp_path / "leads-nowhere").symlink_to("/proc/nowhere")
    for path in (tmp_path / "taken", tmp_path / "taken/below", tmp_path / "leads-nowhere", "/proc/squats"):
        settings = with_sinks(siem={"transport": "file", "path": str(path)})
        sink_leases(settings).record_success("siem")
        queue(settings, 1)
        problem = send(settings).problem
        assert f"the folder {path} cannot be written" in problem and states(settings) == {"waiting": 1}
    assert (tmp_path / "taken").read_text() == "a file, no folder"


def forget_that_it_was_sent(settings):
    """As after a process that was killed between sending and writing that down."""
    import sqlalchemy as sa

    from squatwatch.alerts.outbox import alerts_table

    with outbox(settings)._engine.begin() as connection:
        connection.execute(sa.update(alerts_table).values(state="waiting", sent_at=None))


def test_stix_files_are_one_bundle_each(with_sinks):
    import stix2

    settings = with_sinks(siem={"transport": "file", "path": "sink", "format": "stix"})
    queue(settings, 3)
    send(settings)
    (file,) = (settings.home / "sink").iterdir()
    bundle = stix2.parse(file.read_text())
    kinds = [each.type for each in bundle.objects]
    assert kinds.count("indicator") == 3 and kinds.count("identity") == 1 and file.name.endswith(".stix.json")


def test_a_folder_that_cannot_be_written(with_sinks):
    settings = with_sinks(siem={"transport": "file", "path": "sink"})
    queue(settings, 1)
    (settings.home / "sink").write_text("a file")
    assert "cannot be written" in send(settings).problem and states(settings) == {"waiting": 1}


def test_objects_below_a_prefix(with_sinks, bucket):
    """The prefix label-1 is that of the article."""
    sink = {"transport": "s3", "url": "s3://siem-in/label-1", "connection": "bucket", "batch": 2}
    settings = with_sinks(siem=sink, nowhere=sink | {"url": "s3://no-such-bucket/x"})
    queue(settings, 3)
    queue(settings, 1, "nowhere")
    assert send(settings).sent == 3
    forget_that_it_was_sent(settings)
    send(settings)
    keys = [each["Key"] for each in bucket.list_objects_v2(Bucket="siem-in")["Contents"]]
    assert len(keys) == 2 and all(key.startswith("label-1/") and key.endswith(".ecs.ndjson") for key in keys)
    lines = [line for key in keys for line in bucket.get_object(Bucket="siem-in", Key=key)["Body"].read().splitlines()]
    assert sorted(json.loads(line)["url"]["domain"] for line in lines) == [f"paypal-login{n}.com" for n in range(3)]
    assert "NoSuchBucket" in send(settings, "nowhere").problem and states(settings, "nowhere") == {"waiting": 1}


def error(status, code):
    return Response(status, f"<Error><Code>{code}</Code><Message>s3cr3t</Message></Error>".encode())


@pytest.mark.parametrize(
    ("answer", "problem", "then"),
    [
        (lambda: error(503, "SlowDown"), "is busy (SlowDown)", "tried again from"),
        (lambda: error(500, "InternalError"), "is busy (InternalError)", "tried again from"),
        (lambda: error(403, "AccessDenied"), "access denied (AccessDenied); check url and connection", "mend it"),
        (lambda: Response(body=None), "no proper answer", "tried again from"),
        (lambda: time.sleep(60) or Response(), "no proper answer (ReadTimeoutError)", "tried again from"),
    ],
    ids=["busy", "500", "denied", "breaks-off", "slow"],
)
def test_a_bucket_that_does_not_take_it(with_sinks, receiver, monkeypatch, answer, problem, then):
    extra = {"endpoint_url": receiver.address, "region_name": "us-east-1"}
    fields = {"conn_type": "aws", "login": "access-key", "password": "s3cr3t-key", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_BUCKET", json.dumps(fields))
    receiver.answer = lambda request: answer()
    patience = {"alert_timeout_seconds": 0.5} if "ReadTimeout" in problem else {}
    settings = with_sinks(patience, siem={"transport": "s3", "url": "s3://siem-in/x", "connection": "bucket"})
    queue(settings, 1)
    told = send(settings).problem
    assert problem in told and then in told and "s3cr3t" not in told and states(settings) == {"waiting": 1}


def test_objects_without_a_connection(with_sinks):
    settings = with_sinks(siem={"transport": "s3", "url": "s3://siem-in/x", "connection": "bucket"})
    queue(settings, 1)
    assert "there is no Airflow connection 'bucket'" in send(settings).problem


@pytest.fixture
def mail(with_sinks, post):
    sink = {"transport": "email", "to": ["soc@example.com"], "sender": "watch@example.com", "connection": "post"}
    return with_sinks(siem=sink), post


def test_one_mail_for_all_that_waits(mail):
    settings, server = mail
    queue(settings, 40)
    assert send(settings).sent == 40
    (message,) = server.messages
    assert message["Subject"] == "squatwatch: 40 new" and message["To"] == "soc@example.com"
    html = next(part for part in message.walk() if part.get_content_type() == "text/html").get_content()
    assert "paypal-login7[.]com" in html and "paypal-login7.com" not in html
    assert send(settings).sent == 0 and len(server.messages) == 1


@pytest.mark.parametrize(
    ("reply", "problem"),
    [("451 later", "tried again from"), ("554 no", "mend it"), (None, "tried again from")],
    ids=["later", "never", "breaks-off"],
)
def test_a_mail_server_that_does_not_take_it(mail, reply, problem):
    settings, server = mail
    queue(settings, 2)
    server.reply_to_data = reply
    assert problem in send(settings).problem and states(settings) == {"waiting": 2}


def test_a_mail_server_that_takes_none_of_the_recipients(mail):
    settings, server = mail
    queue(settings, 1)
    server.reply_to_recipient = "550 who is that"
    assert "refuses the recipients; check `to`; mend it" in send(settings).problem
    server.reply_to_recipient = "450 later"
    assert "takes no recipient now (450); tried again from" in send(settings).problem
    assert states(settings) == {"waiting": 1} and server.messages == []


def test_no_mail_server_is_there(mail, monkeypatch):
    settings, _ = mail
    queue(settings, 1)
    monkeypatch.setenv("AIRFLOW_CONN_POST", json.dumps({"conn_type": "smtp", "host": "127.0.0.1", "port": 1}))
    assert "the mail server gave no proper answer (ConnectionRefusedError)" in send(settings).problem
    monkeypatch.delenv("AIRFLOW_CONN_POST")
    sink_leases(settings).record_success("siem")
    assert "there is no Airflow connection 'post'" in send(settings).problem and states(settings) == {"waiting": 1}
