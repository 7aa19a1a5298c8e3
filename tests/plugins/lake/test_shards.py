"""Shards: a date's names are cut by alphabet, each name once, and what is made of a shard says what it is made from."""

from __future__ import annotations

import random
from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from squatwatch.errors import SquatwatchError
from squatwatch.lake.partitions import Lake
from squatwatch.lake.provenance import Provenance
from squatwatch.lake.shards import Shard, ShardFiles, cut, parse_shard, read_shard, shards_of

DAY = date(2024, 6, 13)
NAMES = random.Random(1).sample([f"{a}{b}{n}.com" for a in "abcdef" for b in "äou" for n in range(20)], 360)


@pytest.fixture
def registrations(tmp_path) -> Path:
    """Two sources in an order of chance, a third of whose names are the same."""
    path = tmp_path / "registrations.parquet"
    sources = ["one"] * 240 + ["two"] * 240
    pl.DataFrame({"source": sources, "domain": NAMES[:240] + NAMES[120:]}).write_parquet(path)
    return path


@pytest.mark.parametrize("count", [1, 3, 16, 500])
def test_every_name_is_in_one_shard_with_all_its_rows(registrations, tmp_path, count):
    parts = []
    for shard in shards_of(count):
        cut(registrations, shard, tmp_path / f"{shard.number}.parquet")
        parts.append(pl.read_parquet(tmp_path / f"{shard.number}.parquet"))
    domains = [part["domain"].unique() for part in parts]
    assert sum(map(len, domains)) == len(NAMES)
    assert pl.concat(parts).sort(pl.all()).equals(pl.read_parquet(registrations).sort(pl.all()))


def test_shards_are_of_about_one_size_and_follow_the_alphabet(registrations, tmp_path):
    domains = []
    for shard in shards_of(4):
        cut(registrations, shard, tmp_path / "shard.parquet")
        domains.append(pl.read_parquet(tmp_path / "shard.parquet")["domain"])
    assert all(110 <= len(shard) <= 130 for shard in domains)
    assert all(before.max() < after.min() for before, after in pairwise(domains))


def test_a_date_without_names_has_shards_without_names(tmp_path):
    path = tmp_path / "registrations.parquet"
    pl.DataFrame(schema={"domain": pl.String}).write_parquet(path)
    cut(path, Shard(2, 3), tmp_path / "shard.parquet")
    assert pl.read_parquet(tmp_path / "shard.parquet").is_empty()


@pytest.mark.parametrize("count", [1, 3, 16])
def test_rows_of_a_table_are_shared_out_in_order(settings, count):
    lake, rows = Lake(settings.home), pl.DataFrame({"domain": NAMES[:100]})
    lake.write("candidates", DAY, rows)
    parts = [read_shard(lake, "candidates", DAY, shard) for shard in shards_of(count)]
    assert pl.concat(parts).equals(rows)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_a_shard_is_written_as_people_write_it():
    assert parse_shard("3/16") == Shard(3, 16)
    assert [str(shard) for shard in shards_of(2)] == ["1/2", "2/2"]


@pytest.mark.parametrize(
    "text", ["", "3", "0/16", "17/16", "3 of 16", "-1/3", "1/0", "2/99999999999", "٢/٥", "0002/0005", "2/05", "1/1001"]
)
def test_anything_else_is_refused(text):
    with pytest.raises(SquatwatchError, match=r"is no shard; write the third of sixteen as 3/16, of 1,000 at most"):
        parse_shard(text)


def files(settings, count=2, release="1") -> ShardFiles:
    return ShardFiles(Lake(settings.home), "transform", DAY, count, Provenance(release=release))


def written(files: ShardFiles, number: int) -> None:
    rows = pl.DataFrame({"domain": [f"name{number}.com"]})
    files.write(Shard(number, files.count), {"candidates": rows}, {"candidate_count": number})


def test_a_date_waits_for_all_its_shards_whoever_is_first(settings):
    made = files(settings)
    written(made, 2)
    assert made.left() == [Shard(1, 2)]
    written(made, 1)
    assert made.left() == []
    assert made.rows("candidates").collect()["domain"].to_list() == ["name1.com", "name2.com"]
    assert made.counts(Shard(2, 2)) == {"candidate_count": 2}


def test_what_was_made_from_something_else_or_cut_otherwise_does_not_count(settings):
    written(files(settings, release="0"), 1)
    written(files(settings, count=3), 2)
    assert files(settings).left() == shards_of(2)
    files(settings).remove()  # also what was never put together
    assert not list(settings.home.rglob("*.parquet"))


def test_one_step_leaves_the_shards_of_another_alone(settings):
    made = files(settings)
    written(made, 1)
    ShardFiles(made.lake, "score", DAY, 2, made.made_from).remove()
    assert made.left() == [Shard(2, 2)] and made.is_made(Shard(1, 2))
