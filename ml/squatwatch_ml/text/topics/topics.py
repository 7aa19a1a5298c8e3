"""Topics of names: groups of n-grams that go together, by latent semantic indexing, turned so that they can be read.

Latent semantic indexing (Deerwester and others 1990) finds the few directions that say most of a matrix of TF-IDF
weights; varimax (Kaiser 1958) turns them within the space that they span until each has a few strong n-grams and many
weak ones. Both are exact and have one answer, unlike the article's LDA, which draws random numbers, takes seconds and
finds little in names of eight n-grams. A name's weight on a topic is one product of vectors, so SQL can do it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

TURNS = 100  # a dozen come close; the rest make it the same on every machine


def find_topics(weights: sparse.csr_array, count: int) -> NDArray[np.float64]:
    """Return loadings, float64 [count, terms], of topics in `weights` [names, terms].

    Rows have length 1 and are at right angles to each other. The topic that explains most comes first, and the
    strongest term of each is positive. Fewer topics where there are fewer terms.
    """
    # the right singular vectors of the matrix; it has few terms, so this is quicker than looking for the first ones
    _, vectors = np.linalg.eigh((weights.T @ weights).toarray())
    turned = varimax(vectors[:, ::-1][:, :count])
    strongest = turned[np.abs(turned).argmax(axis=0), np.arange(turned.shape[1])]
    turned = turned * np.sign(strongest)
    explained = ((weights @ turned) ** 2).sum(axis=0)
    return np.asarray(turned[:, np.argsort(-explained, kind="stable")].T)


def varimax(loadings: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return `loadings` [terms, topics] turned so that the variance of their squares is greatest."""
    rotation = np.eye(loadings.shape[1])
    for _ in range(TURNS):
        turned = loadings @ rotation
        left, _, right = np.linalg.svd(loadings.T @ (turned**3 - turned * (turned**2).mean(axis=0)))
        rotation = left @ right
    return loadings @ rotation
