"""The article's features of a name, which know nothing of the brand: levels, vowel ratio, length, n-grams, topics.

All are fitted on the names that a model is trained on, and on no others: which 50 n-grams are counted, the vocabulary
and weights of TF-IDF (Sparck Jones 1972), and the topics of LDA (Blei, Ng, Jordan 2003), over n-grams of characters.
The article gives no sizes beyond the 50 n-grams; those here are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.explain.explain import VOWELS
from squatwatch_ml.training.extra import need

TOP_NGRAMS = 50
TFIDF_TERMS = 1000
TOPICS = 10
LDA_TERMS = 500


def shape_of(domains: Sequence[str]) -> NDArray[np.float64]:
    """Return float64 [count, 3]: levels (`a.co.uk` has three), vowels over letters (0 without letters), and length."""
    return np.array([_shape(domain) for domain in domains], float).reshape(-1, 3)


def _shape(domain: str) -> tuple[int, float, int]:
    letters = [character for character in domain.lower() if character.isalpha()]
    vowels = sum(letter in VOWELS for letter in letters)
    return domain.count(".") + 1, vowels / max(len(letters), 1), len(domain)


def article_features(seed: int) -> Any:  # scikit-learn has no types
    """Return an unfitted scikit-learn transformer of domains to a sparse [count, 3 + 50 + 1000 + 10] matrix.

    Fewer columns where the names have fewer n-grams. Raises MissingExtra where scikit-learn is not installed.
    """
    text = need("sklearn.feature_extraction.text")
    pipeline = need("sklearn.pipeline")
    shape = need("sklearn.preprocessing").FunctionTransformer(shape_of)
    ngrams = text.CountVectorizer(analyzer="char", ngram_range=(2, 3), max_features=TOP_NGRAMS)
    tfidf = text.TfidfVectorizer(analyzer="char", ngram_range=(2, 4), max_features=TFIDF_TERMS, dtype=np.float32)
    lda = need("sklearn.decomposition").LatentDirichletAllocation(
        TOPICS, learning_method="online", max_iter=3, batch_size=1024, max_doc_update_iter=20, random_state=seed
    )
    terms = text.CountVectorizer(analyzer="char", ngram_range=(2, 3), max_features=LDA_TERMS)
    topics = pipeline.make_pipeline(terms, lda)
    return pipeline.FeatureUnion([("shape", shape), ("ngrams", ngrams), ("tfidf", tfidf), ("topics", topics)])
