"""Section `techniques`: recall by technique on generated imitations of brands never trained on, candidates included.

An imitation that is the brand as written, another evaluated brand or a common word (`finance` for `binance`) says
nothing and is left out; only `tld_swap` is the brand as written.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from squatwatch_ml.evaluation.bench import Bench, Table
from squatwatch_ml.text.skeleton import skeleton
from squatwatch_ml.text.words import zipf_of
from squatwatch_ml.training.data.generate import NOT_FOR_SHORT, TECHNIQUES, Technique, tld_swap
from squatwatch_ml.training.data.pairs import COMMON_ZIPF
from squatwatch_ml.training.data.source import brand_pool
from squatwatch_ml.training.data.splits import LONG_BRAND, learnable, role_of_brand

PSEUDO_BRANDS, EACH, DRAWS = 60, 4, 12  # brands of each length; imitations a brand and technique, and tries to get them
NOTE = (
    "Generated imitations, {each} a brand and technique at most. Popular names: labels of popular domains that were "
    "not learnt from. Evaluated brands: those of brands.csv; what a network learns was chosen on those to tune on."
)
EVALUATED = "evaluated brands of 5 letters or more"
REPORTED = "those to report on"  # a part of them


def tables(bench: Bench) -> list[Table]:
    """Return recall by technique."""
    rng = np.random.default_rng(bench.seed)
    pseudo, evaluated = held_out_brands(bench, rng), bench.brands
    groups = {
        "popular names of 5 letters or more": [brand for brand in pseudo if len(brand) >= LONG_BRAND],
        EVALUATED: [brand for brand in evaluated if len(brand) >= LONG_BRAND],
        "brands of 2 to 4 letters": [brand for brand in {*pseudo, *evaluated} if len(brand) < LONG_BRAND],
    }
    reported = [brand for brand in evaluated if role_of_brand(brand) == "report"]
    rows, means = [], []
    for title, brands in groups.items():
        bench.say(f"imitations of {title}")
        made = generated(sorted(brands), rng)
        scored = made.join(bench.search(made["domain"].unique(maintain_order=True).to_list(), sorted(brands)),
                           on=["domain", "brand"], how="left")  # fmt: skip
        parts = {title: scored}
        if title == EVALUATED:
            parts[REPORTED] = scored.filter(pl.col("brand").is_in(reported))
        for part, imitations in parts.items():
            if imitations.is_empty():
                continue
            rows += [
                {"technique": technique, "imitations of": part, **_figures(bench, group)}
                for (technique,), group in sorted(imitations.group_by("technique"), key=lambda one: one[0])
            ]
            count = imitations["technique"].n_unique()
            means.append({"imitations of": part, "techniques": count, **_figures(bench, imitations)})
    note = NOTE.format(each=EACH)
    return [
        Table("techniques", "Generated imitations by technique", note, pl.DataFrame(rows)),
        Table("techniques_all", "Generated imitations, all techniques alike", note, pl.DataFrame(means)),
    ]


def held_out_brands(bench: Bench, rng: np.random.Generator) -> list[str]:
    """Draw popular names that were not learnt from and are not evaluated: so many of each length, by chance."""
    learnt = {skeleton(brand) for brand in bench.manifest["data"]["brands_learnt"]}
    pool = [brand for brand in learnable(brand_pool()) if skeleton(brand) not in learnt]
    pool = [pool[at] for at in rng.permutation(len(pool))]
    long = [brand for brand in pool if len(brand) >= LONG_BRAND]
    return long[:PSEUDO_BRANDS] + [brand for brand in pool if len(brand) < LONG_BRAND][: PSEUDO_BRANDS // 2]


def generated(brands: Sequence[str], rng: np.random.Generator) -> pl.DataFrame:
    """Return technique, brand, domain: imitations as they would be registered, under .com."""
    taken = set(brands)
    rows = []
    for technique in TECHNIQUES:
        for brand in brands:
            if len(brand) < LONG_BRAND and technique in NOT_FOR_SHORT:
                continue
            rows += [(name_of(technique), brand, domain_of(label)) for label in _labels(technique, brand, taken, rng)]
    return pl.DataFrame(rows, schema=["technique", "brand", "domain"], orient="row")


def name_of(technique: Technique) -> str:
    """Return what a technique is called in tables."""
    return {"homoglyph_idn": "homoglyph (xn--)"}.get(technique.__name__, technique.__name__.replace("_", "-"))


def domain_of(label: str) -> str:
    """Return a label under .com, in A-labels (RFC 3492)."""
    ascii_label = label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")
    return f"{ascii_label}.com"


def _labels(technique: Technique, brand: str, taken: set[str], rng: np.random.Generator) -> list[str]:
    if technique is tld_swap:
        return [brand]
    labels: dict[str, None] = {}
    for _ in range(DRAWS):
        label = technique(brand, rng)
        if len(labels) < EACH and 2 <= len(label) <= 40 and label not in taken and not _is_word(label, brand):
            labels[label] = None
    return list(labels)


def _is_word(label: str, brand: str) -> bool:
    return skeleton(label) != skeleton(brand) and zipf_of(label) >= COMMON_ZIPF


def _figures(bench: Bench, rows: pl.DataFrame) -> dict[str, float | int]:
    candidates = rows[bench.matchers[0].name].drop_nulls().len() / rows.height
    recalls = {matcher.name: bench.raised(rows, matcher).height / rows.height for matcher in bench.matchers}
    return {"imitations": rows.height, "candidates": candidates, **recalls}
