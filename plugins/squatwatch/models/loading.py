"""What loads networks and reads their manifests: the only place of a run and of the server that does.

The network's library is imported inside the functions, so that importing this module never loads it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from squatwatch.errors import SquatwatchError
from squatwatch.files.state import state_of
from squatwatch.models.cache import ModelCache
from squatwatch.models.in_force import ModelsInForce, models_in_force
from squatwatch.models.together import Together
from squatwatch.settings import Settings

if TYPE_CHECKING:
    from squatwatch.detect.score import Scorer
    from squatwatch_ml.network.artifact import Manifest

log = logging.getLogger(__name__)


def checked_models(settings: Settings) -> ModelsInForce:
    """Return the networks in force, their files checked; what stands in the way of one of a family is logged.

    Raises SquatwatchError where the general one cannot be used, and for a brand list that cannot be read.
    """
    models = models_in_force(settings, artifact_version)
    for problem in models.problems:
        _warn(problem)
    return models


def artifact_version(folder: Path) -> str:
    """Return the version of the artifact in a folder, whose files were checked against their hashes.

    Raises SquatwatchError where it cannot be used.
    """
    return _manifest(folder)["model_version"]


def base_thresholds(models: ModelsInForce) -> Callable[[str], float]:
    """Return what gives each brand's threshold by its model, without loading one."""
    from squatwatch_ml.network.thresholds import base_threshold

    manifest_in = cache(_manifest)
    return lambda brand: base_threshold(manifest_in(models.of(brand).folder), brand)


def scorer_in_force(settings: Settings) -> Scorer:
    """Return the networks of the models in force as one, on the device of the settings."""
    models, loaded = checked_models(settings), loaded_networks(settings)
    return Together(models, loaded.get) if models.of_brand else loaded.get(models.general.folder)


def loaded_networks(settings: Settings) -> ModelCache[Scorer]:
    """Return the networks that this process has loaded with these settings, for all that it does."""
    return _loaded(settings.device, settings.engine, settings.threads, settings.batch_size, settings.model_cache_bytes)


@contextmanager
def model_errors(what: str) -> Iterator[None]:
    """Turn what the network's library raises (ValueError, OSError for files, MemoryError) into a SquatwatchError."""
    try:
        yield
    except (ValueError, OSError, MemoryError) as error:
        raise SquatwatchError(f"{what}: {error}") from error


def _manifest(folder: Path) -> Manifest:
    """Return what scoring needs of an artifact's manifest, read anew where one of its files is another."""
    return _manifest_as_it_is(folder, tuple(state_of(path) for path in sorted(folder.glob("*"))))


@lru_cache(maxsize=1024)
def _manifest_as_it_is(folder: Path, _states: object) -> Manifest:
    from squatwatch_ml.network.artifact import read_artifact, scoring_part

    with model_errors(f"the model in {folder} cannot be used"):
        return scoring_part(read_artifact(folder).manifest)


@cache
def _loaded(device: str, engine: str, threads: int, batch_size: int, limit: int) -> ModelCache[Scorer]:
    def load(folder: Path) -> Scorer:
        from squatwatch_ml.network.score import Scorer

        with model_errors(f"the model in {folder} cannot be used"):
            return Scorer.load(folder, device=device, batch_size=batch_size, engine=engine, threads=threads)

    return ModelCache(load, limit)


@cache  # once a process: many steps ask
def _warn(problem: str) -> None:
    log.warning(problem)
