import numpy as np
import polars as pl
from scipy import sparse

from squatwatch_ml.text.topics.topics import find_topics

TOPICS = 10


def model(dbt, session):
    """Return how much each n-gram weighs on each topic, by squatwatch_ml.text.topics.topics."""
    vectors = dbt.ref("int_topic_vectors").pl().sort("label", "ngram")
    _, row = np.unique(vectors["label"].to_numpy(), return_inverse=True)
    ngrams, column = np.unique(vectors["ngram"].to_numpy(), return_inverse=True)
    loadings = find_topics(sparse.csr_array((vectors["weight"].to_numpy(), (row, column))), TOPICS)
    topic, ngram = np.indices(loadings.shape).reshape(2, -1)
    return pl.DataFrame(
        {
            "topic": pl.Series(topic + 1, dtype=pl.Int64),
            "ngram": pl.Series(ngrams[ngram].tolist(), dtype=pl.String),
            "loading": pl.Series(loadings.ravel(), dtype=pl.Float64).round(6),
        }
    )
