"""Measure how fast 10,000 alerts leave the outbox, by sink, and how much memory that takes.

    .venv/bin/python benchmarks/alerts.py

Each row is a process of its own, with the receiver in it, which takes everything at once.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests/servers"), str(ROOT / "tests/plugins/alerts")]
COUNT = 10_000
CASES = [
    ("file", "ecs"),
    ("file", "stix"),
    ("webhook", "ecs"),
    ("webhook", "ocsf"),
    ("webhook", "stix"),
    ("splunk", "ecs"),
]


def main() -> None:
    print(f"{'sink':<16}{'queued/s':>10}{'sent/s':>10}{'peak MiB':>10}")
    for transport, format_name in CASES:
        done = subprocess.run(
            [sys.executable, __file__, transport, format_name], capture_output=True, text=True, check=True
        )
        queued, sent, peak = map(float, done.stdout.split()[-3:])
        print(f"{transport + ', ' + format_name:<16}{COUNT / queued:>10,.0f}{COUNT / sent:>10,.0f}{peak:>10,.0f}")


def one(transport: str, format_name: str) -> None:
    """Return seconds to queue, seconds to send, peak memory of this process in MiB."""
    import os

    import yaml
    from making_alerts import queue, sink_of, states
    from receiver import receiver

    from squatwatch.alerts.deliver import deliver
    from squatwatch.settings import read_settings

    with tempfile.TemporaryDirectory() as folder, receiver() as server:
        server.got = server.took = _Nothing()
        sink = {"transport": transport, "format": format_name}
        sink |= {"path": f"{folder}/sink"} if transport == "file" else {"connection": "here"}
        os.environ["AIRFLOW_HOME"] = f"{folder}/airflow"
        os.environ["AIRFLOW_CONN_HERE"] = f"http://:token@127.0.0.1:{server.port}"
        Path(folder, "alerts.yml").write_text(yaml.safe_dump({"siem": sink}))
        settings = read_settings(home=f"{folder}/data", alerts_file=f"{folder}/alerts.yml")
        began = time.perf_counter()
        queue(settings, COUNT)
        queued = time.perf_counter()
        deliver(settings, sink_of(settings), lambda line: None)
        sent = time.perf_counter()
        assert states(settings) == {"sent": COUNT}
    print(queued - began, sent - queued, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


class _Nothing(list):
    """A receiver that keeps no request: only the sender's memory is to be seen."""

    def append(self, request: object) -> None:
        pass


if __name__ == "__main__":
    one(*sys.argv[1:]) if len(sys.argv) == 3 else main()
