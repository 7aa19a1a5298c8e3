"""What counts as a line, and which cell of a CSV line is the name."""

import pytest

from squatwatch.files import lines
from squatwatch.files.lines import lines_of


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        (b"a.com\nb.com\n", ["a.com", "b.com"]),
        (b"a.com\nb.com", ["a.com", "b.com"]),
        (b"\xef\xbb\xbfa.com\r\nb.com\r\n", ["a.com", "b.com"]),
        (b"a.com\n\nb.com\n", ["a.com", "", "b.com"]),
        (b"caf\xe9.com\nb.com\n", [None, "b.com"]),
        ("münchen.de\n".encode(), ["münchen.de"]),
        (b"rank,domain\n1,a.com\n2,b.com\n", ["a.com", "b.com"]),
        (b'"Domain_Name";"Registrar"\r\n"a.com";"One; Two"\r\n', ["a.com"]),
        (b'registrar,domain\n"Odd, quote,a.com\nX,b.com\n', ["", "b.com"]),
        (b"registrar\tdomain\nX\n", [""]),
        (b"domain,note\na.com,one\rtwo\nb.com,\x00\n", ["a.com", "b.com"]),
        # a header behind comments, in other words, behind a comment's mark
        (b"# of today\r\n\r\ndomain,date\r\na.com,1\r\n", ["# of today", "", "a.com"]),
        (b"sep=;\ndate;Domain\n1;a.com\n", ["sep=;", "a.com"]),
        (b"#domain\tdate\na.com\t1\n", ["a.com"]),
        (b"Rank,Host\n1,a.com\n", ["a.com"]),
        (b"date|FQDN|nic\n1|a.com|x\n", ["a.com"]),
        # no header: one column of names
        (b"1,a.com\n2,b.com\n", ["a.com", "b.com"]),
        (b'a.com,2026-11-20,"Foo, Inc."\nb.com,2026-11-20,\n', ["a.com", "b.com"]),
        (b"2026-11-20;a.com\n2026-11-20;b.com\n", ["a.com", "b.com"]),
        (b"a.com\t2026-11-20\nb.com\t2026-11-20\n", ["a.com", "b.com"]),
        (b"a.com 2026-11-20\nb.com 2026-11-20\n", ["a.com", "b.com"]),
        (b"ns1.park.net,a.com\nns2.park.net,b.com\n", ["a.com", "b.com"]),
        (b"park.net,a.com\npark.net,b.com\n", ["a.com", "b.com"]),
        (b"# of today\n1,a.com\n2,b.com\n# end\n", ["# of today", "a.com", "b.com", "# end"]),
        # a line break within quotes, and quotes that stand alone
        (b'domain,who\na.com,"One\r\nTwo\n\nThree"\nb.com,"x ""y"" z"\n', ["a.com", "b.com"]),
        (b'who,domain\n"One\nTwo",a.com\nX,b.com\n', ["a.com", "b.com"]),
        (b'who,domain\n"Odd,a.com\n"Even",b.com\n', ["", "b.com"]),
        (b'who,domain\n5" nails,a.com\n6" nails,b.com\n', ["a.com", "b.com"]),
        # JSON
        (b'{"domain": "a.com"}\n{"domain": "b.com", "x": 1}\n', ["a.com", "b.com"]),
        (b'{"ts": 1, "Domain_Name": "a.com"}\nnot json\n', ["a.com", "not json"]),
        (b'["a.com", "b.com"]', ["a.com", "b.com"]),
        (b'[\n  {"domainName": "a.com"},\n  {"domainName": "b.com"}\n]\n', ["a.com", "b.com"]),
        (b'{"count": 2, "domainsList": ["a.com", "b.com"]}', ["a.com", "b.com"]),
        (b'{"domains": ["a.com", "b.com"]}\n', ["a.com", "b.com"]),
        (b'{"domain": "m\\u00fcnchen.de"}\n', ["münchen.de"]),
    ],
)
def test_lines(content, texts):
    read = lines_of(content)
    assert read["text"].to_list() == texts
    assert read["line_number"].is_sorted() and read["line_number"][0] == 1


