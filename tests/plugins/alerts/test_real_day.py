"""A real day, thinned, to every sink: one of them down for half, the process killed once, the date backfilled twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import zipfile
from collections import Counter
from datetime import date

import pytest
from receiver import Response
from receiver import receiver as start_receiver
from test_killed import ten_minutes_pass

from squatwatch import pipeline
from squatwatch.alerts.leases import sink_leases
from squatwatch.alerts.run import queue_and_deliver
from squatwatch.cli import steps

pytestmark = pytest.mark.slow

DAY = date(2024, 6, 13)
LIST = "registrations/newly-registered-domains-2024-06-13.zip"
EVERY = int(os.environ.get("EVERY", "4"))  # EVERY=1 takes all names of the day: some 350 detections
SMALL = {"batch": 10}


@pytest.fixture
def splunk_server():
    with start_receiver() as server:
        yield server


@pytest.fixture
def settings(with_sinks, connect, receiver, splunk_server, bucket, post, tmp_path):
    connect(receiver, "hook")
    connect(splunk_server, "hec")
    return with_sinks(
        files={"transport": "file", "path": str(tmp_path / "files"), **SMALL},
        objects={"transport": "s3", "url": "s3://siem-in/label-1", "connection": "bucket", "format": "stix", **SMALL},
        hook={"transport": "webhook", "connection": "hook", "format": "ocsf", **SMALL},
        splunk={"transport": "splunk", "connection": "hec", **SMALL},
        mail={"transport": "email", "to": ["soc@example.com"], "sender": "w@example.com", "connection": "post"},
    )


def test_every_sink_ends_with_each_detection_once(
    settings, receiver, splunk_server, bucket, post, tmp_path, shared_data, capsys
):
    with zipfile.ZipFile(shared_data / LIST) as archive:
        names = archive.read(archive.namelist()[0]).split()
    (tmp_path / "list.txt").write_bytes(b"\n".join(names[::EVERY]))
    steps.run_day(settings, DAY, tmp_path / "list.txt", refetch=False)
    flagged = flagged_ids(settings)
    half = len(flagged) // 20  # batches of ten
    assert half > 2
    splunk_server.answer = lambda request: Response(200 if len(splunk_server.took) < half else 503)
    kill_at_the_third_batch(settings, receiver)

    ten_minutes_pass(settings)
    deliveries = {each.sink: each for each in tell(settings)}
    assert "answered 503" in deliveries["splunk"].problem and not any(
        each.problem for name, each in deliveries.items() if name != "splunk"
    )
    assert 0 < len(in_splunk(splunk_server)) < len(flagged)
    splunk_server.answer = lambda request: Response()
    sink_leases(settings).record_success("splunk")  # the minute is over

    for _ in range(2):  # the date backfilled, with all its steps and new times of scoring
        for step in (pipeline.load, pipeline.transform, pipeline.score):
            step(settings, DAY)
        pipeline.publish(settings)
        tell(settings)

    got = {
        "files": in_files(tmp_path / "files"),
        "objects": in_objects(bucket),
        "hook": in_hook(receiver),
        "splunk": in_splunk(splunk_server),
        "mail": in_mails(post),
    }
    with capsys.disabled():
        print(f"\n{DAY}: {len(flagged)} detections;", *(f"{sink} {sum(ids.values())}" for sink, ids in got.items()))
    names = flagged_names(settings)
    for sink, ids in got.items():
        assert ids == Counter(names if sink == "mail" else flagged), sink
    assert set(outbox_counts(settings)) == {(sink, "sent", len(flagged)) for sink in got}


def tell(settings):
    return queue_and_deliver(settings, DAY, say=lambda line: None)


def flagged_ids(settings) -> list[str]:
    return column(settings, "detection_id")


def flagged_names(settings) -> list[str]:
    return [name.replace(".", "[.]") for name in column(settings, "domain")]


def column(settings, name: str) -> list:
    from squatwatch.warehouse.connection import ask

    _, rows = ask(settings.home, f"select {name} from detections where run_date = ? and is_detection", [DAY])
    return [value for (value,) in rows]


def kill_at_the_third_batch(settings, receiver) -> None:
    """`squatwatch alerts` as a process of its own, killed when the webhook has taken a batch and not yet said so."""
    names = {"HOME": settings.home, "ALERTS_FILE": settings.alerts_file}
    environment = {**os.environ, **{f"SQUATWATCH_{name}": str(value) for name, value in names.items()}}
    command = [sys.executable, "-c", "from squatwatch.cli import main; main()", "alerts", "--date", str(DAY)]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def answer(request):
        if len(receiver.got) == 3:
            process.kill()
            process.wait()
        return Response()

    receiver.answer = answer
    assert process.wait(600) == -signal.SIGKILL
    receiver.answer = lambda request: Response()


def in_files(folder) -> Counter:
    lines = [json.loads(line) for file in folder.glob("*.ecs.ndjson") for line in file.read_text().splitlines()]
    return Counter(each["event"]["id"] for each in lines)


def in_objects(bucket) -> Counter:
    keys = [each["Key"] for each in bucket.list_objects_v2(Bucket="siem-in")["Contents"]]
    bundles = [json.loads(bucket.get_object(Bucket="siem-in", Key=key)["Body"].read()) for key in keys]
    objects = [each for bundle in bundles for each in bundle["objects"] if each["type"] == "indicator"]
    return Counter(each["id"].removeprefix("indicator--") for each in objects)


def in_hook(receiver) -> Counter:
    """As a receiver has it that knows idempotency keys: the batch at which the process was killed came twice."""
    by_key = {request.headers["Idempotency-Key"]: request for request in receiver.took}
    assert len(receiver.took) == len(by_key) + 1
    return Counter(each["finding_info"]["uid"] for request in by_key.values() for each in request.json())


def in_splunk(server) -> Counter:
    events = [json.loads(line) for request in server.took for line in request.body.splitlines()]
    return Counter(each["event"]["event"]["id"] for each in events)


def in_mails(post) -> Counter:
    import re

    pages = [part.get_content() for mail in post.messages for part in mail.walk() if "html" in part.get_content_type()]
    return Counter(re.findall(r"<code>([^<]+)</code>", "".join(pages)))


def outbox_counts(settings) -> list[tuple]:
    from squatwatch.alerts.outbox import read_alerts

    counted = read_alerts(settings).group_by("sink", "state").len().rows()
    return [(sink, state, count) for sink, state, count in counted]
