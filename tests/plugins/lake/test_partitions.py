"""Partitions are replaced whole or not at all."""

import errno
import os
import subprocess
import sys
import threading
from datetime import date

import polars as pl
import pytest

from squatwatch.errors import Damaged, DiskFull, SquatwatchError
from squatwatch.lake.partitions import Lake, atomic

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


def test_a_disk_without_room_is_told_in_one_way(tmp_path):
    path = tmp_path / "list.txt"
    for error in (OSError(errno.ENOSPC, "No space left on device"), RuntimeError("write: No space left on device")):
        with pytest.raises(DiskFull, match=rf"{path} cannot be written: there is no room"), atomic(path):
            raise error


def test_what_a_killed_writer_left_is_removed_a_day_later(tmp_path):
    path = tmp_path / "list.txt"
    old, new = tmp_path / f".{path.name}.old", tmp_path / f".{path.name}.new"
    for left in (old, new):
        left.write_text("half of a l")
    os.utime(old, (0, 0))
    with atomic(path) as temporary:
        temporary.write_text("whole")
    assert {file.name for file in tmp_path.iterdir()} == {path.name, new.name}  # a writer may be at work on the other


def test_a_damaged_file_names_itself_and_the_command_that_makes_it_anew(tmp_path):
    path = Lake(tmp_path).write("candidates", DAY, pl.DataFrame({"domain": ["paypal-login.com"]}))
    path.write_bytes(path.read_bytes()[:-20])
    for read in (Lake(tmp_path).read, Lake(tmp_path).made_from):
        with pytest.raises(Damaged, match=rf"{path}, the candidates of .*run: squatwatch transform --date 2026-11-05"):
            read("candidates", DAY)


HOLDER = """
import sys, time
from datetime import date
from pathlib import Path
from squatwatch.lake.partitions import Lake

with Lake(Path(sys.argv[1])).exclusive(date(2026, 11, 5)):
    print("held", flush=True)
    time.sleep(60)
"""


def test_one_process_at_a_time_writes_a_date(tmp_path):
    """The second waits; a process that is killed lets go."""
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        with Lake(tmp_path).exclusive(date(2026, 11, 6)):
            assert process.poll() is None  # another date is another matter
        threading.Timer(0.5, process.kill).start()
        with Lake(tmp_path).exclusive(DAY):
            assert process.wait() != 0


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
