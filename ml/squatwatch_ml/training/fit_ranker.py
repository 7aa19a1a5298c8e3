"""Fits a ranker on pairs that readers judged.

    python -m squatwatch_ml.training.fit_ranker --data FOLDER    (`make ranker`)

FOLDER is a folder of real lists (`evaluation/data.py`) with `judged_*.csv.gz`: run_date, domain, brand, verdict. Each
pair is learnt from twice: with what was judged of the brand on earlier days, and as if nothing had been judged, so that
a brand without judgements loses nothing. Brands count alike, however many names they have.

What is shipped learns from all brands. To measure it on brands that it has not seen, a ranker is fitted for each fold
of the brands without that fold (`RankerLesson.fit`).
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.network.score import Scorer
from squatwatch_ml.rank.beside.fields import FIELD, WordVectors
from squatwatch_ml.rank.beside.lures import Lures
from squatwatch_ml.rank.brand_knowledge import known_abouts
from squatwatch_ml.rank.evidence import EVIDENCE, EXACT, GROUPS, NETWORK, SINGLE, comparable, evidence_of
from squatwatch_ml.rank.memory import MEMORY
from squatwatch_ml.rank.opinions import regression
from squatwatch_ml.rank.ranker_file import CLASSES, SHIPPED, SMALLEST_SCALE, RankerContent, write_ranker
from squatwatch_ml.training.data.splits import FOLDS, fold_of_brand
from squatwatch_ml.training.extra import need
from squatwatch_ml.training.fit_lures import fit_lures, read_lure_texts
from squatwatch_ml.training.fit_trees import ROUNDS, SETTINGS, fit_trees
from squatwatch_ml.training.judged_days import JudgedDay, read_judged_days, scored_days
from squatwatch_ml.training.words.vectors import fit_word_vectors, labels_to_learn_from, names_to_learn_from

# of squared weights, by kind of evidence: the score is trusted; what is said of names with the exact brand corrects
PENALTIES = {"network": 1e-4, "single": 4e-2, "exact": 1e-1, "memory": 1e-2, "field": 6e-2}
WITHOUT_MEMORY = 0.5  # weight of a pair without what was judged, beside 1 with it
_FOR_TREES = np.array([name not in EXACT for name in EVIDENCE])  # they have `is_exact` to split by
SHIPPED_NETWORK = Path(__file__).parents[1] / "shipped_artifact"


class RankerLesson(NamedTuple):
    """Evidence and verdicts that rankers are fitted on.

    `numbers`: float64 [pairs, EVIDENCE], with what was judged before, the lures in them those of the rankers that have
    not seen the pair's brand; `classes`: int64 [pairs]; `lures`: of the fold that they were fitted without, None: all.
    """

    days: Sequence[JudgedDay]
    numbers: NDArray[np.float64]
    classes: NDArray[np.int64]
    brands: Sequence[str]
    lures: dict[int | None, Lures]
    vectors: WordVectors
    model_version: str
    seed: int

    def fit(self, left_out: int | None = None) -> RankerContent:
        """Fit a ranker on the brands of all folds but one.

        Raises ValueError where no pair is left, MissingExtra without LightGBM.
        """
        chosen = np.array([fold_of_brand(brand) != left_out for brand in self.brands], bool)
        brands = [brand for brand, is_chosen in zip(self.brands, chosen, strict=True) if is_chosen]
        classes, counts = self.classes[chosen], Counter(brands)
        is_memory = np.array([name in GROUPS["memory"] for name in EVIDENCE])
        with_memory = self.numbers[chosen]
        numbers = np.concatenate([with_memory, np.where(is_memory, 0.0, with_memory)])
        of_pair = np.array([1 / counts[brand] for brand in brands])
        weights = np.concatenate([of_pair, of_pair * WITHOUT_MEMORY])
        mean, scale = _mean_and_scale(numbers, weights)
        mean = np.where(is_memory, 0.0, mean)
        pairs = comparable(numbers, mean, scale)
        both = np.tile(classes, 2)
        line = regression.fit(pairs, both, len(CLASSES), weights, _penalties())
        trees = fit_trees(pairs, both, len(CLASSES), weights, _FOR_TREES, self.seed)
        data = {
            "brands": len(counts),
            "pairs": {name: int((classes == number).sum()) for number, name in enumerate(CLASSES)},
            "days": [day.run_date for day in self.days],
            "penalties": PENALTIES,
            "trees": {"rounds": ROUNDS, "seed": self.seed, **SETTINGS},
        }
        return RankerContent(self.model_version, mean, scale, line, trees, self.lures[left_out], self.vectors, data)


def ranker_lesson(folder: Path, scorer: Scorer, seed: int = 1) -> RankerLesson:
    """Read a folder of real lists and prepare what rankers for the scores of a network are fitted on.

    Raises OSError, MissingExtra without LightGBM, ValueError where the folder has no judged pairs, no squats or none of
    the days to train on.
    """
    need("lightgbm")  # said before the minutes that the rest takes
    days = scored_days(read_judged_days(folder, lambda brand: True), scorer)
    texts = read_lure_texts(folder, labels_to_learn_from(folder), seed)
    vectors = fit_word_vectors(names_to_learn_from(folder))
    brands = [brand for day in days for brand in day.pairs.brands]
    folds = np.array([fold_of_brand(brand) for brand in brands])
    lures: dict[int | None, Lures] = dict.fromkeys((None, *range(FOLDS)), fit_lures(texts))
    numbers = np.zeros((len(brands), len(EVIDENCE)))
    for fold in sorted(set(folds.tolist())):
        lures[fold] = fit_lures(texts, partial(_is_of_another, fold))
        evidence = [
            evidence_of(day.pairs, day.judged_before, lures[fold], vectors, known_abouts()).numbers() for day in days
        ]
        numbers[folds == fold] = np.concatenate(evidence)[folds == fold]
    classes = np.concatenate([day.classes for day in days])
    return RankerLesson(days, numbers, classes, brands, lures, vectors, scorer.model_version, seed)


def _is_of_another(fold: int, brand: str) -> bool:
    return fold_of_brand(brand) != fold


def fit_ranker(folder: Path, scorer: Scorer, seed: int = 1) -> RankerContent:
    """Fit the ranker for the scores of a network on all brands of a folder of real lists.

    Raises OSError, ValueError where the folder has no judged pairs, no squats or none of the days to train on.
    """
    return ranker_lesson(folder, scorer, seed).fit()


def _mean_and_scale(
    numbers: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return float64 [EVIDENCE] twice: the weighted mean of what is known, and how far it spreads (1 for nothing)."""
    known = ~np.isnan(numbers) * weights[:, None]
    total = np.maximum(known.sum(axis=0), 1e-12)
    mean = (np.nan_to_num(numbers) * known).sum(axis=0) / total
    spread = np.sqrt((np.nan_to_num((numbers - mean) ** 2) * known).sum(axis=0) / total)
    return mean, np.where(spread > SMALLEST_SCALE, spread, 1.0)


def _penalties() -> NDArray[np.float64]:
    """Return float64 [EVIDENCE]."""
    of_name = dict.fromkeys(SINGLE, "single") | dict.fromkeys(NETWORK, "network") | dict.fromkeys(EXACT, "exact")
    of_name |= {name: "field" for one in FIELD for name in (one, f"exact_{one}")} | dict.fromkeys(MEMORY, "memory")
    return np.array([PENALTIES[of_name[name]] for name in EVIDENCE])


def main(arguments: Sequence[str]) -> None:
    """Fit, write and say which version it is; or end with a line that says what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="folder of real lists")
    parser.add_argument("--output", type=Path, default=SHIPPED, help="file to write")
    parser.add_argument("--artifact", type=Path, default=SHIPPED_NETWORK, help="network whose scores are ranked")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    try:
        content = fit_ranker(given.data, Scorer.load(given.artifact, device="cpu"), given.seed)
        version = write_ranker(given.output, content)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    print(f"{given.output}: {version}, fitted on {content.data}")


if __name__ == "__main__":
    main(sys.argv[1:])
