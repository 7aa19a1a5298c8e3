"""The page writes into the allowlist as somebody keeps it: comments, columns and what divides the cells stay."""

from __future__ import annotations

import pytest

from squatwatch.lists.allowlist import read_allowlist
from squatwatch.review.judging.allowlist_file import add_entries, remove_entries
from squatwatch.settings import read_settings

FILES = {
    "semicolons": "# since May\ndomain;reason;expires_on;team\na.com;ours, all;;red\n# the fair\nb.com;fair;;\n",
    "spreadsheet": "\ufeffDomain;Reason;Expires_on\r\na.com;ours, all;\r\nb.com;fair;",
    "tabs": "domain\treason\texpires_on\na.com\tours, all\t\nb.com\tfair\t\n",
    "quoted": 'reason,domain,expires_on\n"ours, all",a.com,\n"fair,\nof May",b.com,\n',
}
ENTRY = {"domain": "c.com", "reason": "x; y, z", "expires_on": "2027-01-31", "added_by": "uma", "added_at": "now"}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_adding_and_removing_leaves_the_rest(tmp_path, content, encoding):
    path = tmp_path / "allowlist.csv"
    path.write_bytes(content.removeprefix("\ufeff").encode(encoding) if encoding == "utf-16" else content.encode())
    settings = read_settings(home=tmp_path / "data", allowlist_file=path)
    before = read_allowlist(path)
    add_entries(settings, [ENTRY])
    assert read_allowlist(path).rows()[:2] == before.rows()
    assert read_allowlist(path)["reason"][2] == "x; y, z"
    assert [entry["added_by"] for entry in remove_entries(settings, lambda entry: entry["domain"] == "c.com")] == [
        "uma"
    ]
    assert read_allowlist(path).equals(before)
    assert len(remove_entries(settings, lambda entry: entry["domain"] == "b.com")) == 1
    assert read_allowlist(path)["domain"].to_list() == ["a.com"]
    comments = [line for line in content.splitlines() if line.startswith("#")]
    assert [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")] == comments
