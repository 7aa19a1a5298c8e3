import polars as pl

from squatwatch_ml.text.topics.ngrams import NgramWeights, count_ngrams

WEIGHTS = """
    ngram,
    is_top,
    (idf * 1000000)::bigint as idf,
    coalesce((log2_probability * 1000000)::bigint, 0) as log2_probability
"""


def model(dbt, session):
    """Return how common the n-grams of labels of two characters or more are, by squatwatch_ml.text.topics.ngrams."""
    names = dbt.ref("int_names").select("domain, lower(label) as label").pl()
    weights = _weights(dbt.ref("int_ngram_weights").select(WEIGHTS).pl())
    counted = pl.DataFrame(count_ngrams(names["label"].to_list(), weights)._asdict())
    return (
        names.hstack(counted)
        .filter(pl.col("ngram_count") > 0)
        .select(
            "domain",
            distinct_bigram_ratio=pl.col("distinct_bigram_count") / pl.col("bigram_count"),
            bigram_log2_probability=_rounded(pl.col("bigram_log2_sum") / pl.col("bigram_count")),
            top_ngram_ratio=pl.col("top_ngram_count") / pl.col("ngram_count"),
            oov_ratio=pl.col("unseen_ngram_count") / pl.col("ngram_count"),
            tfidf_mean=_rounded(pl.col("tfidf_sum") / pl.col("ngram_count")),
            tfidf_max=pl.col("tfidf_max"),
        )
    )


def _weights(table):
    known = table.filter(pl.col("ngram").is_not_null())
    unseen = table.row(by_predicate=pl.col("ngram").is_null(), named=True)
    return NgramWeights(
        ngrams=known["ngram"].to_list(),
        is_top=known["is_top"].to_numpy(),
        idf=known["idf"].to_numpy(),
        log2_probability=known["log2_probability"].to_numpy(),
        unseen_idf=unseen["idf"],
        unseen_log2_probability=unseen["log2_probability"],
    )


def _rounded(numbers):
    """Round as DuckDB does."""
    return numbers.round(6, mode="half_away_from_zero")
