"""What a network is to learn from: labels split by time, their neighbours, and names as they are every day."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from rapidfuzz.distance import OSA

from squatwatch.errors import SquatwatchError
from squatwatch.labels.store import read_labels
from squatwatch.lake.partitions import Lake, atomic
from squatwatch.retrain.attempt import LEAST_LABELS, Attempt
from squatwatch.settings import Settings
from squatwatch.warehouse.connection import ask, warehouse_path

HELD_OUT = 0.2  # of the labels, the newest, are kept from training
NEAR = 0.25  # of the name's characters may differ in a neighbour
NEIGHBOURS_EACH = 10


def collect(settings: Settings) -> Attempt:
    """Writes the files of an attempt; the same labels give the same attempt, made anew.

    Held out are the newest fifth of the labels: the question is what the network makes of names to come. Neighbours are
    detections of a labelled name's brand that differ from it in few characters and that nobody has judged; they carry
    no verdict. Raises SquatwatchError where there are too few labels.
    """
    said = _by_day(read_labels(settings).filter("is_current", pl.col("verdict") != "watch"))
    if said.height < LEAST_LABELS:
        raise SquatwatchError(f"{said.height} labels are too few to learn from: {LEAST_LABELS} are needed")
    attempt = Attempt(settings.home / "retraining" / f"labels-{said['label_id'].max():08d}")
    held_out = said.tail(round(said.height * HELD_OUT))
    learnt = said.head(said.height - held_out.height)
    for path, rows in ((attempt.labels, learnt), (attempt.held_out, held_out)):
        _write(path, ("domain", "brand", "verdict"), rows.select("domain", "brand", "verdict").iter_rows())
    _write(attempt.neighbours, ("domain", "brand"), neighbours(settings, learnt, said))
    dates = _whole_dates(settings)
    for path, some in ((attempt.background, dates[-1:]), (attempt.everyday, dates[-2:-1] or dates[-1:])):
        _write_lines(path, _domains(settings, some))
    attempt.note(
        collected_at=datetime.now(UTC).isoformat(timespec="seconds"), learnt=learnt.height, held_out=held_out.height
    )
    return attempt


def _by_day(labels: pl.DataFrame) -> pl.DataFrame:
    """The oldest day first, and the labels of one day as chance has it, the same each time.

    Within a day they were given from the surest name to the weakest: its last ones are no fair sample of names to come.
    """
    return labels.sort(pl.col("labelled_at").dt.date(), "detection_id")


def neighbours(settings: Settings, learnt: pl.DataFrame, said: pl.DataFrame) -> list[tuple[str, str]]:
    """(domain, brand) of detections near a label that is learnt, without those that anybody has judged."""
    if not warehouse_path(settings).is_file():
        return []
    _, rows = ask(settings, "select distinct brand, domain from verdicts.detections")
    judged = set(said.select("domain", "brand").iter_rows())
    of_brand: dict[str, list[str]] = {}
    for brand, domain in sorted(rows):
        if (domain, brand) not in judged:
            of_brand.setdefault(brand, []).append(domain)
    found: dict[tuple[str, str], None] = {}
    for domain, brand in learnt.select("domain", "brand").iter_rows():
        found |= dict.fromkeys((near, brand) for near in _nearest(domain, of_brand.get(brand, [])))
    return list(found)


def _nearest(domain: str, others: Sequence[str]) -> list[str]:
    most = max(1, int(len(domain) * NEAR))
    distances = [(OSA.distance(domain, other, score_cutoff=most), other) for other in others]
    return [other for distance, other in sorted(distances) if distance <= most][:NEIGHBOURS_EACH]


def _whole_dates(settings: Settings) -> list:
    return Lake(settings.home).dates("registrations")


def _domains(settings: Settings, dates: Sequence) -> Iterable[str]:
    for run_date in dates:
        yield from Lake(settings.home).read("registrations", run_date)["domain"].unique().sort()


def _write(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with atomic(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    with atomic(path) as temporary:
        temporary.write_text("".join(f"{line}\n" for line in lines), "utf-8")
