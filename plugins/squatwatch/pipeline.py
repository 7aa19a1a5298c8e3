"""The steps of a day, one function each: what the DAG's tasks run and what the command line runs.

Steps return results; `squatwatch.sentences` has the sentence for each, made where it is printed. What a step needs is
imported inside its function, so that importing this module loads neither the network nor the other steps.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from squatwatch.errors import DiskFull, RankerTrouble, SquatwatchError
from squatwatch.settings import Settings
from squatwatch.store.door import follow, follow_warehouse, mirror, work_on
from squatwatch.store.scope import Before, Scope

if TYPE_CHECKING:
    import polars as pl

    from squatwatch.alerts.results import Delivered
    from squatwatch.detect.by_shard import ShardMade, Step
    from squatwatch.detect.calibrate import Calibrated
    from squatwatch.detect.rank import Ranked, Ranker
    from squatwatch.detect.score import Detected, Scorer
    from squatwatch.detect.transform import TransformCounts
    from squatwatch.enrichment.results import Enriched, Rechecked
    from squatwatch.feed_health import CheckResults
    from squatwatch.ingest.download import Downloaded
    from squatwatch.ingest.fetch import Fetched
    from squatwatch.ingest.load import Loaded
    from squatwatch.lake.shards import Shard
    from squatwatch.publish.previous import Previous
    from squatwatch.publish.result import Published, PublishedAlready
    from squatwatch.sagemaker.waiting import Waiting
    from squatwatch.state.status import DateStatus

Outcome = TypeVar("Outcome")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Checked:
    """All that every date needs, found in order."""

    brand_count: int
    allowlist_count: int
    model_version: str


@dataclass(frozen=True)
class Publication:
    """The warehouse as it was published, and the check results that stop dates since they were checked again for it."""

    warehouse: Published
    stopped: Sequence[CheckResults]


def check(settings: Settings) -> Checked:
    """Read what every date needs, so that a run that cannot succeed stops before it writes anything.

    Raises SquatwatchError naming the brand list, allowlist, feed health rules or model artifact that cannot be used.
    """
    from squatwatch.feed_health.rules import read_rules
    from squatwatch.lists.allowlist import allowlist_path, read_allowlist
    from squatwatch.lists.brands_in_force import brand_count

    read_rules(settings.feed_health_file)
    return Checked(brand_count(settings), read_allowlist(allowlist_path(settings)).height, model_version(settings))


def download(settings: Settings, run_date: date, source: str, *, refetch: bool = False) -> Downloaded:
    """Put one source's list of the date under `raw/`.

    Raises NotPublishedYet, TryLater, BadList, SquatwatchError.
    """
    from squatwatch.ingest.download import download_list
    from squatwatch.sources import source_named

    def work(root: Settings) -> Downloaded:
        return download_list(root, run_date, source_named(root, source), refetch=refetch)

    return work_on(settings, _of_lists(settings, run_date), work)


def fetch(
    settings: Settings, run_date: date, input: Path | None, refetch: bool, sources: Sequence[str] | None = None
) -> Fetched:
    """Ask every source (the configured ones, if none are given), or take the file at hand instead."""
    from squatwatch.ingest.fetch import fetch

    def work(root: Settings) -> Fetched:
        return fetch(root, run_date, input, refetch, sources)

    return work_on(settings, _of_lists(settings, run_date), work)


def take_file(settings: Settings, run_date: date, path: Path) -> Downloaded:
    """Put a file given by hand under `raw/` as source `input`."""
    return fetch(settings, run_date, path, refetch=True).came[0]


def _of_lists(settings: Settings, run_date: date) -> Scope:
    return Scope([run_date], zones="zone" in settings.sources)


def load(settings: Settings, run_date: date) -> Loaded:
    """Normalise all raw lists of the date into `registrations` and `rejects`."""
    from squatwatch.ingest.load import load_date

    return work_on(settings, Scope([run_date]), lambda root: load_date(root, run_date))


def health(settings: Settings, run_date: date) -> CheckResults:
    """Check the date's lists against those of the dates before.

    Raises UnhealthyFeed where a list is not what its source usually sends.
    """
    from squatwatch.feed_health import require_healthy

    return work_on(settings, _of_checks(settings, run_date), lambda root: require_healthy(root, run_date))


def check_lists(settings: Settings, run_date: date, accepted_because: str | None = None) -> CheckResults:
    """Check the date's lists, and accept them where somebody says why; an unhealthy feed is a result here, no error."""
    from squatwatch.feed_health import accept_lists, run_checks

    def work(root: Settings) -> CheckResults:
        return (
            run_checks(root, run_date) if accepted_because is None else accept_lists(root, run_date, accepted_because)
        )

    return work_on(settings, _of_checks(settings, run_date), work)


