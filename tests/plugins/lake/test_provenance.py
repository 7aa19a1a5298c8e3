"""What a file was made from is in its own footer, typed; what release 0.2.0 wrote there is read all the same."""

from __future__ import annotations

import hashlib
import json
from datetime import date

import polars as pl
import pytest

from squatwatch.lake.partitions import Lake
from squatwatch.lake.provenance import FLAT_KEY, Input, Provenance, fingerprint, provenance_of

DAY = date(2026, 11, 5)
ROWS = pl.DataFrame({"domain": ["paypal-login.com"]})


def of_an_earlier_release(path, **footer):
    path.parent.mkdir(parents=True, exist_ok=True)
    ROWS.write_parquet(path, metadata={FLAT_KEY: json.dumps(footer, sort_keys=True)})
    return path


def hashed_by_an_earlier_release(footer):
    return hashlib.sha256(json.dumps(footer, sort_keys=True).encode()).hexdigest()[:16]


@pytest.mark.parametrize(
    "made_from",
    [
        Provenance(),
        Provenance(release="0.3.0", lists={"whoisds": "ab", "zone": "cd"}, missing=("file", "http")),
        Provenance(upstream={"candidates": "8f2a"}, inputs={Input.MODEL: "bilstm-1", Input.ACCEPTED: ""}),
    ],
)
def test_a_file_says_what_it_was_made_from(tmp_path, made_from):
    lake = Lake(tmp_path)
    lake.write("candidates", DAY, ROWS, made_from=made_from)
    assert lake.made_from("candidates", DAY) == made_from
    assert lake.made_from("candidates", DAY).fingerprint == made_from.fingerprint
    assert made_from.is_known == (made_from != Provenance())


def test_a_file_that_says_nothing_is_of_unknown_provenance(tmp_path):
    lake = Lake(tmp_path)
    lake.write("candidates", DAY, ROWS)
    assert not lake.made_from("candidates", DAY).is_known


def test_a_fingerprint_stands_for_all_of_it_in_whatever_order():
    one = Provenance(lists={"a": "1", "b": "2"})
    assert one.fingerprint == Provenance(lists={"b": "2", "a": "1"}).fingerprint
    others = [Provenance(lists={"a": "1"}), Provenance(lists={"a": "1", "b": "2"}, missing=("c",)), Provenance()]
    assert len({one.fingerprint, *(other.fingerprint for other in others)}) == 4
    assert fingerprint({"a": "1", "b": "2"}) == fingerprint({"b": "2", "a": "1"}) != fingerprint({})


def test_where_the_brands_were_read_is_told_and_is_not_compared(tmp_path):
    lake, here = Lake(tmp_path), Provenance(inputs={Input.BRANDS: "8f2a"}, brands_file="/etc/brands.csv")
    lake.write("candidates", DAY, ROWS, made_from=here)
    assert lake.made_from("candidates", DAY).brands_file == "/etc/brands.csv"
    moved = Provenance(inputs={Input.BRANDS: "8f2a"}, brands_file="/srv/brands.csv")
    assert moved == here and moved.fingerprint == here.fingerprint


@pytest.mark.parametrize(
    ("footer", "read"),
    [
        (
            {"release": "0.2.0", "missing": "", "list whoisds": "ab", "list zone": "cd"},
            Provenance(release="0.2.0", lists={"whoisds": "ab", "zone": "cd"}),
        ),
        (
            {"release": "0.2.0", "missing": "file,http", "list whoisds": "ab"},
            Provenance(release="0.2.0", lists={"whoisds": "ab"}, missing=("file", "http")),
        ),
        (
            {"release": "0.2.0", "registrations": "12", "window": "34", "rules": "56", "accepted": ""},
            Provenance(
                release="0.2.0",
                upstream={"registrations": "12"},
                inputs={Input.WINDOW: "34", Input.RULES: "56", Input.ACCEPTED: ""},
            ),
        ),
        (
            {"candidates": "12", "model": "bilstm-1", "thresholds": "of the model", "score_floor": "0.2"},
            Provenance(
                upstream={"candidates": "12"},
                inputs={Input.MODEL: "bilstm-1", Input.THRESHOLDS: "of the model", Input.SCORE_FLOOR: "0.2"},
            ),
        ),
    ],
)
def test_a_footer_of_release_0_2_0_is_read_and_its_fingerprint_is_the_one_that_release_wrote(tmp_path, footer, read):
    written = provenance_of(of_an_earlier_release(tmp_path / "one.parquet", **footer))
    assert written == read
    assert written.fingerprint == hashed_by_an_earlier_release(footer)
