"""One sentence for each result of a step, the same on the command line and in the logs of tasks."""

from __future__ import annotations

from collections.abc import Iterable
from functools import singledispatch

from squatwatch.alerts.results import Delivered, Delivery
from squatwatch.detect.by_shard import ShardMade
from squatwatch.detect.calibrate import Calibrated
from squatwatch.detect.rank import Ranked
from squatwatch.detect.score import Detected
from squatwatch.detect.transform import TransformCounts
from squatwatch.enrichment.results import Enriched, LookedUp, Rechecked
from squatwatch.feed_health.results import REMARKS, CheckResults
from squatwatch.ingest.download import Downloaded
from squatwatch.ingest.fetch import Fetched
from squatwatch.ingest.load import Loaded
from squatwatch.lists.popularity import Refreshed
from squatwatch.lists.thresholds import named
from squatwatch.pipeline import Checked, Publication
from squatwatch.publish.result import Published, PublishedAlready
from squatwatch.retrain.results import Promoted, Rescored
from squatwatch.state.status import State
from squatwatch.wording import first_few

TOLD_STATES: tuple[State, ...] = ("partial", "outdated", "damaged")
MOST_LINES = 5  # of a kind


@singledispatch
def sentence(result: object) -> str:
    """Return what a step did in one line for people. Raises TypeError for what is no result of a step."""
    raise TypeError(f"there is no sentence for a {type(result).__name__}")


@sentence.register
def _line(line: str) -> str:
    return line


@sentence.register
def _checked(checked: Checked) -> str:
    return f"{checked.brand_count} brands, {checked.allowlist_count} allowlist entries, model {checked.model_version}"


@sentence.register
def _downloaded(downloaded: Downloaded) -> str:
    state = "fetched" if downloaded.is_new else "already there"
    return f"{downloaded.source}: {state}, {downloaded.size:,} bytes, sha256 {downloaded.sha256[:12]}"


@sentence.register
def _fetched(fetched: Fetched) -> str:
    failures = (f"{source} FAILED: {error}" for source, error in fetched.failures.items())
    return "; ".join([*map(sentence, fetched.came), *failures])


@sentence.register
def _loaded(loaded: Loaded) -> str:
    partial = f"; PARTIAL: no list from {', '.join(loaded.missing)}" if loaded.missing else ""
    return (
        f"{loaded.line_count:,} lines: {loaded.kept_count:,} registrations, "
        f"{loaded.duplicate_count:,} duplicates, {loaded.reject_count:,} rejects{partial}"
    )


@sentence.register
def _check_results(results: CheckResults) -> str:
    return "; ".join([headline(results), *(line for result in REMARKS for line in results.sentences(result))])


def headline(results: CheckResults) -> str:
    """Return the number of checks, and how many of them did not pass."""
    remarks = [f"{results.counts[result]} {result}" for result in REMARKS if result in results.counts]
    return f"{results.rows.height} checks of {', '.join(results.sources)}: {', '.join(remarks) or 'all well'}"


@sentence.register
def _transformed(counts: TransformCounts) -> str:
    return (
        f"{counts.domain_count:,} domains, {counts.brand_count:,} brands: {counts.candidate_count:,} candidates "
        f"({counts.candidate_domain_count:,} domains), {counts.set_aside_count:,} domains set aside"
        + (f"; built by dbt itself: {counts.why_dbt}" if counts.why_dbt else "")
    )


@sentence.register
def _detected(detected: Detected) -> str:
    return (
        f"{detected.candidate_count:,} candidates {_where(detected.device)} by model {detected.model_version}: "
        f"{detected.detection_count:,} detections, {detected.row_count:,} rows above the floor; "
        f"{detected.threshold_origin}"
    )


def _where(device: str) -> str:
    return "on SageMaker" if device == "sagemaker" else f"on the {device}"


@sentence.register
def _ranked(ranked: Ranked) -> str:
    return (
        f"{ranked.row_count:,} rows by {ranked.ranker_version} and {ranked.judged_count:,} judged names of earlier "
        f"dates; {ranked.wave_count:,} waves"
    )


@sentence.register
def _shard_made(made: ShardMade) -> str:
    left = f"{made.left} more to make" if made.left else "another process puts the date together"
    return f"shard {made.shard}: {sentence(made.counts)}; {left}"