def _of_checks(settings: Settings, run_date: date) -> Scope:
    from squatwatch.feed_health import OTHERS_READ, TABLES_READ
    from squatwatch.feed_health.rules import read_rules

    count = read_rules(settings.feed_health_file).history.dates
    return Scope([run_date], Before(count, TABLES_READ, OTHERS_READ))


def shards(settings: Settings, run_date: date, step: Step = "transform") -> list[Shard]:
    """Return the shards that a step makes the date in: one, unless it is a large date.

    Raises Missing where the step before was not done.
    """
    from squatwatch.detect.by_shard import shards_of_date

    follow(settings, [run_date])
    return shards_of_date(settings, run_date, step)


def transform(settings: Settings, run_date: date) -> TransformCounts | ShardMade:
    """Make features, allowlist and candidates of the date, the data tests of the dbt project included.

    Raises SquatwatchError where the date was made with another brand list and nobody named the one to make it with.
    """
    return _in_turn(settings, run_date, shards(settings, run_date, "transform"), transform_shard)


def transform_shard(settings: Settings, run_date: date, shard: Shard) -> TransformCounts | ShardMade:
    """Do the same for one shard of the date; whoever makes the last one puts the date together."""
    if shard.is_whole:
        return transform_together(settings, [run_date])[run_date]
    from squatwatch.detect import by_shard
    from squatwatch.state.brand_lists import demand_same_list

    follow(settings, [run_date])

    def work(root: Settings) -> TransformCounts:
        demand_same_list(root, [run_date])
        return by_shard.transform_shard(root, run_date, shard)

    def join(root: Settings) -> TransformCounts | None:
        return by_shard.join_transformed(root, run_date, shard.count)

    counts = work_on(settings, Scope([run_date]), work)
    left = by_shard.transformed(settings, run_date, shard.count).left_after(shard)
    joined = None if left else work_on(settings, Scope([run_date], shards=True), join)
    return joined or by_shard.ShardMade(shard, counts, left)


def transform_together(settings: Settings, run_dates: Sequence[date]) -> Mapping[date, TransformCounts]:
    """Do the same for several dates in one build, each whole. Where one of them fails nothing is written for any."""
    from squatwatch.detect.transform import transform_dates
    from squatwatch.state.brand_lists import demand_same_list

    def work(root: Settings) -> Mapping[date, TransformCounts]:
        demand_same_list(root, run_dates)
        return transform_dates(root, run_dates)

    return work_on(settings, Scope(run_dates, shards=True), work)


def score(settings: Settings, run_date: date) -> Detected | ShardMade:
    """Score the date's candidates into `detections`.

    Raises SquatwatchError where the model artifact or the device cannot be used.
    """
    return _in_turn(settings, run_date, shards(settings, run_date, "score"), score_shard)


def score_shard(
    settings: Settings, run_date: date, shard: Shard, waiting: Waiting | None = None
) -> Detected | ShardMade:
    """Do the same for one shard of the date; whoever makes the last one puts the date together.

    `waiting` is how a job of SageMaker is waited for: here, unless somebody says otherwise.
    """
    from squatwatch.detect import by_shard
    from squatwatch.detect.score import detect_date
    from squatwatch.lake.partitions import Lake

    follow(settings, [run_date])
    Lake(settings.home).require("candidates", run_date)  # said before seconds are spent on the network
    scorer_of = partial(_scorer_of, settings, run_date, shard, waiting)
    if shard.is_whole:
        scorer = scorer_of()

        def score_whole(root: Settings) -> Detected:
            detected = detect_date(root, run_date, scorer)
            _rank_scored(root, run_date)
            return detected

        return work_on(settings, Scope([run_date], shards=True), score_whole)
    version = model_version(settings)

    def work(root: Settings) -> Detected:
        return by_shard.score_shard(root, run_date, shard, version, scorer_of)

    def join(root: Settings) -> Detected | None:
        joined = by_shard.join_scored(root, run_date, shard.count, version)
        if joined:
            _rank_scored(root, run_date)
        return joined

    counts = work_on(settings, Scope([run_date]), work)
    left = by_shard.scored(settings, run_date, shard.count, version).left_after(shard)
    joined = None if left else work_on(settings, Scope([run_date], shards=True), join)
    return joined or by_shard.ShardMade(shard, counts, left)


