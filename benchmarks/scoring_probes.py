"""The measurements of `scoring.py`, each run in a process of its own: prints what it found and its cost as JSON."""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from pathlib import Path

import numpy as np

FLOOR = 0.03  # as SQUATWATCH_SCORE_FLOOR is by default


def probe_candidates(day: str, pairs: str) -> dict:
    from squatwatch_ml.candidates.candidates import candidate_pairs
    from squatwatch_ml.text.names import labels_of
    from squatwatch_ml.text.skeleton import skeleton

    given = json.loads(Path(day).read_text())
    labels = labels_of(given["names"])
    found = candidate_pairs([skeleton(label) for label in labels], given["brands"])
    chosen = [labels[at] for at in found.name_index], [given["brands"][at] for at in found.brand_index]
    Path(pairs).write_text(json.dumps(chosen))
    return {"pairs": len(chosen[0])}


def probe_score(engine: str, pairs: str) -> dict:
    """Return CPU seconds until the first score, of encoding and of the network."""
    from squatwatch_ml.network.score import ENCODED_AT_A_TIME, Scorer

    labels, brands = json.loads(Path(pairs).read_text())
    scorer = Scorer.load(shipped(), device="cpu", engine=engine)
    scorer.score(["paypal-login"], ["paypal"])
    started = time.process_time()
    parts = [slice(at, at + ENCODED_AT_A_TIME) for at in range(0, len(labels), ENCODED_AT_A_TIME)]
    encoded = [scorer.encode(labels[part], brands[part]) for part in parts]
    middle = time.process_time()
    passes = 0
    while not passes or time.process_time() - middle < 1:  # a day's few pairs are too few to time
        for part in encoded:
            scorer.score_encoded(part)
        passes += 1
    network = (time.process_time() - middle) / passes
    return {"start": started, "encode": middle - started, "network": network, "repeated": network * (passes - 1)}


def probe_rank(pairs: str) -> dict:
    """Return CPU seconds until the first pair is ranked, of the pairs that are kept, and how many these are."""
    from squatwatch_ml.network.score import Scorer
    from squatwatch_ml.rank.ranked import ScoredPairs
    from squatwatch_ml.rank.ranker import Ranker
    from squatwatch_ml.rank.ranker_file import SHIPPED

    labels, brands = json.loads(Path(pairs).read_text())
    scores = Scorer.load(shipped(), device="cpu").score(labels, brands).astype(np.float64)
    kept = [at for at in range(len(labels)) if scores[at] >= FLOOR]
    domains = [f"{labels[at]}.com" for at in kept]
    columns = domains, [labels[at] for at in kept], [brands[at] for at in kept], scores[kept]
    started = time.process_time()
    ranker = Ranker.load(SHIPPED)
    ranker.rank(ScoredPairs(*(column[:1] for column in columns)))
    middle = time.process_time()
    ranker.rank(ScoredPairs(*columns))
    return {"kept": len(kept), "start": middle - started, "rank": time.process_time() - middle}


def probe_all(day: str, count: str) -> dict:
    from squatwatch_ml.network.score import Scorer, score_all
    from squatwatch_ml.text.names import labels_of

    given = json.loads(Path(day).read_text())
    score_all(Scorer.load(shipped(), device="cpu"), labels_of(given["names"])[: int(count)], given["brands"][0])
    return {}


def probe_floors(pairs: str) -> dict:
    """Return the seconds that this machine's core needs at least for the network's arithmetic and for its input."""
    from squatwatch_ml.network.artifact import read_artifact
    from squatwatch_ml.pair.encode import encode

    labels, brands = json.loads(Path(pairs).read_text())
    artifact = read_artifact(shipped())
    some = encode(labels[:5000], brands[:5000])
    places = float(np.count_nonzero(some.letters, axis=1).mean())
    operations = operations_of(artifact.weights, places)
    inputs = sum(array[0].nbytes for array in some[:3]) * places / some.letters.shape[1] + some.features[0].nbytes
    return {"places": places, "operations": operations, "bytes": inputs, "flops": sgemm(), "bandwidth": copy_speed()}


def probe_precision(pairs: str) -> dict:
    """Return how far scores move where Keras multiplies in float16, on the CPU, and how many cross the threshold."""
    from squatwatch_ml.network.engines.tensorflow import import_keras
    from squatwatch_ml.network.score import Scorer

    def scores() -> np.ndarray:
        return Scorer.load(shipped(), device="cpu", engine="tensorflow").score(labels, brands)

    labels, brands = (column[:5000] for column in json.loads(Path(pairs).read_text()))
    keras = import_keras()
    full = scores()
    keras.mixed_precision.set_global_policy("mixed_float16")
    mixed = scores()
    threshold = Scorer.load(shipped(), device="cpu").threshold
    moved = float(np.abs(full - mixed).max())
    return {"pairs": len(labels), "moved": moved, "decisions": int(((full >= threshold) != (mixed >= threshold)).sum())}


def operations_of(weights: list[np.ndarray], places: float) -> float:
    """Return the floating-point operations of one pair, two for a weight that multiplies: matrices, at each place."""
    lstm_and_attention = [weights[at].size for at in (1, 2, 4, 5, 7, 9)]
    return 2 * (places * sum(lstm_and_attention) + weights[10].size + weights[12].size)


def sgemm(size: int = 1024) -> float:
    """Return the floating-point operations a second of a float32 matrix product, the best of five."""
    left, right = np.random.default_rng(1).random((2, size, size), np.float32)
    return 2 * size**3 / min(seconds(lambda: left @ right) for _ in range(5))


def copy_speed(size: int = 1 << 26) -> float:
    """Return the bytes a second of a copy of 256 MiB, read and written bytes both counted, the best of five."""
    source = np.ones(size, np.float32)
    target = np.empty_like(source)
    return 2 * source.nbytes / min(seconds(lambda: np.copyto(target, source)) for _ in range(5))


def seconds(work) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def shipped() -> Path:
    import squatwatch_ml

    return Path(squatwatch_ml.__file__).parent / "shipped_artifact"


def peak_mib() -> float:
    """Return the peak memory of this process alone: `getrusage` counts that of the process which started it, too."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


PROBES = {
    "candidates": probe_candidates,
    "score": probe_score,
    "rank": probe_rank,
    "all": probe_all,
    "floors": probe_floors,
    "precision": probe_precision,
}


def probe(name: str, *arguments: str) -> None:
    answer = PROBES[name](*arguments)
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu = used.ru_utime + used.ru_stime - answer.get("repeated", 0)
    cost = {"cpu": cpu, "peak_mib": peak_mib()}
    print(json.dumps({"cost": cost, **answer}))


if __name__ == "__main__":
    probe(*sys.argv[1:])
