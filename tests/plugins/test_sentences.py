"""One sentence for each result, the same on the command line and in the logs of tasks."""

from __future__ import annotations

import inspect
from datetime import date

import polars as pl
import pytest

from squatwatch import pipeline
from squatwatch.alerts.results import Delivered, Delivery
from squatwatch.detect.by_shard import ShardMade
from squatwatch.detect.calibrate import Calibrated
from squatwatch.detect.score import Detected
from squatwatch.detect.transform import TransformCounts
from squatwatch.enrichment.results import LookedUp, Rechecked
from squatwatch.feed_health import CheckResults
from squatwatch.ingest.download import Downloaded
from squatwatch.ingest.fetch import Fetched
from squatwatch.ingest.load import Loaded
from squatwatch.lake.provenance import Provenance
from squatwatch.lake.shards import Shard
from squatwatch.pipeline import Checked, Publication
from squatwatch.publish.result import Published, PublishedAlready
from squatwatch.retrain.results import Promoted, Rescored
from squatwatch.sentences import sentence

DAY = date(2026, 7, 1)
DOWNLOADED = Downloaded("http", 1_234, "77aa88bb99cc00dd", is_new=True)
DETECTED = Detected(1_000, 20, 16, 1, 3, "bilstm-1", "cpu", "the model's thresholds")
CALIBRATED = Calibrated("bilstm-1", [DAY, date(2026, 7, 2)], 2, ["paypal"], ["dhl"], [])
SENTENCES = [
    (Checked(3, 1, "bilstm-1"), "3 brands, 1 allowlist entries, model bilstm-1"),
    (DOWNLOADED, "http: fetched, 1,234 bytes, sha256 77aa88bb99cc"),
    (
        Fetched(DAY, [DOWNLOADED], {"s3": "answered 500"}),
        "http: fetched, 1,234 bytes, sha256 77aa88bb99cc; s3 FAILED: answered 500",
    ),
    (Loaded(9, 6, 2, 1, ["s3"]), "9 lines: 6 registrations, 2 duplicates, 1 rejects; PARTIAL: no list from s3"),
    (TransformCounts(9, 2, 4, 3, 1), "9 domains, 2 brands: 4 candidates (3 domains), 1 domains set aside"),
    (
        Rescored(DAY, DETECTED),
        "2026-07-01: 1,000 candidates on the cpu by model bilstm-1: 3 detections, 20 rows above the floor; "
        "the model's thresholds",
    ),
    (
        ShardMade(Shard(2, 3), TransformCounts(9, 2, 4, 3, 1), 1),
        "shard 2/3: 9 domains, 2 brands: 4 candidates (3 domains), 1 domains set aside; 1 more to make",
    ),
    (
        ShardMade(Shard(3, 3), TransformCounts(9, 2, 4, 3, 1), 0),
        "shard 3/3: 9 domains, 2 brands: 4 candidates (3 domains), 1 domains set aside; another process puts the date "
        "together",
    ),
    (
        CALIBRATED,
        "2 brands on 2 dates, 2026-07-01 to 2026-07-02, by model bilstm-1: thresholds raised above the model's: "
        "1 (paypal); the model's for brands without candidates (dhl)",
    ),
    (
        Promoted("bilstm-2", 3, None, 1, "squatwatch backfill"),
        "model bilstm-2 is in use; thresholds are the model's own: 3 dates are too few to fit them to budgets; "
        "1 dates were made with other models or settings; to refresh them: squatwatch backfill",
    ),
    (
        Rechecked(LookedUp(2, 1, {"unknown": 1}, {"no answer": 1}), {"b.com": "woke", "a.com": "woke"}),
        "1 of 2 names looked up (1 unknown); 1 without registration data, most often: no answer; "
        "changed since they were judged: a.com: woke; b.com: woke",
    ),
    (PublishedAlready(DAY, "s3://a/w.duckdb"), "s3://a/w.duckdb has the date as it is: another publish has taken it"),
    (Delivered([]), "no alerts file is set (SQUATWATCH_ALERTS_FILE): nothing is sent"),
    (Delivered([Delivery("siem", 3, 1, 2)]), "siem: 3 sent, 1 rejected, 2 given up"),
]


@pytest.mark.parametrize(("result", "line"), SENTENCES, ids=lambda value: type(value).__name__)
def test_a_result_has_its_sentence(result, line):
    assert sentence(result) == line


def test_a_promotion_says_how_the_thresholds_were_fitted():
    assert sentence(Promoted("bilstm-1", 2, CALIBRATED, 0, None)) == f"model bilstm-1 is in use; {sentence(CALIBRATED)}"


def test_a_publish_says_first_what_stops_dates_then_what_to_refresh(tmp_path):
    published = Published(
        str(tmp_path / "warehouse.duckdb"),
        date_count=9,
        changed=[],
        held_back={},
        states={"done": 6, "outdated": 2, "partial": 1},
        refresh_command="squatwatch backfill --from 2026-07-01 --to 2026-07-03",
        warnings=["volumes are not as usual"],
    )
    parts = sentence(Publication(published, [stopped_on(day) for day in range(1, 8)])).split("; ")
    assert parts[0].endswith("9 dates, 0 of them new or changed")
    assert parts[1:6] == [
        f"2026-07-0{day}, checked again after an earlier date was loaded: volume of http: no names"
        for day in range(1, 6)
    ]
    assert parts[6] == "and 2 more like this: squatwatch health --date DATE shows them"
    assert parts[7:] == [
        "1 partial and 2 outdated",
        "run: squatwatch backfill --from 2026-07-01 --to 2026-07-03",
        "volumes are not as usual",
    ]


def stopped_on(day: int) -> CheckResults:
    row = {"source": "http", "check_name": "volume", "result": "stopped", "detail": "no names"}
    return CheckResults(date(2026, 7, day), pl.DataFrame([row]), Provenance())


def test_every_step_has_a_sentence():
    steps = ("check", "download", "take_file", "calibrate", "publish", "enrich", "recheck", "alerts", *pipeline.STEPS)
    returned = {inspect.signature(getattr(pipeline, step)).return_annotation for step in steps}
    returned = {kind for annotation in returned for kind in annotation.split(" | ")}
    assert returned <= {type_.__name__ for type_ in sentence.registry}


def test_what_is_no_result_has_no_sentence():
    with pytest.raises(TypeError, match="no sentence for a date"):
        sentence(DAY)
