"""Files that are made where squatwatch is installed: read where they are sound, else made anew."""

from __future__ import annotations

import logging
import os

import pytest

from squatwatch_ml.text.made_file import MadeFile, or_exit

CONTENT = b"\x00two\nlines\n"


@pytest.fixture
def made(tmp_path):
    return MadeFile(tmp_path / "names.table", lambda: CONTENT, "package 1.0", "python -m names")


def test_what_was_made_is_read(made):
    assert made.make() == made.read_or_make() == CONTENT
    assert made._replace(content=pytest.fail).read_or_make() == CONTENT


@pytest.mark.parametrize("damaged", [b"", b"x\ny\n", b"\xff\xfe", None])
def test_a_file_that_cannot_be_used_is_made_anew(made, damaged):
    made.make()
    good = made.path.read_bytes()
    made.path.unlink() if damaged is None else made.path.write_bytes(damaged)
    assert made.read_or_make() == CONTENT
    assert made.path.read_bytes() == good


def test_a_file_of_another_release_is_made_anew(made):
    made._replace(made_from="package 0.9", content=lambda: b"old").make()
    assert made.read_or_make() == CONTENT


def test_a_file_that_was_cut_short_is_made_anew(made):
    made.make()
    made.path.write_bytes(made.path.read_bytes()[:-1])
    assert made.read_or_make() == CONTENT


def test_a_pipe_in_its_place_is_not_waited_for(made):
    os.mkfifo(made.path)
    assert made.read_or_make() == CONTENT
    assert made.path.is_file()


def test_where_it_cannot_be_written_a_warning_says_what_ends_that(made, tmp_path, caplog):
    (tmp_path / "file").touch()
    with caplog.at_level(logging.WARNING):
        assert made._replace(path=tmp_path / "file" / "names.table").read_or_make() == CONTENT
    assert "run: python -m names" in caplog.text


def test_the_command_that_makes_it_ends_with_one_line_where_it_cannot_be_written(made):
    made.path.mkdir()
    with pytest.raises(SystemExit, match=r"names\.table cannot be written \(Is a directory\)"), or_exit(made.path):
        made.make()
