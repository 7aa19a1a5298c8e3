"""Measure what a day costs to score: CPU seconds, memory and pairs a second of each engine, and the machine's floors.

    python benchmarks/scoring.py [--names 150000] [--brands 40] [--all-names N]

The names are those of the real day 2024-06-13 where SQUATWATCH_REAL_LISTS names a folder that has it, filled up or
replaced by the packaged popularity list; the brands the first of that folder's brands.tsv, then popular names. Every
row of the first table is a process of its own and includes its start. The floors are the time for the network's
multiplications at the speed of this machine's matrix product, and for its input at the speed of a copy in memory, both
on one core.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

REAL_LISTS = Path(os.environ.get("SQUATWATCH_REAL_LISTS") or os.devnull)
REAL_DAY = REAL_LISTS / "registrations/newly-registered-domains-2024-06-13.zip"
PROBES = Path(__file__).with_name("scoring_probes.py")
ENGINES = ("onnx", "tensorflow")
ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def main() -> None:
    arguments = parse_arguments()
    with tempfile.TemporaryDirectory(prefix="squatwatch-benchmark-") as scratch:
        day, pairs = Path(scratch) / "day.json", Path(scratch) / "pairs.json"
        day.write_text(json.dumps(a_day(arguments.names, arguments.brands)))
        print(f"{arguments.names:,} names, {arguments.brands:,} brands, {os.cpu_count()} cores\n")
        print(f"{'step':<26}{'CPU s':>8}{'peak MiB':>10}")
        found = measure("candidates", "candidates", str(day), str(pairs))
        engines = {name: measure(f"score, {name}", "score", name, str(pairs)) for name in ENGINES}
        if arguments.all_names:
            measure(f"score {arguments.all_names:,} names, onnx", "all", str(day), str(arguments.all_names))
        ranked = measure("score and rank, onnx", "rank", str(pairs))
        show_engines(found["pairs"], engines)
        print(f"\n{ranked['kept']:,} pairs ranked: start {ranked['start']:.2f} CPU s, then {ranked['rank']:.2f}")
        show_floors(json.loads(run_probe("floors", str(pairs))), engines)
        show_precision(json.loads(run_probe("precision", str(pairs))))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=150_000)
    parser.add_argument("--brands", type=int, default=40)
    parser.add_argument("--all-names", type=int, default=0, metavar="N", help="also score N names without candidates")
    return parser.parse_args()


def a_day(name_count: int, brand_count: int) -> dict[str, list[str]]:
    """Return domains and brands of the wanted numbers."""
    from squatwatch_ml.text.names import label_of, popular_domains, read_domains

    real = read_domains(REAL_DAY) if REAL_DAY.is_file() else []
    names = list(itertools.islice(dict.fromkeys([*real, *popular_domains()[::3]]), name_count))
    table = REAL_LISTS / "brands.tsv"
    brands = [line.split("\t")[0] for line in table.read_text("utf-8").splitlines()] if table.is_file() else []
    popular = (label for domain in popular_domains("tranco10k")[::2] if 5 <= len(label := label_of(domain)) <= 14)
    return {"names": names, "brands": list(itertools.islice(dict.fromkeys([*brands, *popular]), brand_count))}


def measure(title: str, *probe: str) -> dict:
    """Print the cost of a probe; return what it answered."""
    answer = json.loads(run_probe(*probe))
    cost = answer.pop("cost")
    print(f"{title:<26}{cost['cpu']:>8.1f}{cost['peak_mib']:>10.0f}", flush=True)
    return answer


def run_probe(*probe: str) -> str:
    done = subprocess.run(
        [sys.executable, str(PROBES), *probe], env=os.environ | ONE_CORE, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{' '.join(probe)} failed:\n{done.stderr}")
    return done.stdout.splitlines()[-1]


def show_engines(pairs: int, engines: dict[str, dict]) -> None:
    print(
        f"\n{pairs:,} pairs, CPU s\n{'engine':<14}{'start':>8}{'encode':>8}{'network':>9}{'pairs/s of the network':>25}"
    )
    for name, cost in engines.items():
        speed = pairs / cost["network"]
        print(f"{name:<14}{cost['start']:>8.2f}{cost['encode']:>8.2f}{cost['network']:>9.2f}{speed:>25,.0f}")
        cost["speed"] = speed


def show_floors(floor: dict, engines: dict[str, dict]) -> None:
    arithmetic = floor["flops"] / floor["operations"]
    reading = floor["bandwidth"] / floor["bytes"]
    network = f"{floor['operations'] / 1e6:.2f} MFLOP, {floor['bytes']:.0f} bytes of input"
    print(f"\none pair, {floor['places']:.1f} characters: {network}")
    print(f"one core: sgemm {floor['flops'] / 1e9:.0f} GFLOP/s, copy {floor['bandwidth'] / 1e9:.1f} GB/s")
    print(f"at most {arithmetic:,.0f} pairs/s by arithmetic, {reading:,.0f} by memory")
    for name, cost in engines.items():
        print(f"{name}: {cost['speed'] / arithmetic:.2f} of the first, {cost['speed'] / reading:.4f} of the second")


def show_precision(mixed: dict) -> None:
    crossed = f"{mixed['decisions']} of {mixed['pairs']:,} decisions change"
    print(f"float16 products: scores move by up to {mixed['moved']:.5f}, {crossed}")


if __name__ == "__main__":
    main()
