"""allowlist.csv: entries that can do what they say, and those that are refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from squatwatch.errors import SquatwatchError
from squatwatch.lists.allowlist import allowlist_path, read_allowlist
from squatwatch.settings import Settings


def allowlist_file(tmp_path: Path, rows: str) -> Path:
    path = tmp_path / "allowlist.csv"
    path.write_text(f"domain,reason,expires_on\n{rows}", "utf-8")
    return path


def test_entries_are_read_and_normalised(tmp_path):
    rows = (
        "Amazonwatch.org,\"a partner, and 'friend'\",\nDHL-Partner.de,shop,2027-01-31\nDHL-Partner.de,shop,2027-01-31\n"
    )
    assert read_allowlist(allowlist_file(tmp_path, rows)).rows() == [
        ("amazonwatch.org", "a partner, and 'friend'", None),
        ("dhl-partner.de", "shop", date(2027, 1, 31)),
    ]


def test_list_without_entries_is_a_list(tmp_path):
    assert read_allowlist(allowlist_file(tmp_path, "")).is_empty()


def test_names_below_a_private_suffix_may_be_excused(tmp_path):
    assert read_allowlist(allowlist_file(tmp_path, "github.io,our pages,\n"))["domain"].to_list() == ["github.io"]


REFUSED = {
    "no reason": ("amazonwatch.org,,", "line 2.*'amazonwatch.org' has no reason"),
    "date of another format": ("a.org,b,31/01/2027", "line 2.*'31/01/2027' is not a date"),
    "date that does not exist": ("a.org,b,2027-02-30", "line 2.*'2027-02-30' is not a date"),
    "top-level domain": ("com,all,", "line 2.*'com' is not a domain"),
    "suffix of a registry": ("ok.org,fine,\nco.uk,all,", "line 3.*'co.uk' is a public suffix"),
    "name below which every name is a suffix": ("kobe.jp,all,", "line 2.*'kobe.jp' is a public suffix"),
    "name below a registered one": ("www.shop.com,ours,", "line 2.*'www.shop.com' lies below shop.com"),
    "no domain": ("'); drop table x,b,", "line 2.*not a domain"),
    "row that ends early": ("a.org,b", "line 2.*ends before its expires_on"),
}


@pytest.mark.parametrize(("rows", "message"), REFUSED.values(), ids=REFUSED)
def test_wrong_entry_is_refused_by_file_line_and_value(tmp_path, rows, message):
    path = allowlist_file(tmp_path, rows)
    with pytest.raises(SquatwatchError, match=message) as refused:
        read_allowlist(path)
    assert str(path) in str(refused.value)


def test_seeded_allowlist_is_read(tmp_path):
    assert read_allowlist(allowlist_path(Settings(home=tmp_path)))["reason"].null_count() == 0


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffdomain;reason;expires_on\r\nteehaus.org;a partner;\r\n".encode(),
        "domain\treason\texpires_on\r\nteehaus.org\ta partner\t\r\n".encode("utf-16"),
        b"# ours\n\nDomain,Reason,Expires_on\n# partners\nTeehaus.org.,a partner,\n",
        b"domain,reason,expires_on\nteehaus[.]org,a partner,\n",
    ],
)
def test_a_list_may_be_in_a_spreadsheet_s_own_format(tmp_path, content):
    path = tmp_path / "allowlist.csv"
    path.write_bytes(content)
    assert read_allowlist(path).rows() == [("teehaus.org", "a partner", None)]


def test_all_wrong_entries_are_told_at_once(tmp_path):
    path = allowlist_file(tmp_path, "teehaus.org,,\nok.org,fine,\ncom,all,\na.org,b\nb.org,b,soon\n")
    with pytest.raises(SquatwatchError, match="has 4 wrong lines: line 2: ") as refused:
        read_allowlist(path)
    assert [f"line {number}: " in str(refused.value) for number in range(2, 7)] == [True, False, True, True, True]