def _in_turn(
    settings: Settings, run_date: date, of_date: Sequence[Shard], make: Callable[[Settings, date, Shard], Outcome]
) -> Outcome:
    """Make the shards one after the other until the date is put together; return what became of the last one made."""
    from squatwatch.detect.by_shard import ShardMade

    for shard in of_date:
        outcome = make(settings, run_date, shard)
        if not isinstance(outcome, ShardMade):
            break
    return outcome


# the steps of one date after its download, in order, by the name that commands and tasks have for them
STEPS: Mapping[str, Callable[[Settings, date], object]] = {
    "load": load,
    "health": health,
    "transform": transform,
    "score": score,
}

# those of them that are made of a date shard by shard
STEPS_OF_SHARDS: Mapping[str, Callable[[Settings, date, Shard], object]] = {
    "transform": transform_shard,
    "score": score_shard,
}


def rank(settings: Settings, run_date: date) -> Ranked:
    """Rank the date's detections by the ranker in use and what was judged of earlier dates.

    Raises Missing where the date was not scored, RankerTrouble where the ranker cannot be used or is switched off.
    """
    from squatwatch.models.ranker import ranker_in_use

    ranker = ranker_in_use(settings)
    if ranker is None:
        raise RankerTrouble("SQUATWATCH_RANKER is none, so nothing is ranked; unset it, or name the file of a ranker")
    follow(settings, [run_date])
    return work_on(settings, Scope([run_date]), partial(_rank, run_date=run_date, ranker=ranker))


def _rank_scored(root: Settings, run_date: date) -> None:
    """Rank the date as the last act of scoring. What stands in the way is logged, and the date is whole without.

    Raises DiskFull, after which nothing more is to be written.
    """
    from squatwatch.models.ranker import ranker_in_use

    try:
        if ranker := ranker_in_use(root):
            _rank(root, run_date, ranker)
    except DiskFull:
        raise
    except SquatwatchError as problem:
        log.warning("%s has no ranking of now: %s; then run: squatwatch rank --date %s", run_date, problem, run_date)


def _rank(root: Settings, run_date: date, ranker: Ranker) -> Ranked:
    from squatwatch.detect.rank import rank_date
    from squatwatch.lists.brands import read_abouts
    from squatwatch.lists.brands_in_force import brands_path

    return rank_date(root, run_date, ranker, _judged_before, read_abouts(brands_path(root)))


def _judged_before(root: Settings, run_date: date, brands: Sequence[str]) -> pl.DataFrame:
    """Return what was judged of these brands before the date; nothing is loaded where there is no database."""
    from squatwatch.database.place import has_database

    if not has_database(root):
        from squatwatch.detect.rank import NOTHING_JUDGED

        return NOTHING_JUDGED
    from squatwatch.labels.judged import judged_before

    return judged_before(root, run_date, brands)


def calibrate(settings: Settings, first: date, last: date) -> Calibrated:
    """Set each brand's threshold by its alarm budget, on the dates from first to last that the model has scored.

    Raises SquatwatchError where it has scored none of them, or the model artifact cannot be used.
    """
    from squatwatch.detect.calibrate import calibrate_window

    follow(settings, [])
    from squatwatch.models.loading import base_thresholds, checked_models
    from squatwatch_ml.network.thresholds import calibrate

    models = checked_models(settings)
    base_of = base_thresholds(models)

    def work(root: Settings) -> Calibrated:
        return calibrate_window(root, first, last, models.version, base_of, calibrate)

    return work_on(settings, Scope(), work)


def model_version(settings: Settings) -> str:
    """Return the version of the models in force. Raises SquatwatchError where the general one cannot be used."""
    from squatwatch.models.loading import checked_models

    return checked_models(settings).version


def publish(settings: Settings) -> Publication:
    """Check feeds again whose history changed, then rebuild `warehouse.duckdb` over all partitions and swap it in."""
    follow(settings, [])
    return publish_with(settings, model_version(settings))


def publish_date(settings: Settings, run_date: date) -> Publication | PublishedAlready:
    """Publish, unless another publish has taken the date as it is: each takes all whole dates.

    So of many dates that are ready while one publish is at work, the next one takes all.
    """
    from squatwatch.publish.previous import previous_publish
    from squatwatch.publish.publish import already_published

    _demand_own_store(settings)
    follow(settings, [])

    def work(root: Settings) -> Publication | PublishedAlready:
        with previous_publish(root.home) as previous:
            already = already_published(root, run_date, previous)
            return already or _publish(root, model_version(settings), previous)

    outcome = work_on(settings, Scope(warehouse="tables"), work)
    mirror(settings)
    if isinstance(outcome, Publication):
        return _publication_for_readers(settings, outcome)
    return replace(outcome, place=_for_readers(settings, outcome.place))


