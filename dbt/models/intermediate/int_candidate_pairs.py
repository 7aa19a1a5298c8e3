import polars as pl
from rapidfuzz.distance import OSA

from squatwatch_ml.candidates import candidate_pairs
from squatwatch_ml.skeleton import skeleton


def model(dbt, session):
    """The pairs of names and brands that may be look-alikes, by the rule of squatwatch_ml.candidates."""
    names = dbt.ref("int_nearest_brand").select("domain, skeleton").pl()
    brand_domains = dbt.ref("stg_brands").pl()
    brands = sorted(set(brand_domains["brand"]))
    skeletons = names["skeleton"].to_list()
    targets = [skeleton(brand) for brand in brands]
    pairs = candidate_pairs(skeletons, brands)
    distances = [
        OSA.distance(skeletons[name], targets[brand])
        for name, brand in zip(pairs.name_index.tolist(), pairs.brand_index.tolist(), strict=True)
    ]
    return names[pairs.name_index].select(
        "domain",
        pl.Series("brand", [brands[at] for at in pairs.brand_index.tolist()], dtype=pl.String),
        "skeleton",
        pl.Series("skeleton_similarity", pairs.similarity.astype(float), dtype=pl.Float64).round(6),
        pl.Series("edit_distance", distances, dtype=pl.Int32),
    )
