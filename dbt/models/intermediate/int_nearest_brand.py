import numpy as np
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from squatwatch_ml.text.skeleton import skeletons

CHUNK = 10_000  # names at a time: a chunk takes CHUNK x brands bytes


def model(dbt, session):
    """Return each name's skeleton and the brand fewest edits away from it; of several the first by alphabet.

    All names with all brands: rapidfuzz compares some hundred million short strings a second.
    """
    names = dbt.ref("int_names").select("domain, label").pl()
    brand_domains = dbt.ref("stg_brands").pl()
    brands = sorted(set(brand_domains["brand"]))
    seen, targets = skeletons(names["label"].to_list()), skeletons(brands)
    nearest, distances = _nearest(seen, targets)
    longest = np.maximum([len(text) for text in seen], np.array([len(text) for text in targets])[nearest])
    return names.select("domain").with_columns(
        skeleton=pl.Series(seen, dtype=pl.String),
        nearest_brand=pl.Series(np.array(brands, dtype=object)[nearest].tolist(), dtype=pl.String),
        nearest_brand_distance=pl.Series(distances, dtype=pl.Int32),
        nearest_brand_similarity=pl.Series(1 - distances / np.maximum(longest, 1), dtype=pl.Float64).round(6),
    )


def _nearest(names, targets):
    nearest = np.zeros(len(names), dtype=np.int64)
    distances = np.zeros(len(names), dtype=np.int64)
    for start in range(0, len(names), CHUNK):
        chunk = slice(start, start + CHUNK)
        table = process.cdist(names[chunk], targets, scorer=OSA.distance, dtype=np.uint8)
        nearest[chunk] = table.argmin(axis=1)
        distances[chunk] = table.min(axis=1)
    return nearest, distances
