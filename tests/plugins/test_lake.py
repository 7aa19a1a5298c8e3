"""Partitions are replaced whole or not at all."""

from datetime import date

import polars as pl
import pytest

from squatwatch.errors import SquatwatchError
from squatwatch.lake import Lake, atomic

DAY = date(2026, 11, 5)


def test_writing_a_date_twice_leaves_the_second(tmp_path):
    lake = Lake(tmp_path)
    lake.write("rejects", DAY, pl.DataFrame({"line": ["one", "two"]}))
    lake.write("rejects", DAY, pl.DataFrame({"line": ["three"]}))
    assert lake.read("rejects", DAY)["line"].to_list() == ["three"]
    assert [path.name for path in lake.folder("rejects", DAY).iterdir()] == ["rejects.parquet"]


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError), atomic(path) as temporary:
        temporary.write_text("half of the n")
        raise RuntimeError("disk full")
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("list.txt", "old")]


def test_a_file_half_written_is_in_no_reader_s_glob(tmp_path):
    lake = Lake(tmp_path)
    with atomic(lake.partition("rejects", DAY)) as temporary:
        temporary.write_bytes(b"PAR1 half")
        assert not list(tmp_path.glob("rejects/run_date=*/*.parquet"))


def test_a_missing_date_names_the_command_that_makes_it(tmp_path):
    with pytest.raises(
        SquatwatchError, match=r"no registrations of 2026-11-05 .* run: squatwatch load --date 2026-11-05"
    ):
        Lake(tmp_path).read("registrations", DAY)
