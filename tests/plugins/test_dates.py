import pytest

from squatwatch.dates import parse_run_date
from squatwatch.errors import SquatwatchError


def test_a_run_date_is_written_as_iso():
    assert str(parse_run_date(" 2024-06-13 ")) == "2024-06-13"


@pytest.mark.parametrize(
    "text", ["13/06/2024", "2024-6-31", "20240613", "yesterday", "2024-06-13T00:00", "", "2023-02-29"]
)
def test_another_format_is_refused_with_an_example(text):
    with pytest.raises(SquatwatchError, match="write it as YYYY-MM-DD"):
        parse_run_date(text)


def test_a_date_in_the_future_is_refused():
    with pytest.raises(SquatwatchError, match="9999-01-01 is in the future"):
        parse_run_date("9999-01-01")
