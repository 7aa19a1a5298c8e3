"""The article's Random Forest, XGBoost and LightGBM on its features of a name: one model a brand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from squatwatch_ml.baselines.article_features import article_features
from squatwatch_ml.training.extra import need


def random_forest(seed: int) -> Any:
    """Return an unfitted Random Forest (Breiman 2001). Raises MissingExtra."""
    return need("sklearn.ensemble").RandomForestClassifier(
        200, min_samples_leaf=2, max_features="sqrt", n_jobs=1, random_state=seed
    )


def xgboost(seed: int) -> Any:
    """Return an unfitted XGBoost classifier (Chen and Guestrin 2016). Raises MissingExtra."""
    return need("xgboost").XGBClassifier(n_estimators=300, max_depth=6, learning_rate=0.1, n_jobs=1, random_state=seed)


def lightgbm(seed: int) -> Any:
    """Return an unfitted LightGBM classifier (Ke and others 2017). Raises MissingExtra."""
    return need("lightgbm").LGBMClassifier(
        n_estimators=300, learning_rate=0.1, n_jobs=1, random_state=seed, deterministic=True, verbose=-1
    )


# by name in the table; scikit-learn's interface has no types
CLASSIFIERS: dict[str, Callable[[int], Any]] = {
    "Random Forest": random_forest,
    "XGBoost": xgboost,
    "LightGBM": lightgbm,
}


class NameFeatures:
    """The article's features, fitted on training names once for all the classifiers that read them."""

    def __init__(self, domains: Sequence[str], seed: int):
        self._features = article_features(seed)
        self.learnt = self._features.fit_transform(domains).tocsr()

    def of(self, domains: Sequence[str]) -> Any:
        """Return the features of other names, a sparse matrix [count, columns]."""
        return self._features.transform(domains).tocsr()


def trained(
    name: str, features: NameFeatures, target: NDArray[np.float32], seed: int
) -> Callable[[Any], NDArray[np.float64]]:
    """Train one of CLASSIFIERS; return a function of a feature matrix [count, columns] to scores [count], 0 to 1.

    Raises MissingExtra where its library is not installed.
    """
    model = CLASSIFIERS[name](seed)
    model.fit(features.learnt, target)
    return lambda matrix: np.asarray(model.predict_proba(matrix), np.float64)[:, 1]
