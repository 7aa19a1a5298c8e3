"""What the server counts, in the text format of Prometheus, by the names that SageMaker has in CloudWatch.

Times are in seconds. Nothing names a model, a brand or a user, so that whoever may watch learns nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Summary, generate_latest

QUICK = (
    0.001, 0.0015, 0.002, 0.003, 0.004, 0.006, 0.008, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
)  # fmt: skip


class Metrics:
    """The figures of one server. It is told what happens, also by the cache of models as its watcher."""

    def __init__(self, limit: int, loaded_count: Callable[[], int], bytes_held: Callable[[], int]):
        """`limit`: bytes of models that may be loaded, of which memory utilization is a share."""
        registry = self._registry = CollectorRegistry()
        self._invocations = Counter("Invocations", "Requests, by status of the answer.", ["status"], registry=registry)
        self._names = Counter("Names", "Names and pairs that were asked about.", registry=registry)
        self._latency = Histogram(
            "ModelLatency", "Seconds from the last byte of a request to its answer.", registry=registry, buckets=QUICK
        )
        self._hits = Summary(
            "ModelCacheHit", "Requests for a model; the sum counts those for one that was loaded.", registry=registry
        )
        self._loading = Histogram("ModelLoadingTime", "Seconds to load a model.", registry=registry, buckets=QUICK)
        self._downloading = Histogram(
            "ModelDownloadingTime",
            "Seconds to bring what is new of a data root in S3.",
            registry=registry,
            buckets=QUICK,
        )
        self._unloading = Histogram(
            "ModelUnloadingTime", "Seconds to let go of a model.", registry=registry, buckets=QUICK
        )
        memory = Gauge("MemoryUtilization", "Bytes of the loaded models, as a share of the limit.", registry=registry)
        memory.set_function(lambda: bytes_held() / limit)
        Gauge("LoadedModelCount", "Models that are loaded.", registry=registry).set_function(loaded_count)

    def hit(self, folder: Path) -> None:
        """Note that a model was asked for that is loaded."""
        self._hits.observe(1)

    def loaded(self, folder: Path, seconds: float) -> None:
        """Note that a model was loaded."""
        self._hits.observe(0)
        self._loading.observe(seconds)

    def unloaded(self, folder: Path, seconds: float) -> None:
        """Note that a model was let go of."""
        self._unloading.observe(seconds)

    def downloaded(self, seconds: float) -> None:
        """Note how long it took to bring what is new of a data root in a store."""
        self._downloading.observe(seconds)

    def answered(self, status: int, seconds: float) -> None:
        """Note a request that was answered."""
        self._invocations.labels(str(status)).inc()
        self._latency.observe(seconds)

    def asked(self, names: int) -> None:
        """Note how many names a request has."""
        self._names.inc(names)

    def text(self) -> bytes:
        """Return all figures."""
        return generate_latest(self._registry)
