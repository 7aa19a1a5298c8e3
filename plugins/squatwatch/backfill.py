"""Backfill: many dates are brought up to date, several at once; dates that are done are left alone.

Dates are worked on in stretches of four weeks, in order. For a stretch all lists are loaded first, then each feed is
checked against the dates before it, then dates are built in batches that share a build, then all is published: the
outcome is that of running the dates one after the other. A backfill that was killed goes on when it is run again.
"""

from __future__ import annotations

import atexit
import math
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path

import polars as pl

from squatwatch import pipeline
from squatwatch.errors import SquatwatchError, squatwatch_error
from squatwatch.interrupts import INTERRUPT, children_uninterrupted
from squatwatch.lake.partitions import Lake
from squatwatch.lake.tables import STEPS
from squatwatch.sentences import sentence
from squatwatch.settings import Settings
from squatwatch.state.brand_lists import demand_same_list
from squatwatch.state.status import DateStatus, status_of

STRETCH = 28  # dates that are loaded before the first of them is checked
# what the parts of a date cost, in relation to one another, for the estimate
LOAD, CHECK, BUILD = 2, 1, 10

Failures = dict[date, str]


@dataclass
class Progress:
    """The progress of a backfill. `tell` gets a line for people; weights are what parts of a date cost."""

    tell: Callable[[str], None]
    date_count: int
    weight: float
    done_count: int = 0
    done_weight: float = 0
    started: float = field(default_factory=time.monotonic)

    def advance(self, weight: float) -> None:
        """Count work of this weight as done."""
        self.done_weight += weight

    def finished(self, dates: Iterable[date], failed: Mapping[date, str]) -> None:
        """Print a line for each of the dates: done, or why it failed."""
        for run_date in dates:
            self.done_count += 1
            outcome = f"failed: {failed[run_date]}" if run_date in failed else "done"
            self.tell(f"{run_date} {outcome} ({self.done_count} of {self.date_count}{self._left()})")

    def _left(self) -> str:
        if not self.done_weight or self.done_count == self.date_count:
            return ""
        seconds = (time.monotonic() - self.started) * (self.weight / self.done_weight - 1)
        return f", about {_duration(seconds)} left"


def wanted_dates(settings: Settings, dates: Sequence[date], *, force: bool = False) -> list[DateStatus]:
    """Return the dates that are not done, or all with `force`, each with the step that it has to begin with."""
    version = pipeline.model_version(settings)
    statuses = [status_of(settings, run_date, version) for run_date in dates]
    if force:
        return [replace(status, again_from="download") for status in statuses]
    return [status for status in statuses if status.again_from]


def lists_replaced(settings: Settings, wanted: Sequence[DateStatus]) -> list[str]:
    """Return a line for each brand list that the dates lose, to be told before work begins.

    Raises SquatwatchError where dates were made with another list and nobody named one for this command.
    """
    built = [status.run_date for status in wanted if _needs(status, "transform")]
    return demand_same_list(settings, built)


def backfill(
    settings: Settings,
    wanted: Sequence[DateStatus],
    tell: Callable[[str], None],
    *,
    jobs: int = 1,
    refetch: bool = False,
) -> Failures:
    """Do what the dates lack and publish; return `{date: why it failed}`. A date that fails does not stop the others.

    Raises SquatwatchError where a worker was killed; what is done until then stays done.
    """
    failed: Failures = {}
    progress = Progress(tell, len(wanted), len(wanted) * (LOAD + CHECK + BUILD))
    try:
        with _workers(jobs) as workers:
            for first in range(0, len(wanted), STRETCH):
                stretch = wanted[first : first + STRETCH]
                failed |= _stretch(settings, stretch, workers, progress, jobs, refetch)
                tell(f"publish: {sentence(pipeline.publish(settings))}")
    except BrokenExecutor as error:
        raise SquatwatchError(
            "a worker was killed, perhaps for lack of memory; what is done stays done. Run the same backfill again, "
            f"with fewer --jobs than {jobs} or a smaller SQUATWATCH_NAMES_TOGETHER or SHARD_NAMES"
        ) from error
    return failed


