"""CPU seconds, wall seconds and peak memory of every step of a day, and of the whole `squatwatch run`.

    python benchmarks/day.py [LIST] [--date D] [--brands FILE.csv]

Without a list it takes the real day of 2024-06-13 beside the repository (../shared/data) where there is one, else
100,000 names from the packaged popularity list. Every step is a process of its own, children included, so a figure
is what the command costs when it is started alone; the last row is one process that does them all.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REAL_DAY = ROOT.parent / "shared/data/registrations/newly-registered-domains-2024-06-13.zip"


def main() -> None:
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="squatwatch-benchmark-") as scratch:
        names = arguments.list or (REAL_DAY if REAL_DAY.is_file() else popular_names(Path(scratch)))
        brands = ["--brands", str(arguments.brands)] if arguments.brands else []
        print(f"{names}, brands {arguments.brands or 'of the seed'}, {os.cpu_count()} cores\n")
        print(f"{'step':<12}{'CPU s':>8}{'wall s':>8}{'peak MiB':>10}")
        day = ["--date", arguments.date]
        steps_home = Path(scratch) / "steps"
        measure("download", steps_home, ["download", *day, "--input", str(names)])
        measure("load", steps_home, ["load", *day])
        measure("health", steps_home, ["health", *day])
        measure("transform", steps_home, ["transform", *day, *brands])
        measure("score", steps_home, ["score", *day])
        measure("publish", steps_home, ["publish", *brands])
        measure("query", steps_home, ["query", "select count(*) from detections"])
        measure("run (all)", Path(scratch) / "run", ["run", *day, "--input", str(names), *brands])


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list", nargs="?", type=Path, help="a registration list")
    parser.add_argument("--date", default="2024-06-13")
    parser.add_argument("--brands", type=Path, help="brands.csv to use instead of the seed")
    return parser.parse_args()


def measure(name: str, home: Path, command: list[str]) -> None:
    """Runs one command in a process that reports its own and its children's cost."""
    probe = subprocess.run(
        [sys.executable, __file__, "--probe", *command],
        env={**os.environ, "SQUATWATCH_HOME": str(home)},
        capture_output=True,
        text=True,
    )
    if probe.returncode:
        sys.exit(f"{name} failed:\n{probe.stderr}")
    cost = json.loads(probe.stdout.splitlines()[-1])
    print(f"{name:<12}{cost['cpu']:>8.1f}{cost['wall']:>8.1f}{cost['peak_mib']:>10.0f}", flush=True)


def probe(command: list[str]) -> None:
    """Peak memory is that of the largest single process: dbt runs beside a parent that waits."""
    started = time.monotonic()
    subprocess.run([sys.executable, "-m", "squatwatch.cli", *command], stdout=subprocess.DEVNULL, check=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost = {"cpu": used.ru_utime + used.ru_stime, "wall": time.monotonic() - started, "peak_mib": used.ru_maxrss / 1024}
    print(json.dumps(cost))


def popular_names(folder: Path) -> Path:
    import pymispwarninglists

    lists = Path(pymispwarninglists.__file__).parent / "data/misp-warninglists/lists"
    names = json.loads((lists / "tranco/list.json").read_text())["list"][::10]
    path = folder / "popular.txt"
    path.write_text("\n".join(names))
    return path


if __name__ == "__main__":
    probe(sys.argv[2:]) if sys.argv[1:2] == ["--probe"] else main()
