"""What the operating system refuses is named, and the step that met it is not blamed."""

import errno

import pytest

from squatwatch.errors import SquatwatchError, squatwatch_error
from squatwatch.lake.partitions import atomic


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EROFS, "/srv/watch/a.parquet cannot be written, its disk is read-only"),
        (errno.EACCES, "/srv/watch/a.parquet may not be written or read by the account that runs squatwatch"),
        (errno.EPERM, "may not be written or read"),
    ],
)
def test_a_refusal_names_the_file_and_the_setting(number, words):
    message = str(squatwatch_error(OSError(number, "refused", "/srv/watch/a.parquet")))
    assert words in message and "SQUATWATCH_HOME" in message


@pytest.mark.parametrize("error", [OSError(errno.ENOENT, "none", "/a"), OSError("no file"), ValueError("a number")])
def test_anything_else_keeps_its_own_message(error):
    assert squatwatch_error(error) is None


def test_a_file_that_a_library_may_not_write_is_named_where_the_library_names_none(tmp_path):
    with (
        pytest.raises(SquatwatchError, match=r"day\.parquet cannot be written, its disk is read-only"),
        atomic(tmp_path / "day.parquet"),
    ):
        raise OSError(errno.EROFS, "Read-only file system")
