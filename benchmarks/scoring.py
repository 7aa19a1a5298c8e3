"""What scoring a day costs: CPU seconds, peak memory and pairs a second of each engine, and how far that is from the
floors that the machine sets.

    python benchmarks/scoring.py [--names 150000] [--brands 40] [--all-names N]

The names are those of the real day beside the repository (../shared/data), filled up or replaced by the packaged
popularity list; the brands the first of ../shared/data/brands.tsv, then popular names. Every row of the first table
is a process of its own and includes its start. The floors are the time for the network's multiplications at the
speed of this machine's matrix product, and for its input at the speed of a copy in memory, both on one core.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

SHARED = Path(__file__).resolve().parents[2] / "shared/data"
REAL_DAY = SHARED / "registrations/newly-registered-domains-2024-06-13.zip"
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
        show_engines(found["pairs"], engines)
        show_floors(json.loads(run_probe("floors", str(pairs))), engines)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--names", type=int, default=150_000)
    parser.add_argument("--brands", type=int, default=40)
    parser.add_argument("--all-names", type=int, default=0, metavar="N", help="also score N names without candidates")
    return parser.parse_args()


def a_day(name_count: int, brand_count: int) -> dict[str, list[str]]:
    """Domains and brands of the wanted numbers."""
    from squatwatch_ml.names import label_of, popular_domains, read_domains

    real = read_domains(REAL_DAY) if REAL_DAY.is_file() else []
    names = list(itertools.islice(dict.fromkeys([*real, *popular_domains()[::3]]), name_count))
    table = SHARED / "brands.tsv"
    brands = [line.split("\t")[0] for line in table.read_text("utf-8").splitlines()] if table.is_file() else []
    popular = (label for domain in popular_domains("tranco10k")[::2] if 5 <= len(label := label_of(domain)) <= 14)
    return {"names": names, "brands": list(itertools.islice(dict.fromkeys([*brands, *popular]), brand_count))}


def measure(title: str, *probe: str) -> dict:
    """Prints the cost of a probe; returns what it answered."""
    answer = json.loads(run_probe(*probe))
    cost = answer.pop("cost")
    print(f"{title:<26}{cost['cpu']:>8.1f}{cost['peak_mib']:>10.0f}", flush=True)
    return answer


def run_probe(*probe: str) -> str:
    done = subprocess.run(
        [sys.executable, __file__, "--probe", *probe], env=os.environ | ONE_CORE, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{' '.join(probe)} failed:\n{done.stderr}")
    return done.stdout.splitlines()[-1]


def probe_candidates(day: str, pairs: str) -> dict:
    from squatwatch_ml.candidates import candidate_pairs
    from squatwatch_ml.names import labels_of
    from squatwatch_ml.skeleton import skeleton

    given = json.loads(Path(day).read_text())
    labels = labels_of(given["names"])
    found = candidate_pairs([skeleton(label) for label in labels], given["brands"])
    chosen = [labels[at] for at in found.name_index], [given["brands"][at] for at in found.brand_index]
    Path(pairs).write_text(json.dumps(chosen))
    return {"pairs": len(chosen[0])}


def probe_score(engine: str, pairs: str) -> dict:
    """CPU seconds until the first score, of encoding and of the network."""
    from squatwatch_ml.score import Scorer

    labels, brands = json.loads(Path(pairs).read_text())
    scorer = Scorer.load(shipped(), device="cpu", engine=engine)
    scorer.score(["paypal-login"], ["paypal"])
    started = time.process_time()
    encoded = [
        scorer.encode(labels[at : at + 16_384], brands[at : at + 16_384]) for at in range(0, len(labels), 16_384)
    ]
    middle = time.process_time()
    passes = 0
    while not passes or time.process_time() - middle < 1:  # a day's few pairs are too few to time
        for part in encoded:
            scorer.score_encoded(part)
        passes += 1
    network = (time.process_time() - middle) / passes
    return {"start": started, "encode": middle - started, "network": network, "repeated": network * (passes - 1)}


def probe_all(day: str, count: str) -> dict:
    from squatwatch_ml.names import labels_of
    from squatwatch_ml.score import Scorer, score_all

    given = json.loads(Path(day).read_text())
    score_all(Scorer.load(shipped(), device="cpu"), labels_of(given["names"])[: int(count)], given["brands"][0])
    return {}


def probe_floors(pairs: str) -> dict:
    """Seconds that this machine's core needs at least for the network's arithmetic and for reading its input."""
    from squatwatch_ml.artifact import read_artifact
    from squatwatch_ml.encode import encode

    labels, brands = json.loads(Path(pairs).read_text())
    artifact = read_artifact(shipped())
    some = encode(labels[:5000], brands[:5000], artifact.words)
    places = float(np.count_nonzero(some.letters, axis=1).mean())
    operations = operations_of(artifact.weights, places)
    inputs = sum(array[0].nbytes for array in some[:3]) * places / some.letters.shape[1] + some.features[0].nbytes
    return {"places": places, "operations": operations, "bytes": inputs, "flops": sgemm(), "bandwidth": copy_speed()}


def operations_of(weights: list[np.ndarray], places: float) -> float:
    """Floating-point operations of one pair, two for each weight that multiplies: matrices only, at each place."""
    lstm_and_attention = [weights[at].size for at in (1, 2, 4, 5, 7, 9)]
    return 2 * (places * sum(lstm_and_attention) + weights[10].size + weights[12].size)


def sgemm(size: int = 1024) -> float:
    """Floating-point operations a second of a float32 matrix product, the best of five."""
    left, right = np.random.default_rng(1).random((2, size, size), np.float32)
    return 2 * size**3 / min(seconds(lambda: left @ right) for _ in range(5))


def copy_speed(size: int = 1 << 26) -> float:
    """Bytes a second of a copy of 256 MiB, read and written bytes both counted, the best of five."""
    source = np.ones(size, np.float32)
    target = np.empty_like(source)
    return 2 * source.nbytes / min(seconds(lambda: np.copyto(target, source)) for _ in range(5))


def seconds(work) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


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


def shipped() -> Path:
    import squatwatch_ml

    return Path(squatwatch_ml.__file__).parent / "artifact"


PROBES = {"candidates": probe_candidates, "score": probe_score, "all": probe_all, "floors": probe_floors}


def probe(name: str, *arguments: str) -> None:
    answer = PROBES[name](*arguments)
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime - answer.get("repeated", 0)
    cost = {"cpu": cpu, "peak_mib": used.ru_maxrss / 1024}
    print(json.dumps({"cost": cost, **answer}))


if __name__ == "__main__":
    probe(*sys.argv[2:]) if sys.argv[1:2] == ["--probe"] else main()