def publish_with(settings: Settings, version: str) -> Publication:
    """Publish with this model version as the one in force."""
    from squatwatch.publish.previous import previous_publish

    _demand_own_store(settings)

    def work(root: Settings) -> Publication:
        with previous_publish(root.home) as previous:
            return _publish(root, version, previous)

    publication = work_on(settings, Scope(warehouse="tables"), work)
    mirror(settings)
    return _publication_for_readers(settings, publication)


def _demand_own_store(settings: Settings) -> None:
    """Raise SquatwatchError where the data root is a store that is worked on with another database."""
    if settings.store_url:
        from squatwatch.database.identity import identity_of
        from squatwatch.store.whole.cluster import demand_own

        demand_own(settings, identity_of(settings))


def _publication_for_readers(settings: Settings, publication: Publication) -> Publication:
    warehouse = publication.warehouse
    return replace(publication, warehouse=replace(warehouse, place=_for_readers(settings, warehouse.place)))


def _for_readers(settings: Settings, place: str) -> str:
    """Return where readers find a file: it may have been made in a folder that is gone."""
    return f"{settings.store_url or settings.home}/{Path(place).name}"


def _publish(settings: Settings, version: str, previous: Previous) -> Publication:
    from squatwatch.feed_health.rechecks import check_again
    from squatwatch.lake.tables import BRANDS
    from squatwatch.lists.brands_in_force import brand_rows
    from squatwatch.publish.publish import publish_warehouse

    stores = {BRANDS.name: brand_rows} | _stores_of_database(settings)
    stopped = check_again(settings, previous.registrations_written)
    return Publication(publish_warehouse(settings, previous, version, stores), stopped)


def _stores_of_database(settings: Settings) -> dict[str, Callable[[Settings], pl.DataFrame]]:
    """Return what reads the warehouse's tables that the database has; nothing is loaded where there is none."""
    from squatwatch.database.place import has_database

    if not has_database(settings):
        return {}
    from squatwatch.alerts.outbox import read_alerts
    from squatwatch.enrichment.store import read_enrichment
    from squatwatch.labels.store import read_labels
    from squatwatch.lake.tables import ALERTS, ENRICHMENT, LABELS

    return {LABELS.name: read_labels, ALERTS.name: read_alerts, ENRICHMENT.name: read_enrichment}


def enrich(settings: Settings, run_date: date) -> Enriched:
    """Ask DNS and registries about the names that the published date flags."""
    from squatwatch.enrichment.enrich import enrich_date

    follow_warehouse(settings)
    return enrich_date(settings, run_date)


def recheck(settings: Settings) -> Rechecked:
    """Ask again about the names that are watched or confirmed."""
    from squatwatch.enrichment.enrich import recheck_names

    follow_warehouse(settings)
    return recheck_names(settings)


def alerts(settings: Settings, run_date: date | None = None) -> Delivered:
    """Send to the sinks what is new of the published date, and what has changed of names that they were sent before."""
    from squatwatch.alerts.run import send_alerts

    _demand_own_store(settings)
    follow(settings, [])
    follow_warehouse(settings)
    return send_alerts(settings, run_date)


def status(settings: Settings, run_date: date) -> DateStatus:
    """Return the state of a date: whether it is done and, if not, why and from which step on to do it again."""
    from squatwatch.state.status import status_of

    follow(settings, [run_date])
    return status_of(settings, run_date, model_version(settings))


def _scorer_of(settings: Settings, run_date: date, shard: Shard, waiting: Waiting | None) -> Scorer:
    """Return what scores a shard of the date: the models in force here, or as SageMaker has them."""
    from squatwatch.models.loading import base_thresholds, checked_models, scorer_in_force

    if settings.scorer == "local":
        return scorer_in_force(settings)
    from squatwatch.sagemaker.scorer import RemoteScorer
    from squatwatch.sagemaker.waiting import WaitHere

    models = checked_models(settings)
    again = f"squatwatch score --date {run_date}" + ("" if shard.is_whole else f" --shard {shard}")
    return RemoteScorer(settings, models.version, base_thresholds(models), again, waiting or WaitHere.of(settings))
