"""What a server has: the networks that are loaded, the situation, the figures, and a few threads that score."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from time import perf_counter
from typing import TypeVar

from squatwatch.detect.score import Scorer
from squatwatch.errors import SquatwatchError
from squatwatch.models.cache import ModelCache
from squatwatch.models.loading import loaded_networks
from squatwatch.serve.http.answers import busy
from squatwatch.serve.inference.asked import Asked
from squatwatch.serve.inference.infer import infer
from squatwatch.serve.metrics import Metrics
from squatwatch.serve.situation import Situation, look
from squatwatch.serve.targets import target_of
from squatwatch.settings import Settings

LARGEST_HELD = 20  # bodies of the greatest size that are held at a time, or as many bytes of smaller ones
LOOK_SECONDS = 5.0  # between two looks at lists, pointers and thresholds
WARM = ("paypal-login.com", "example.co.uk", "xn--pypal-4ve.com")  # plain, with a longer suffix, in another script

Result = TypeVar("Result")
log = logging.getLogger(__name__)


class Server:
    """The state that all requests share. `situation` is looked at anew while the server runs."""

    def __init__(self, settings: Settings):
        """Read lists and the general model. Raises SquatwatchError where one cannot be used."""
        self.settings = settings
        self.networks: ModelCache[Scorer] = loaded_networks(settings)
        self.metrics = Metrics(
            settings.model_cache_bytes, lambda: len(self.networks.loaded()), self.networks.bytes_held
        )
        self.networks.watcher = self.metrics
        self.situation: Situation = self._look()
        self._threads = ThreadPoolExecutor(settings.serve_at_once, thread_name_prefix="score")
        self._waiting = self._held = 0

    def warm(self) -> None:
        """Answer a request as one that will come, so that the first one is as fast as the others."""
        brand = self.situation.brands[0]
        asked = [Asked(name) for name in WARM] + [Asked(f"{brand}-login.com", brand)]
        target = target_of(self.settings, self.situation, self.networks, None)
        infer(asked, target.scorer, target.rules)

    async def keep_looking(self) -> None:
        """Look at lists, pointers and thresholds again and again; what cannot be read stays as it was."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                self.situation = await loop.run_in_executor(None, self._look)
            except SquatwatchError as error:
                log.warning("lists and models stay as they were: %s", error)
            except Exception:  # nothing may end the watch over them
                log.exception("lists and models stay as they were")

    @contextmanager
    def holding(self, size: int) -> Iterator[None]:
        """Account for a body of so many bytes at most. Raises NotServed where too many bytes are held already."""
        if self._held + size > self.settings.serve_bytes * LARGEST_HELD:
            raise busy(f"{self._held:,} bytes of bodies are at work or on their way; come again in a second")
        self._held += size
        try:
            yield
        finally:
            self._held -= size

    async def run(self, work: Callable[[], Result]) -> Result:
        """Return what the work returns, done by a thread that scores. Raises NotServed where too many wait."""
        if self._waiting >= self.settings.serve_at_once + self.settings.serve_waiting:
            raise busy(f"{self._waiting} requests are at work or wait; come again in a second")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _look(self) -> Situation:
        began = perf_counter()
        situation = look(self.settings)
        if self.settings.store_url:
            self.metrics.downloaded(perf_counter() - began)
        return situation