@sentence.register
def _calibrated(calibrated: Calibrated) -> str:
    dates, raised = calibrated.dates, calibrated.raised
    parts = [
        f"{calibrated.brand_count} brands on {len(dates)} dates, {dates[0]} to {dates[-1]}, by model "
        f"{calibrated.model_version}: thresholds raised above the model's: {len(raised)}{named(raised)}"
    ]
    if calibrated.without_candidates:
        parts.append(f"the model's for brands without candidates{named(calibrated.without_candidates)}")
    if calibrated.of_another_model:
        parts.append(f"dates that another model scored were left out{named(calibrated.of_another_model)}")
    return "; ".join(parts)


@sentence.register
def _publication(publication: Publication) -> str:
    """Return the counts, then everything that somebody should look at."""
    published = publication.warehouse
    held_back = [f"{run_date} stays as it was published: {why}" for run_date, why in published.held_back.items()]
    return "; ".join(
        [
            f"{published.place}: {published.date_count} dates, {len(published.changed)} of them new or changed",
            *first_few(
                _stops(publication.stopped), MOST_LINES, "more like this: squatwatch health --date DATE shows them"
            ),
            *first_few(held_back, MOST_LINES, "more like this: squatwatch status shows them"),
            *_to_refresh(published),
            *published.warnings,
        ]
    )


@sentence.register
def _published_already(already: PublishedAlready) -> str:
    return f"{already.place} has the date as it is: another publish has taken it"


def _stops(stopped: Iterable[CheckResults]) -> list[str]:
    return [
        f"{results.run_date}, checked again after an earlier date was loaded: {line}"
        for results in stopped
        for line in results.sentences("stopped")
    ]


def _to_refresh(published: Published) -> list[str]:
    counted = [f"{published.states[state]} {state}" for state in TOLD_STATES if published.states.get(state)]
    return [f"{' and '.join(counted)}; run: {published.refresh_command}"] if counted else []


@sentence.register
def _looked_up(looked_up: LookedUp) -> str:
    counts = ", ".join(f"{count:,} {state}" for state, count in sorted(looked_up.dns_states.items()))
    counts_part = f" ({counts})" if counts else ""
    summary = f"{looked_up.asked_count:,} of {looked_up.name_count:,} names looked up{counts_part}"
    return summary + _without_registration_data(looked_up)


def _without_registration_data(looked_up: LookedUp) -> str:
    """Return how many names have none and the reason that most of them have, "" where all have it."""
    problems = looked_up.rdap_problems
    if not problems:
        return ""
    most_often = max(problems, key=problems.__getitem__)
    return f"; {sum(problems.values()):,} without registration data, most often: {most_often}"


@sentence.register
def _enriched(enriched: Enriched) -> str:
    return f"{enriched.run_date}: {sentence(enriched.looked_up)}"


@sentence.register
def _rechecked(rechecked: Rechecked) -> str:
    changes = "; ".join(f"{domain}: {words}" for domain, words in sorted(rechecked.changes.items()))
    return f"{sentence(rechecked.looked_up)}; changed since they were judged: {changes or 'none'}"


@sentence.register
def _delivered(delivered: Delivered) -> str:
    if not delivered.deliveries:
        return "no alerts file is set (SQUATWATCH_ALERTS_FILE): nothing is sent"
    counts = "; ".join(map(_alert_counts, delivered.deliveries))
    if not delivered.troubled:
        return counts
    problems = "; ".join(f"{delivery.sink}: {delivery.problem}" for delivery in delivered.troubled)
    return f"{problems} ({counts}). What was not sent waits; squatwatch alerts sends it"


def _alert_counts(delivery: Delivery) -> str:
    rejected = f", {delivery.rejected:,} rejected" if delivery.rejected else ""
    failed = f", {delivery.failed:,} given up" if delivery.failed else ""
    return f"{delivery.sink}: {delivery.sent:,} sent{rejected}{failed}"


@sentence.register
def _refreshed(refreshed: Refreshed) -> str:
    return f"{refreshed.domain_count:,} ranked domains of {refreshed.list} in {refreshed.path}"


@sentence.register
def _rescored(rescored: Rescored) -> str:
    return f"{rescored.run_date}: {sentence(rescored.detected)}"


@sentence.register
def _promoted(promoted: Promoted) -> str:
    parts = [f"model {promoted.version} is in use", _thresholds(promoted)]
    if promoted.command:
        parts.append(
            f"{promoted.outdated} dates were made with other models or settings; to refresh them: {promoted.command}"
        )
    return "; ".join(parts)


def _thresholds(promoted: Promoted) -> str:
    if promoted.calibrated:
        return sentence(promoted.calibrated)
    return f"thresholds are the model's own: {promoted.date_count} dates are too few to fit them to budgets"
