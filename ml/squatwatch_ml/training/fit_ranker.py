"""Fits a ranker on pairs that readers judged, and says what it is worth on brands that it has not seen.

    python -m squatwatch_ml.training.fit_ranker --data FOLDER    (`make ranker`)

FOLDER is a folder of real lists (`evaluation/data.py`) with `judged_*.csv.gz`: run_date, domain, brand, verdict. Brands
for reporting (`splits.ranks_unseen`) are never fitted on. Each pair is learnt from twice: with what was judged of the
brand on earlier days, and as if nothing had been judged, so that a brand without judgements loses nothing.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from squatwatch_ml.network.score import Scorer
from squatwatch_ml.pair.match import nearest
from squatwatch_ml.rank import softmax
from squatwatch_ml.rank.evidence import EVIDENCE, EXACT, GROUPS, NETWORK, SINGLE, Lures, evidence_of
from squatwatch_ml.rank.lures import BUCKETS, ngrams
from squatwatch_ml.rank.memory import MEMORY
from squatwatch_ml.rank.ranker_file import CLASSES, SHIPPED, RankerContent, write_ranker
from squatwatch_ml.rank.rests import Rest, rest_around, rest_of
from squatwatch_ml.text.csv_rows import rows
from squatwatch_ml.text.names import label_of, labels_of, read_domains
from squatwatch_ml.text.skeleton import without_marks
from squatwatch_ml.text.words import read
from squatwatch_ml.training.data.splits import DAYS, ranks_unseen
from squatwatch_ml.training.judged_days import JudgedDay, read_judged_days, scored_days

# of squared weights, by kind of evidence: the score is trusted; what is said of names with the exact brand corrects
PENALTIES = {"network": 1e-4, "single": 2e-2, "exact": 1e-1, "memory": 1e-2}
LURE_PENALTY = 3e-6
ORDINARY = 70_000  # names whose words stand for brands that nobody imitates
SHORTEST_WORD = 5  # letters of such a word
WITHOUT_MEMORY = 0.5  # weight of a pair without what was judged, beside 1 with it
SHIPPED_NETWORK = Path(__file__).parents[1] / "shipped_artifact"


def fit_ranker(folder: Path, scorer: Scorer, seed: int = 1) -> RankerContent:
    """Fit a ranker for the scores of a network on a folder of real lists.

    Raises OSError, ValueError where the folder has no judged pairs, no squats or none of the days to train on.
    """
    judged = read_judged_days(folder, lambda brand: not ranks_unseen(brand))
    lures = fit_lures(folder, seed)
    days = scored_days(judged, scorer)
    return fit_on_days(days, lures, scorer.model_version)


def fit_on_days(days: Sequence[JudgedDay], lures: Lures, model_version: str) -> RankerContent:
    """Fit a ranker on judged days, each with the judgements of the days before it."""
    with_memory = np.concatenate([evidence_of(day.pairs, day.judged_before, lures).numbers for day in days])
    is_memory = np.array([name in GROUPS["memory"] for name in EVIDENCE])
    classes = np.concatenate([day.classes for day in days])
    brands = [brand for day in days for brand in day.pairs.brands]
    counts = Counter(brands)
    of_pair = np.array([counts[brand] ** -0.5 for brand in brands])  # a brand with many names teaches more, but not all
    numbers = np.concatenate([with_memory, np.where(is_memory, 0.0, with_memory)])
    weights = np.concatenate([of_pair, of_pair * WITHOUT_MEMORY])
    mean = np.where(is_memory, 0.0, np.average(numbers, axis=0, weights=weights))
    spread = np.sqrt(np.average((numbers - mean) ** 2, axis=0, weights=weights))
    scale = np.where(spread > 1e-6, spread, 1.0)
    line = softmax.fit((numbers - mean) / scale, np.tile(classes, 2), len(CLASSES), weights, _penalties())
    data = {
        "brands": len(counts),
        "pairs": {name: int((classes == number).sum()) for number, name in enumerate(CLASSES)},
        "days": [day.run_date for day in days],
        "penalties": PENALTIES,
    }
    return RankerContent(model_version, mean, scale, line, lures, data)


def _penalties() -> NDArray[np.float64]:
    """Return float64 [EVIDENCE]."""
    of_name = {name: "single" for name in SINGLE} | dict.fromkeys(NETWORK, "network")
    of_name |= dict.fromkeys(EXACT, "exact") | dict.fromkeys(MEMORY, "memory")
    return np.array([PENALTIES[of_name[name]] for name in EVIDENCE])


def fit_lures(folder: Path, seed: int) -> Lures:
    """Fit what the text beside a brand says: in published squats, against beside a word of an ordinary name."""
    squats = [
        (row["squat_domain"], row["brand"])
        for path in sorted(folder.glob("squats*.csv*"))
        for row in rows(path, "brand", "squat_domain")
    ]
    squats = [(domain, brand) for domain, brand in squats if not ranks_unseen(brand)]
    if not squats:
        raise ValueError(f"{folder} has no squats*.csv with brand and squat_domain of brands to learn from")
    labels = [label_of(domain) for domain, _ in squats]
    lured = [rest_of(nearest(label, brand)) for label, (_, brand) in zip(labels, squats, strict=True)]
    counts = Counter(brand for _, brand in squats)
    weights = np.array([counts[brand] ** -0.5 for _, brand in squats])
    kept = np.array([bool(rest.before or rest.after) for rest in lured])
    ordinary = _ordinary(folder, seed)
    rests = [rest for rest, is_kept in zip(lured, kept, strict=True) if is_kept] + ordinary
    of_squats = weights[kept] * len(ordinary) / weights[kept].sum()
    row_weights = np.concatenate([of_squats, np.ones(len(ordinary))])
    classes = np.repeat(np.array([1, 0]), [int(kept.sum()), len(ordinary)])
    found = ngrams(rests)
    counts = csr_array((found.shares, (found.rows, found.buckets)), shape=(len(rests), BUCKETS))
    line = softmax.fit(counts, classes, 2, row_weights, LURE_PENALTY)
    return Lures(line.weights[:, 1] - line.weights[:, 0], float(line.intercepts[1] - line.intercepts[0]))


def _ordinary(folder: Path, seed: int) -> list[Rest]:
    """Return what stands beside one word, chosen by chance, of names registered on the days to train on."""
    paths = [path for day in DAYS["train"] + DAYS["calibrate"] for path in (folder / "registrations").glob(f"{day}.*")]
    labels = sorted(set(labels_of(name for path in paths for name in read_domains(path))))
    if not labels:
        raise ValueError(f"{folder / 'registrations'} has no file of the days {', '.join(DAYS['train'])}")
    chance = random.Random(seed)
    rests = []
    for label in chance.sample(labels, min(ORDINARY, len(labels))):
        words = [
            piece
            for piece in read(without_marks(label)).best
            if piece.zipf and piece.end - piece.start >= SHORTEST_WORD
        ]
        if words:
            word = chance.choice(words)
            if word.end - word.start < len(label):
                rests.append(rest_around(label, word.start, word.end, is_exact=True))
    return rests


def main(arguments: Sequence[str]) -> None:
    """Fit, write and say which version it is."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of real lists")
    parser.add_argument("--output", type=Path, default=SHIPPED, help="file to write")
    parser.add_argument("--artifact", type=Path, default=SHIPPED_NETWORK, help="network whose scores are ranked")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    content = fit_ranker(given.data, Scorer.load(given.artifact, device="cpu"), given.seed)
    print(f"{given.output}: {write_ranker(given.output, content)}, fitted on {content.data}")


if __name__ == "__main__":
    main(sys.argv[1:])
