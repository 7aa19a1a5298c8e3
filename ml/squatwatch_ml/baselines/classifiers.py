"""The article's Random Forest, XGBoost and LightGBM on its features of a name: one model a brand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from squatwatch_ml.baselines.article_features import article_features
from squatwatch_ml.baselines.extra import need


def random_forest(seed: int) -> Any:
    return need("sklearn.ensemble").RandomForestClassifier(
        200, min_samples_leaf=2, max_features="sqrt", n_jobs=1, random_state=seed
    )


def xgboost(seed: int) -> Any:
    return need("xgboost").XGBClassifier(n_estimators=300, max_depth=6, learning_rate=0.1, n_jobs=1, random_state=seed)


def lightgbm(seed: int) -> Any:
    return need("lightgbm").LGBMClassifier(
        n_estimators=300, learning_rate=0.1, n_jobs=1, random_state=seed, deterministic=True, verbose=-1
    )


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

    def of(self, domains: Sequence[str]):
        """Sparse [count, columns]."""
        return self._features.transform(domains).tocsr()


def trained(name: str, features: NameFeatures, target: np.ndarray, seed: int) -> Callable[[Any], np.ndarray]:
    """Trains one of CLASSIFIERS; returns what scores a matrix of features, 0 to 1 a row. Raises MissingExtra."""
    model = CLASSIFIERS[name](seed)
    model.fit(features.learnt, target)
    return lambda matrix: model.predict_proba(matrix)[:, 1]