@pytest.mark.parametrize(
    "content",
    [
        b"a.com\nb.com\n",
        b"\xef\xbb\xbfa.com\r\nb.com\r\n",
        b"a.com\n\nb.com\n\n",
        b"\n",
        b"a.com\rb.com\nc.com\r\r\n",
        b"domain\na.com\n",
        b"names.of.today\nname\na.com\n",
        b".a.com\n-b.com\nc.com.\n",
        b"a" * 5000 + b".com\nb.com",
        b"a.com\n" * 700 + b"domain\nb.com",
    ],
    ids=lambda content: repr(content[:20]),
)
def test_a_list_of_names_alone_is_read_as_any_other(content, monkeypatch):
    read = lines.lines_of(content)
    monkeypatch.setattr(lines, "_of_names_alone", lambda content: None)
    assert read.equals(lines.lines_of(content), null_equal=True)
    assert read.schema == lines.lines_of(content).schema


def test_a_name_that_was_given_up_and_a_comment_have_their_reason():
    content = b"domain,Reason\n# of today\nnew.com,added\ngone.com,DROPPED\nold.com,deleted\nchanged.com,updated\n"
    reasons = dict(lines_of(content).select("text", "reason").rows())
    assert reasons == {
        "# of today": "comment",
        "new.com": None,
        "gone.com": "dropped",
        "old.com": "dropped",
        "changed.com": None,
    }
    for content in (
        b"gone.com,2026-11-20,dropped\nnew.com,2026-11-20,added\n",
        b'{"domain": "gone.com", "action": "removed"}\n{"domain": "new.com", "action": "added"}\n',
    ):
        assert lines_of(content).select("text", "reason").rows() == [("gone.com", "dropped"), ("new.com", None)]


@pytest.mark.parametrize("before", [b"", b"a.com\n", b"domain,note\n"])
def test_a_line_of_ten_megabytes_is_one_line_and_is_cut(before):
    read = lines_of(before + b"x" * 10_000_000 + b"\nb.com\n")
    assert read["text"].to_list()[-1] == "b.com"
    assert read["received"].bin.size().max() < 10_000


@pytest.mark.parametrize(
    "content",
    [
        b'{"status": "ok", "count": 2, "data": {"domains": ["one.com", "two.com"]}}',
        b'{"domains": ["one.com", "two.com"], "nameservers": ["a.net", "b.net", "c.net"]}',
        b'{"message": "OK", "status": 200, "data": [{"hostname": "one.com"}, {"name": "two.com"}]}',
        b"one.com\rtwo.com\r",  # as old Macs end lines
        b"domain,created\rone.com,2026\rtwo.com,2026\r",
        b"one.com , two.com",
        b"one.com two.com",
        b"one.com,\ntwo.com,somebody\n",  # the first row's second cell is empty
        b"raw,domain\n" + 5000 * b"x" + b",one.com\ny,two.com\n",
        b'raw,domain\n"' + 200_000 * b"x" + b'",one.com\ny,two.com\n',
        b'domain,raw\none.com,"' + 90 * b"line\n" + b'"\ntwo.com,""\n',
        b"https://one.com/\nhxxps[:]//two[.]com\n",
    ],
)
def test_each_name_is_found_however_it_is_packed(content):
    assert lines_of(content)["text"].to_list() == ["one.com", "two.com"]


def test_a_comment_stays_whole_among_lines_of_several_names():
    read = lines_of(b"# of today\none.com, two.com\nthree.com\n")
    assert read.select("text", "reason").rows() == [
        ("# of today", "comment"),
        ("one.com", None),
        ("two.com", None),
        ("three.com", None),
    ]


@pytest.mark.parametrize(
    ("content", "dropped"),
    [
        (b"domain,state\na.com,-\nb.com,DEL\nc.com,CA\n", []),  # places: nothing, Delaware, California
        (b"domain,change\na.com,-\nb.com,+\nc.com,del\n", ["a.com", "c.com"]),
        (b"domain,type\na.com,deleted\nb.com,com\n", ["a.com"]),
        (b'{"domain": "a.com", "state": "-"}\n{"domain": "b.com", "state": "CA"}\n', []),
    ],
)
def test_a_word_with_two_meanings_drops_a_name_beside_words_for_new_names_only(content, dropped):
    read = lines_of(content)
    assert [text for text, reason in read.select("text", "reason").rows() if reason] == dropped
