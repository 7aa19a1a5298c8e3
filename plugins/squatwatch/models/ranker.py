"""The ranker in use: SQUATWATCH_RANKER's file, or the one beside `squatwatch_ml`.

The library is imported inside the functions, so that importing this module never loads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from squatwatch.errors import RankerTrouble
from squatwatch.files.state import state_of
from squatwatch.models.registry import shipped_model
from squatwatch.settings import Settings

if TYPE_CHECKING:
    from squatwatch.detect.rank import Ranker

NO_RANKER = Path("none")  # what SQUATWATCH_RANKER says where dates are not to be ranked
SHIPPED = Path("shipped_ranker/ranker.json")


def ranker_in_use(settings: Settings) -> Ranker | None:
    """Return the ranker in use, None where ranking is switched off. Raises RankerTrouble where it cannot be used."""
    if settings.ranker == NO_RANKER:
        return None
    path = settings.ranker or shipped_model().parent / SHIPPED
    return _ranker_as_it_is(path, state_of(path))


@lru_cache(maxsize=4)  # rankers of a process: one, and those that it is changed to
def _ranker_as_it_is(path: Path, _state: object) -> Ranker:
    from squatwatch.detect.rank import JudgedNames, PairsToRank, RankedPairs, Ranker
    from squatwatch_ml.rank.ranked import JudgedPairs, ScoredPairs
    from squatwatch_ml.rank.ranker import Ranker as LoadedRanker

    with _ranker_errors(path):
        loaded = LoadedRanker.load(path)

    def rank(pairs: PairsToRank, judged: JudgedNames, abouts: Mapping[str, str]) -> RankedPairs:
        with _ranker_errors(path):
            return RankedPairs(*loaded.rank(ScoredPairs(*pairs), JudgedPairs(*judged), abouts))

    return Ranker(loaded.version, rank)


@contextmanager
def _ranker_errors(path: Path) -> Iterator[None]:
    """Turn what the ranker raises into RankerTrouble that names its file."""
    try:
        yield
    except (ValueError, OSError, MemoryError) as error:
        raise RankerTrouble(
            f"the ranker {path} cannot be used ({error}); put it right, or name another one with SQUATWATCH_RANKER"
        ) from error
