"""Section `packaged`, without real lists: imitations of popular names never learnt from, among popular names.

Popular names are old and mostly honest, so nearly all that is raised among them is a false alarm; they are not a day's
registrations, so the figure says how a model compares with another, not what a day costs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from squatwatch_ml.evaluation.bench import Bench, Table
from squatwatch_ml.evaluation.sections.techniques import domain_of, held_out_brands
from squatwatch_ml.text.names import label_of, popular_domains
from squatwatch_ml.text.skeleton import skeleton
from squatwatch_ml.training.data.generate import imitations
from squatwatch_ml.training.data.splits import LONG_BRAND
from squatwatch_ml.training.measure import PER_NAMES

BRANDS, EACH, NAMES = 40, 60, 100_000
NOTE = (
    "Imitations generated with techniques drawn by weight, of popular names that were not learnt from; raised among "
    "{names:,} popular names, per brand and 150,000."
)


def tables(bench: Bench) -> list[Table]:
    """Return imitations found and names raised among popular names."""
    names = popular(bench, NAMES)
    bench.say(f"scoring {len(names):,} popular names")
    note = NOTE.format(names=len(names))
    frame = figures(bench, names)
    return [Table("packaged", "Packaged names: imitations of popular names, and alarms", note, frame)]


def popular(bench: Bench, count: int) -> list[str]:
    """Draw so many popular domains by chance."""
    domains = popular_domains("tranco")
    rng = np.random.default_rng(bench.seed)
    return [domains[at] for at in rng.permutation(len(domains))[:count]]


def figures(bench: Bench, names: Sequence[str], brand_count: int = BRANDS) -> pl.DataFrame:
    """Return one row per matcher: the imitations of popular names that it finds, and what it raises among `names`."""
    rng = np.random.default_rng(bench.seed)
    brands = [brand for brand in held_out_brands(bench, rng) if len(brand) >= LONG_BRAND][:brand_count]
    raised = _others(bench.search(names, brands))
    made = [(domain_of(label), brand) for brand in brands for label in imitations(brand, EACH, rng)]
    pairs = pl.DataFrame(made, schema=["domain", "brand"], orient="row")
    scored = pairs.join(bench.search(list(dict.fromkeys(pairs["domain"])), brands), on=["domain", "brand"], how="left")
    scale = PER_NAMES / len(names) / len(brands)
    return pl.DataFrame(
        {
            "matcher": matcher.name,
            "brands": len(brands),
            "imitations": scored.height,
            "found": bench.raised(scored, matcher).height / scored.height,
            "raised": bench.raised(raised, matcher).height * scale,
        }
        for matcher in bench.matchers
    )


def _others(scored: pl.DataFrame) -> pl.DataFrame:
    """Return what is not the brand's own name: a popular name equal to the brand is the brand."""
    own = [
        skeleton(label_of(domain)) == skeleton(brand) for domain, brand in scored.select("domain", "brand").iter_rows()
    ]
    return scored.filter(~pl.Series(own, dtype=pl.Boolean))
