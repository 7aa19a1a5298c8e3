"""Measure what new names out of a large zone cost: CPU seconds, wall seconds and peak memory of `squatwatch download`.

    python benchmarks/zone.py [--names 20000000] [--order sorted|shuffled] [--scratch FOLDER]

Two mornings of an invented zone are written as ICANN's CZDS writes them: 2 to 4 NS records a name, DS and signatures of
some, glue. In order of names, a name's records together; or shuffled, a name's records apart, which nothing forbids.
A server process gives them out, with login and token. Each download is a process of its own. The names found must be
exactly those planted. The scratch folder needs some 150 bytes a name, and is left empty.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import psutil
import zone_files

DAY = date(2026, 11, 5)
SERVER = Path(__file__).with_name("zone_server.py")


def main() -> None:
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="squatwatch-zone-", dir=arguments.scratch) as scratch:
        zones = zone_files.Zones(arguments.names, arguments.order == "shuffled")
        for n in (0, 1):
            path = Path(scratch) / f"{DAY + timedelta(days=n)}.zone.gz"
            records = zones.write(path, n)
            size = path.stat().st_size >> 20
            print(f"{path.name}: {zones.count(n):,} names, {records:,} records, {size:,} MiB, {arguments.order}")
        print(f"\n{'download':<24}{'CPU s':>8}{'wall s':>8}{'peak MiB':>10}{'children':>10}", flush=True)
        with server(Path(scratch)) as environment:
            environment |= {"SQUATWATCH_HOME": f"{scratch}/data", "AIRFLOW_HOME": f"{scratch}/airflow"}
            measure("first snapshot", DAY - timedelta(days=1), environment, expect=1)
            measure("second, and new names", DAY, environment)
        found = (Path(scratch) / f"data/raw/run_date={DAY}/zone.txt").read_text().split()
        planted = zones.planted()
        print(
            f"\nnew names found {len(found):,}, planted {len(planted):,}, the same: {sorted(found) == sorted(planted)}"
        )
        sys.exit(sorted(found) != sorted(planted))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=20_000_000)
    parser.add_argument("--order", choices=("sorted", "shuffled"), default="shuffled")
    parser.add_argument("--scratch", type=Path, help="by default the system's folder for temporary files")
    return parser.parse_args()


class server:
    """Start a process that serves the zones of a folder; inside, the settings that lead to it."""

    def __init__(self, folder: Path):
        self.folder = folder

    def __enter__(self) -> dict[str, str]:
        self.process = subprocess.Popen([sys.executable, SERVER, self.folder], stdout=subprocess.PIPE, text=True)
        address = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"
        return os.environ | {
            "SQUATWATCH_ZONE_TLDS": zone_files.TLD,
            "SQUATWATCH_ZONE_URL": f"{address}/{{date:%Y-%m-%d}}.zone.gz",
            "SQUATWATCH_ZONE_AUTH_URL": f"{address}/authenticate",
            "AIRFLOW_CONN_CZDS": json.dumps({"login": "me", "password": "pass"}),
        }

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()


def measure(title: str, run_date: date, environment: dict[str, str], expect: int = 0) -> None:
    """Run a download and print its cost; `expect` is its exit status."""
    command = [sys.executable, "-m", "squatwatch.cli", "download", "--date", str(run_date), "--source", "zone"]
    started = time.monotonic()
    process = psutil.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    peak, children = watch(process)
    _, status, used = os.wait4(process.pid, 0)
    message = process.stderr.read()
    if os.waitstatus_to_exitcode(status) != expect:
        sys.exit(f"{title} ended with {os.waitstatus_to_exitcode(status)}:\n{message}")
    cpu, wall = used.ru_utime + used.ru_stime, time.monotonic() - started
    print(f"{title:<24}{cpu:>8.1f}{wall:>8.1f}{peak:>10,.0f}{children:>10,.0f}", flush=True)


def watch(process: psutil.Popen) -> tuple[float, float]:
    """Return the peak MiB, until it ends, of the process by the kernel's account, and of its children together."""
    peak = children = 0.0
    while process.status() != psutil.STATUS_ZOMBIE:
        status = Path(f"/proc/{process.pid}/status").read_text()
        peak = max(peak, *(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)
        children = max(children, sum(memory_of(child) for child in process.children(recursive=True)))
        time.sleep(0.05)
    return peak, children


def memory_of(process: psutil.Process) -> float:
    try:
        return process.memory_info().rss / (1 << 20)
    except psutil.Error:
        return 0


if __name__ == "__main__":
    main()
