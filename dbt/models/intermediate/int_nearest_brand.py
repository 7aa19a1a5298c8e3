import numpy as np
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from squatwatch_ml.text.skeleton import skeleton

CHUNK = 10_000  # names at a time: a chunk takes CHUNK x brands bytes


def model(dbt, session):
    """Return each name's skeleton and the brand fewest edits away from it; of several the first by alphabet.

    All names with all brands: rapidfuzz compares some hundred million short strings a second.
    """
    names = dbt.ref("int_names").select("domain, label").pl()
    brand_domains = dbt.ref("stg_brands").pl()
    brands = sorted(set(brand_domains["brand"]))
    skeletons = [skeleton(label) for label in names["label"]]
    targets = [skeleton(brand) for brand in brands]
    nearest, distances = _nearest(skeletons, targets)
    longest = np.maximum([len(text) for text in skeletons], np.array([len(text) for text in targets])[nearest])
    return names.select("domain").with_columns(
        skeleton=pl.Series(skeletons, dtype=pl.String),
        nearest_brand=pl.Series(np.array(brands, dtype=object)[nearest].tolist(), dtype=pl.String),
        nearest_brand_distance=pl.Series(distances, dtype=pl.Int32),
        nearest_brand_similarity=pl.Series(1 - distances / np.maximum(longest, 1), dtype=pl.Float64).round(6),
    )


def _nearest(skeletons, targets):
    nearest = np.zeros(len(skeletons), dtype=np.int64)
    distances = np.zeros(len(skeletons), dtype=np.int64)
    for start in range(0, len(skeletons), CHUNK):
        chunk = slice(start, start + CHUNK)
        table = process.cdist(skeletons[chunk], targets, scorer=OSA.distance, dtype=np.uint8)
        nearest[chunk] = table.argmin(axis=1)
        distances[chunk] = table.min(axis=1)
    return nearest, distances
