"""The candidate step: what it costs for ever more brands, how many candidates it leaves, and what it finds.

    python benchmarks/candidates.py [--data FOLDER]

Cost: pseudo-brands of the packaged popular names against 150,000 names. rapidfuzz's partial_ratio of all pairs, which
needs no index, is timed beside it on the same machine, for 40 brands. Then, from a folder of real lists
(SQUATWATCH_REAL_LISTS, see squatwatch_ml/evaluation/data.py): candidates per brand and 150,000 names of every day, and
the squats that are candidates. Last, the generated imitations that are.
"""

from __future__ import annotations

import argparse
import os
import re
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

from squatwatch_ml.candidates.candidates import candidate_pairs
from squatwatch_ml.evaluation.data import RealLists
from squatwatch_ml.text.names import label_of, labels_of, popular_domains
from squatwatch_ml.text.skeleton import skeleton
from squatwatch_ml.training.data.generate import TECHNIQUES
from squatwatch_ml.training.data.splits import LONG_BRAND, role_of_brand

NAMES = 150_000
BRAND_COUNTS = (40, 200, 1000)
TECHNIQUE_BRANDS, EACH = 300, 12
JUDGED_DAY = "newly-registered-domains-2024-06-13"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    real_lists = os.environ.get("SQUATWATCH_REAL_LISTS")
    parser.add_argument("--data", type=Path, default=real_lists, help="folder of real lists [SQUATWATCH_REAL_LISTS]")
    folder = parser.parse_args().data
    lists = RealLists(folder) if folder else None
    pool = pseudo_brands()
    cost(names_of_days(lists) if lists else [skeleton(label) for label in labels_of(popular_domains())], pool)
    if lists:
        days(lists)
        squats(lists)
    else:
        print("\nNo real lists, name their folder with --data: candidates per day and real squats are left out.")
    techniques(pool[-TECHNIQUE_BRANDS:])


def pseudo_brands() -> list[str]:
    labels = [label for label in labels_of(popular_domains("tranco10k")) if re.fullmatch("[a-z]{3,14}", label)]
    return [labels[at] for at in np.random.default_rng(1).permutation(len(labels))]


def skeletons_of(lists: RealLists, day: str) -> list[str]:
    return [skeleton(label_of(domain)) for domain in lists.domains(day)]


def names_of_days(lists: RealLists) -> list[str]:
    return [name for day in lists.days("report") for name in skeletons_of(lists, day)]


def cost(names: list[str], pool: list[str]) -> None:
    names = names[:NAMES]
    print(f"{len(names):,} names\n{'brands':>8}{'CPU s':>8}{'x 40 brands':>13}{'candidates per brand per 150,000':>34}")
    first = None
    for count in BRAND_COUNTS:
        started = time.process_time()
        found = candidate_pairs(names, pool[:count])
        used = time.process_time() - started
        first = first or used
        print(f"{count:8,}{used:8.2f}{used / first:13.1f}{len(found.name_index) / count * NAMES / len(names):34.1f}")
    started = time.process_time()
    process.cdist(names, [skeleton(brand) for brand in pool[: BRAND_COUNTS[0]]], scorer=fuzz.partial_ratio)
    print(f"{'40, partial_ratio of all pairs':>30}{time.process_time() - started:8.2f} CPU s")


def days(lists: RealLists) -> None:
    """Print means over brands of five letters or more, over those judged, and over shorter ones."""
    brands = sorted(lists.owned)
    judged = {row["brand"] for row in lists.verdict_rows(JUDGED_DAY)}
    is_long = np.array([len(skeleton(brand)) >= LONG_BRAND for brand in brands])
    groups = {
        "long": is_long,
        "tune": is_long & [role_of_brand(brand) == "tune" for brand in brands],
        "report": is_long & [role_of_brand(brand) == "report" for brand in brands],
        "judged": np.array([brand in judged for brand in brands]),
        "short": ~is_long,
    }
    print(f"\n{'candidates per brand per 150,000':40}" + "".join(f"{name:>8}" for name in groups))
    print(f"{'brands':40}" + "".join(f"{group.sum():8}" for group in groups.values()))
    for day in lists.files:
        names = skeletons_of(lists, day)
        each = np.bincount(candidate_pairs(names, brands).brand_index, minlength=len(brands)) * NAMES / len(names)
        print(f"{day:40}" + "".join(f"{each[group].mean():8.1f}" for group in groups.values()))


def squats(lists: RealLists) -> None:
    by_brand = defaultdict(list)
    for row in lists.squats:
        by_brand[row["brand"]].append((row["squat_domain"], row.get("match", "")))
    hits = defaultdict(list)
    for brand, rows in by_brand.items():
        size = "5 letters or more" if len(skeleton(brand)) >= LONG_BRAND else "2 to 4 letters"
        for found, (_, match) in zip(are_candidates([domain for domain, _ in rows], brand), rows, strict=True):
            for group in ("all", f"brands of {size}", f"{role_of_brand(brand)} brands", match):
                hits[group].append(found)
    print_recall("real squats", hits)
    hits, by_brand = defaultdict(list), defaultdict(list)
    for row in lists.verdict_rows(JUDGED_DAY):
        by_brand[row["brand"]].append((row["domain"], row["verdict"]))
    for brand, rows in by_brand.items():
        for found, (_, verdict) in zip(are_candidates([domain for domain, _ in rows], brand), rows, strict=True):
            hits[verdict].append(found)
    print_recall(f"judged names of {JUDGED_DAY}", hits)


def are_candidates(domains: list[str], brand: str) -> list[bool]:
    found = set(candidate_pairs([skeleton(label_of(domain)) for domain in domains], [brand]).name_index.tolist())
    return [at in found for at in range(len(domains))]


def techniques(brands: list[str]) -> None:
    rng = np.random.default_rng(2)
    for size in ("5 letters or more", "2 to 4 letters"):
        chosen = [brand for brand in brands if (len(brand) >= LONG_BRAND) == (size == "5 letters or more")]
        hits = defaultdict(list)
        for brand in chosen:
            made = [(technique.__name__, technique(brand, rng)) for technique in TECHNIQUES for _ in range(EACH)]
            found = set(candidate_pairs([skeleton(label) for _, label in made], [brand]).name_index.tolist())
            for at, (name, label) in enumerate(made):
                if label != brand or name == "tld_swap":  # else the technique does not apply to the brand
                    hits[name].append(at in found)
        print_recall(f"generated imitations of {len(chosen)} brands of {size}", hits)


def print_recall(title: str, hits: dict[str, list[bool]]) -> None:
    print(f"\n{title} that are candidates")
    for group, found in sorted(hits.items()):
        print(f"  {group:32}{np.mean(found):7.4f} of {len(found):,}")


if __name__ == "__main__":
    main()