def _stretch(
    settings: Settings,
    stretch: Sequence[DateStatus],
    workers: Executor,
    progress: Progress,
    jobs: int,
    refetch: bool,
) -> Failures:
    failed: Failures = {}

    def lacking(step: str) -> list[date]:
        """Return the dates that need the step and have not failed."""
        return [status.run_date for status in stretch if _needs(status, step) and status.run_date not in failed]

    def each_date(step: str, function: Callable[..., Failures], weight: float, *arguments: object) -> None:
        dates = lacking(step)
        futures = [_submit(workers, function, settings, run_date, *arguments) for run_date in dates]
        for future in as_completed(futures):
            failed.update(future.result())
            progress.advance(weight)
        progress.advance(weight * (len(stretch) - len(dates)))

    fetched = {status.run_date for status in stretch if status.again_from == "download"}
    each_date("load", _load, LOAD, fetched, refetch)
    each_date("health", _check, CHECK)
    progress.finished(sorted(failed), failed)
    futures: dict[Future[Failures], list[date]] = {}
    for batch in _batches(settings.home, settings.names_together, lacking("transform"), jobs):
        futures[_submit(workers, _build, settings, batch)] = batch
    for run_date in sorted(set(lacking("score")) - set(lacking("transform"))):
        futures[_submit(workers, _score, settings, run_date)] = [run_date]
    for future in as_completed(futures):
        failed.update(future.result())
        progress.advance(BUILD * len(futures[future]))
        progress.finished(futures[future], failed)
    return failed


def _needs(status: DateStatus, step: str) -> bool:
    return status.again_from is not None and STEPS.index(status.again_from) <= STEPS.index(step)


def _batches(home: Path, most_names: int, dates: Sequence[date], jobs: int) -> Iterator[list[date]]:
    """Yield neighbouring dates to be built together: no more names than fit, no fewer batches than workers."""
    lake, most = Lake(home), math.ceil(len(dates) / jobs)
    batch: list[date] = []
    names = 0
    for run_date in dates:
        path = lake.partition("registrations", run_date)
        count = (
            pl.scan_parquet(path, hive_partitioning=False, glob=False).select(pl.len()).collect().item()
            if path.is_file()
            else 0
        )
        if batch and (names + count > most_names or len(batch) == most):
            yield batch
            batch, names = [], 0
        batch.append(run_date)
        names += count
    if batch:
        yield batch


def _load(settings: Settings, run_date: date, fetched: set[date], refetch: bool) -> Failures:
    def work() -> None:
        if run_date in fetched:
            pipeline.fetch(settings, run_date, None, refetch).demand_some()
        pipeline.STEPS["load"](settings, run_date)

    return _failure_of(run_date, work)


def _check(settings: Settings, run_date: date) -> Failures:
    return _failure_of(run_date, lambda: pipeline.STEPS["health"](settings, run_date))


def _build(settings: Settings, dates: Sequence[date]) -> Failures:
    """Transform the dates together, or one by one where that fails, so that one bad date is one failure; score each.

    A date alone may be a large one, which is made shard by shard.
    """
    failed: Failures = {}
    try:
        if len(dates) == 1:
            pipeline.transform(settings, dates[0])
        else:
            pipeline.transform_together(settings, dates)
    except SquatwatchError as error:
        if len(dates) == 1:
            return {dates[0]: str(error)}
        for run_date in dates:
            failed |= _failure_of(run_date, partial(pipeline.STEPS["transform"], settings, run_date))
    for run_date in dates:
        if run_date not in failed:
            failed |= _score(settings, run_date)
    return failed


def _score(settings: Settings, run_date: date) -> Failures:
    return _failure_of(run_date, lambda: pipeline.STEPS["score"](settings, run_date))


def _failure_of(run_date: date, work: Callable[[], object]) -> Failures:
    try:
        work()
    except SquatwatchError as error:
        return {run_date: str(error)}
    except Exception as error:  # one date's surprise is not the others'
        return {run_date: str(squatwatch_error(error) or f"{type(error).__name__}: {error}")}
    return {}


@contextmanager
def _workers(jobs: int) -> Iterator[Executor]:
    """Give worker processes, started anew rather than forked: forked ones inherit locks of the libraries' threads."""
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin_worker) as workers:
        try:
            yield workers
        except BaseException:
            workers.shutdown(cancel_futures=True)
            raise


def _submit(workers: Executor, function: Callable[..., Failures], *arguments: object) -> Future[Failures]:
    """Give work to a worker; one that starts for it is interrupted when it is ready for that."""
    with children_uninterrupted():
        return workers.submit(function, *arguments)


def _begin_worker() -> None:
    """Have a worker end with its parent, and quietly when it is interrupted."""
    signal.signal(signal.SIGINT, _end_quietly)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, INTERRUPT)
    done, end = os.pipe()
    watch = threading.Thread(target=_end_with_parent, args=[done], daemon=True)
    watch.start()

    @atexit.register
    def end_watch() -> None:
        """End the thread first: DuckDB's library complains of leaks where one is alive when Python ends."""
        os.close(end)
        watch.join()


def _end_with_parent(done: int) -> None:
    """End a worker whose parent was killed: it would wait for work for ever. `done` is closed as it ends itself."""
    parent = parent_process()
    if parent and parent.sentinel in wait([parent.sentinel, done]):
        os._exit(1)


def _end_quietly(_signal: int, _frame: object) -> None:
    from squatwatch.dbt_runner.build import dbt

    dbt.kill()
    os._exit(1)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
