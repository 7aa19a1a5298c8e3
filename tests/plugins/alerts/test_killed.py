"""A process that is killed while it sends: what follows it sends the very same batch again, and nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from making_alerts import names_sent, queue, sink_of, states
from receiver import Response

from squatwatch.alerts.deliver import deliver
from squatwatch.alerts.leases import sink_leases, sinks_table

SEND = "from squatwatch.cli import main; main()"


def test_killed_after_sending_and_before_writing_that_down(webhook, receiver):
    queue(webhook, 1000)
    process = start(webhook)

    def kill_at_the_fourth(request):
        if len(receiver.got) == 4:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        return Response()

    receiver.answer = kill_at_the_fourth
    process.wait(600)
    assert process.returncode == -signal.SIGKILL and states(webhook) == {"sent": 300, "waiting": 700}

    receiver.answer = lambda request: Response()
    assert "another process is sending to it" in deliver(webhook, sink_of(webhook), lambda line: None).problem
    ten_minutes_pass(webhook)
    assert deliver(webhook, sink_of(webhook), lambda line: None).sent == 700
    assert states(webhook) == {"sent": 1000}
    fourth, fifth = receiver.got[3:5]
    assert fourth.body == fifth.body and fourth.headers["Idempotency-Key"] == fifth.headers["Idempotency-Key"]
    assert len(set(names_sent(receiver))) == 1000 and len(receiver.got) == 11


def start(settings) -> subprocess.Popen:
    """`squatwatch alerts` as a process of its own."""
    environment = {
        **os.environ,
        "SQUATWATCH_HOME": str(settings.home),
        "SQUATWATCH_ALERTS_FILE": str(settings.alerts_file),
    }
    return subprocess.Popen([sys.executable, "-c", SEND, "alerts"], env=environment, stderr=subprocess.DEVNULL)


def ten_minutes_pass(settings) -> None:
    past = datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=1)
    with sink_leases(settings)._engine.begin() as connection:
        connection.execute(sa.update(sinks_table).values(held_until=past))
