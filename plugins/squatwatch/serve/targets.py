"""The model that a request names: `banks` for the version in use, `banks/bilstm-0123456789`, or none."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

from squatwatch.detect.score import Scorer
from squatwatch.errors import SquatwatchError
from squatwatch.models.cache import ModelCache
from squatwatch.models.registry import GENERAL, SHIPPED, family, general_model
from squatwatch.models.together import Together
from squatwatch.serve.http.answers import broken_model, wrong
from squatwatch.serve.inference.infer import ScoringRules
from squatwatch.serve.situation import Situation
from squatwatch.settings import Settings

PAIRS_A_NAME = 2  # that a request may have on average; names of real days have a tenth of one


class Target(NamedTuple):
    """A network, ready, and what it is asked about."""

    scorer: Scorer
    rules: ScoringRules


def target_of(settings: Settings, situation: Situation, networks: ModelCache[Scorer], named: str | None) -> Target:
    """Return the network that a request is for; without a name each brand's own.

    Raises NotServed for a name that no model has, and for a model that cannot be used; the others go on.
    """
    if named is None:
        return _in_force(settings, situation, networks)
    name, slash, version = named.partition("/")
    if slash and not version:
        raise wrong(f"{named[:100]!r} names no version")  # else policies would see two names of one model
    folder = _folder(settings, name, version)
    scorer = _loaded(networks, folder)
    if version not in ("", SHIPPED, scorer.model_version):
        raise broken_model(f"{named} holds the model {scorer.model_version}: name the folder after it")
    rules = _rules(settings, situation)
    return Target(scorer, rules._replace(brands=situation.brands_of(name), calibrated=situation.calibrated_for(folder)))


def target_in(settings: Settings, situation: Situation, networks: ModelCache[Scorer], folder: Path) -> Target:
    """Return the network of an artifact that lies anywhere. Raises NotServed where it cannot be used."""
    return Target(_loaded(networks, folder), _rules(settings, situation)._replace(calibrated={}))


def _in_force(settings: Settings, situation: Situation, networks: ModelCache[Scorer]) -> Target:
    models = situation.models
    general = _loaded(networks, models.general.folder)
    together = Together(models, cache(networks.get))  # asked for once a request
    return Target(together if models.of_brand else general, _rules(settings, situation))


def _rules(settings: Settings, situation: Situation) -> ScoringRules:
    return ScoringRules(
        situation.brands,
        situation.by_hand,
        situation.calibrated,
        situation.excuse,
        settings.score_floor,
        settings.serve_names * PAIRS_A_NAME,
    )


def _folder(settings: Settings, name: str, version: str) -> Path:
    """Return the folder of a model. Raises NotServed where there is none of that name, or none in use."""
    try:
        if name == GENERAL and not version:
            return general_model(settings)
        kept = family(settings.home, name)
        return kept.artifact(version or kept.demand_in_use())
    except SquatwatchError as error:
        raise wrong(str(error)) from None


def _loaded(networks: ModelCache[Scorer], folder: Path) -> Scorer:
    try:
        return networks.get(folder)
    except SquatwatchError as error:
        raise broken_model(str(error)) from None
