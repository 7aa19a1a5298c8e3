"""Label files as spreadsheets save them, and all that is wrong in one told at once."""

import pytest

from squatwatch.errors import SquatwatchError
from squatwatch.labels.files import read_label_file


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffdomain;brand;verdict;note\r\nteehaus-login.com;İPEK;squat;a, b\r\n".encode(),
        "domain\tbrand\tverdict\tnote\r\nteehaus-login.com\tipek\tSquat\ta, b\r\n".encode("utf-16"),
        b'# of Monday\nbrand,domain,verdict,note\nipek,teehaus-login[.]com,squat,"a, b"\n',
    ],
)
def test_labels_may_be_in_a_spreadsheet_s_own_format(tmp_path, content):
    path = tmp_path / "labels.csv"
    path.write_bytes(content)
    (label,) = read_label_file(path, "ann")
    assert (label.domain, label.brand, label.verdict, label.note) == ("teehaus-login.com", "ipek", "squat", "a, b")


def test_all_wrong_labels_are_told_at_once(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("domain,brand,verdict\nteehaus.com,ipek,bad\nnonsense,ipek,squat\nteehaus.com,ipek,squat\na.com\n")
    with pytest.raises(SquatwatchError, match=r"has 3 wrong lines: line 2: .*line 3: .*line 5: the row ends before"):
        read_label_file(path, "ann")
