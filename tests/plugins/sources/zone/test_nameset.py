"""Sorted sets of names that are never in memory whole: made out of parts, and compared."""

import random

import polars as pl
import pytest

from squatwatch.errors import SquatwatchError
from squatwatch.sources.zone import nameset
from squatwatch.sources.zone.nameset import difference, write_parts, write_sorted


@pytest.fixture
def written(tmp_path, monkeypatch):
    """written(name, blocks) gives the path of a set; parts and row groups are small, as if the names were many."""
    monkeypatch.setattr(nameset, "PART_ROWS", 50)
    monkeypatch.setattr(nameset, "GROUP_ROWS", 7)

    def write(name, *blocks):
        work = tmp_path / f"{name}-parts"
        work.mkdir()
        path = tmp_path / name
        write_sorted(write_parts(blocks, work), path, work, {"made from": name})
        return path

    return write


def names_in(path):
    return pl.read_parquet(path)["domain"].to_list()


def new_names(now, before):
    return [domain for domains in difference(now, before) for domain in domains]


def test_every_name_once_and_in_order(written):
    path = written("a", ["b.com", "a.com", "b.com"], ["a.com"] * 200, ["c.com"])
    assert names_in(path) == ["a.com", "b.com", "c.com"]
    assert pl.read_parquet_metadata(path)["made from"] == "a"


@pytest.mark.parametrize(
    ("now", "before", "new"),
    [
        (["a", "b", "c"], ["b"], ["a", "c"]),
        (["a", "b"], ["a", "b"], []),
        (["b"], ["a", "c"], ["b"]),
        (["a", "z"], ["m"], ["a", "z"]),
        (["m"], ["a", "m", "z"], []),
        (["xn--é", "~"], ["xn--e"], ["xn--é", "~"]),
    ],
)
def test_new_is_what_was_not_there_before(now, before, new, written):
    assert new_names(written("now", now), written("before", before)) == new


def test_many_parts_and_row_groups_change_nothing(written):
    chance = random.Random(1)
    now, before = ({f"{chance.randrange(3000):x}.com" for _ in range(1500)} for _ in range(2))
    paths = [
        written(name, *([*chance.sample(sorted(names), 400), *names] for _ in range(3)))
        for name, names in (("now", now), ("before", before))
    ]
    assert names_in(paths[0]) == sorted(now)
    assert pl.read_parquet_metadata(paths[0]) and new_names(*paths) == sorted(now - before)
    assert new_names(*reversed(paths)) == sorted(before - now)


def test_what_cannot_be_sorted_or_read_is_named(written, tmp_path):
    (tmp_path / "damaged").write_bytes(b"PAR1" + bytes(100))
    good = written("good", ["a.com"])
    for now, before in ((good, tmp_path / "damaged"), (tmp_path / "damaged", good)):
        with pytest.raises(SquatwatchError, match="cannot be sorted or compared"):
            new_names(now, before)
    with pytest.raises(SquatwatchError, match="make room where the disk is full"):
        write_sorted([str(tmp_path / "damaged")], tmp_path / "out", tmp_path, {})
