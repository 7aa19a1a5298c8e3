"""Examples for a network to learn from: labels split by time, their neighbours, and names as they are every day."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
from rapidfuzz.distance import OSA

from squatwatch.errors import SquatwatchError
from squatwatch.lake.partitions import Lake, atomic
from squatwatch.models.registry import GENERAL
from squatwatch.retrain.attempt import LEAST_LABELS, Attempt, labels_of, new_attempt
from squatwatch.settings import Settings
from squatwatch.warehouse.connection import ask, warehouse_path

HELD_OUT = 0.2  # share of the labels, the newest, that are kept from training
NEAR = 0.25  # share of a name's characters that may differ in a neighbour
NEIGHBOURS_EACH = 10


def collect(settings: Settings, family: str = GENERAL) -> Attempt:
    """Write the files of an attempt for a family; the same labels give the same attempt, made anew.

    Held out are the newest fifth of the labels: the question is what the network makes of names to come. Neighbours are
    detections of a labelled name's brand that differ from it in few characters and that nobody has judged; they carry
    no verdict. Raises SquatwatchError where there are too few labels.
    """
    judged = _by_day(labels_of(settings, family).filter("is_current", pl.col("is_squat").is_not_null()))
    if judged.height < LEAST_LABELS:
        of_brands = "" if family == GENERAL else f" of the brands with the model {family}"
        raise SquatwatchError(f"{judged.height} labels{of_brands} are too few to learn from: {LEAST_LABELS} are needed")
    attempt = new_attempt(settings.home, family, max(judged["label_id"].to_list()))
    held_out = judged.tail(round(judged.height * HELD_OUT))
    learnt = judged.head(judged.height - held_out.height)
    for path, rows in ((attempt.labels, learnt), (attempt.held_out, held_out)):
        _write(path, ("domain", "brand", "verdict"), rows.select("domain", "brand", "verdict").iter_rows())
    _write(attempt.neighbours, ("domain", "brand"), neighbours(settings.home, learnt, judged))
    dates = Lake(settings.home).dates("registrations")
    for path, newest in ((attempt.background, dates[-1:]), (attempt.everyday, dates[-2:-1] or dates[-1:])):
        _write_lines(path, _domains(settings.home, newest))
    attempt.note(
        collected_at=datetime.now(UTC).isoformat(timespec="seconds"), learnt=learnt.height, held_out=held_out.height
    )
    return attempt


def _by_day(labels: pl.DataFrame) -> pl.DataFrame:
    """Return labels by day, the oldest first; within a day in an order that is as good as random, the same each time.

    An analyst goes from the surest name of a day to the weakest: the last ones are no fair sample of names to come.
    """
    return labels.sort(pl.col("labelled_at").dt.date(), "detection_id")


def neighbours(home: Path, learnt: pl.DataFrame, judged: pl.DataFrame) -> list[tuple[str, str]]:
    """Return (domain, brand) of detections near a label that is learnt, without those that anybody has judged."""
    if not warehouse_path(home).is_file():
        return []
    _, rows = ask(home, "select distinct brand, domain from scored.detections")
    pairs = set(judged.select("domain", "brand").iter_rows())
    of_brand: dict[str, list[str]] = {}
    for brand, domain in sorted(rows):
        if (domain, brand) not in pairs:
            of_brand.setdefault(brand, []).append(domain)
    near_pairs: dict[tuple[str, str], None] = {}
    for domain, brand in learnt.select("domain", "brand").iter_rows():
        near_pairs |= dict.fromkeys((near, brand) for near in _nearest(domain, of_brand.get(brand, [])))
    return list(near_pairs)


def _nearest(domain: str, others: Sequence[str]) -> list[str]:
    most = max(1, int(len(domain) * NEAR))
    distances = [(OSA.distance(domain, other, score_cutoff=most), other) for other in others]
    return [other for distance, other in sorted(distances) if distance <= most][:NEIGHBOURS_EACH]


def _domains(home: Path, dates: Sequence[date]) -> Iterator[str]:
    for run_date in dates:
        yield from Lake(home).read("registrations", run_date)["domain"].unique().sort()


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with atomic(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    with atomic(path) as temporary:
        temporary.write_text("".join(f"{line}\n" for line in lines), "utf-8")
