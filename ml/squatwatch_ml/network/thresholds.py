"""The score from which a name is flagged: by kind of brand from the model, by brand from its alarm budget.

A budget is a cap. Names a day above it raise a brand's threshold; a quiet brand keeps the model's, because lowering it
until the budget is used up would flag names that the model itself takes for harmless.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import ceil, comb, floor, inf

import numpy as np

from squatwatch_ml.network.artifact import Manifest
from squatwatch_ml.text.words import is_dictionary_word

KINDS = ("name", "word", "short")
LONGEST_SHORT = 4  # letters

STEP = 1e-5  # scores have five places
TOLERANCE = 2.0  # a budget holds where later days have at most twice as many names
RISK = 0.1  # of a day that has more


@lru_cache(maxsize=10_000)  # brands: a server is asked about any
def brand_kind(brand: str) -> str:
    """Return "short" (2 to 4 letters), "word" (an English dictionary writes it with a small letter), else "name".

    A name that is common (amazon) and a word of another language (caixa) count as names.
    """
    letters = brand.lower().replace("-", "")
    if len(letters) <= LONGEST_SHORT:
        return "short"
    return "word" if is_dictionary_word(letters) else "name"


def base_threshold(manifest: Manifest, brand: str) -> float:
    """Return the model's own threshold for a brand of this kind; one for all kinds where the manifest has no other."""
    return float(manifest.get("thresholds", {}).get(brand_kind(brand), manifest["threshold"]))


def calibrate(scores: Sequence[float], days: int, base: float, budget: float) -> float:
    """Return the lowest threshold from `base` on at which a brand's budget, in names a day, can be expected to hold.

    `scores`: of all names of the brand in `days` days; those below `base` may be left out. Never above 1: names that
    score 1 are flagged whatever the budget. Raises ValueError for a budget that is not above 0, and for no days.
    """
    if days < 1:
        raise ValueError(f"{days} days: a threshold is calibrated on one day or more")
    allowed = allowed_count(days, budget)
    ranked = np.sort(np.asarray(scores, np.float64))[::-1]
    return base if len(ranked) <= allowed else float(min(max(base, round(ranked[allowed] + STEP, 5)), 1.0))


def allowed_count(days: int, budget: float) -> int:
    """Return how many names a window of `days` days may have above a threshold for the budget to hold later.

    At most the budget on average, and few enough to leave a margin: a later day may have more than twice the budget
    with a probability of at most RISK, if names arrive independently. For a budget below one name a day, so many days
    count as one as make one name. What a few days showed may have been luck, so they allow fewer names than many days.
    A tail of scores shared by all brands was tried in place of this margin: the budget held less often.

    Raises ValueError for a budget that is not a number above 0.
    """
    if not 0 < budget < inf:
        raise ValueError(f"an alarm budget of {budget}: it has to be a number above 0, of names a day")
    count = floor(days * budget)
    span = max(1, ceil(1 / budget))
    while count > 0 and _chance_of_more(floor(TOLERANCE * budget * span), span, count, days) > RISK:
        count -= 1
    return count


def holds(flagged_per_day: float, budget: float) -> bool:
    """Tell whether a budget holds within a factor of TOLERANCE."""
    return flagged_per_day <= TOLERANCE * budget


def _chance_of_more(limit: int, span: int, count: int, days: int) -> float:
    """Return the probability that `span` days have more than `limit` names above a threshold.

    Names arrive as a Poisson process whose rate is not known; what is known is that `count` names of `days` days passed
    the threshold, which lies just above the best score that did not pass. Waiting (down the scores) for the next name
    after `count` of them makes the rate Gamma distributed with shape count + 1 and scale 1 / days. A Poisson number
    with a Gamma rate is negative binomial (Greenwood and Yule 1920), here with count + 1 failures and a chance of
    success of span / (days + span); the sum is its distribution function at `limit`.
    """
    seen = days / (days + span)
    up_to = sum(comb(count + number, number) * (1 - seen) ** number for number in range(limit + 1))
    return 1 - seen ** (count + 1) * up_to
