import numpy as np
import polars as pl
from rapidfuzz import process
from rapidfuzz.distance import OSA

from squatwatch_ml.candidates.candidates import candidate_pairs
from squatwatch_ml.text.skeleton import skeleton


def model(dbt, session):
    """Return pairs of names and brands that may be look-alikes, by the rule of squatwatch_ml.candidates.candidates."""
    names = dbt.ref("int_nearest_brand").select("domain, skeleton").pl()
    brand_domains = dbt.ref("stg_brands").pl()
    brands = np.array(sorted(set(brand_domains["brand"])), dtype=object)
    pairs = candidate_pairs(names["skeleton"].to_list(), brands.tolist())
    candidates = names[pairs.name_index]
    targets = np.array([skeleton(brand) for brand in brands], dtype=object)[pairs.brand_index]
    distances = process.cpdist(candidates["skeleton"].to_list(), targets.tolist(), scorer=OSA.distance, dtype=np.int32)
    return candidates.select(
        "domain",
        pl.Series("brand", brands[pairs.brand_index].tolist(), dtype=pl.String),
        "skeleton",
        pl.Series("skeleton_similarity", pairs.similarity.astype(float), dtype=pl.Float64).round(6),
        pl.Series("edit_distance", distances, dtype=pl.Int32),
    )
