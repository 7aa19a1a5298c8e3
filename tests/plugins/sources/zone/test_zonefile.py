"""What a zone file delegates: as ICANN's CZDS writes it, and in every other way that RFC 1035 allows."""

import gzip
import random

import pytest

from squatwatch.errors import BadList
from squatwatch.sources.zone import zonefile
from squatwatch.sources.zone.skipped import Skipped
from squatwatch.sources.zone.zonefile import delegated_domains

CZDS = """\
com.\t900\tin\tsoa\ta.gtld-servers.net. nstld.verisign-grs.com. 1762400000 1800 900 604800 900
com.\t172800\tin\tns\ta.gtld-servers.net.
amber-oak.com.\t172800\tin\tns\tns1.host.net.
amber-oak.com.\t172800\tin\tns\tns2.host.net.
amber-oak.com.\t86400\tin\tds\t370 13 2 BE74359954660069D5C63D200C39F5603827D7DD02B56F120EE9F3A86764247C
amber-oak.com.\t86400\tin\trrsig\tDS 13 2 86400 20261113000000 20261106000000 370 com. x+y/Zz==
ns1.amber-oak.com.\t172800\tin\ta\t192.0.2.1
ns1.amber-oak.com.\t172800\tin\taaaa\t2001:db8::1
ck0pojmg874ljref7efn8430qvit8bsm.com.\t86400\tin\tnsec3\t1 1 0 - CK0Q3UDG8CEKKAE7RUKPGCT1DVSSH8LL NS SOA RRSIG
xn--caf-dma.com.\t172800\tin\tns\tns1.host.net.
below.blue-fir.com.\t172800\tin\tns\tns1.host.net.
com.\t900\tin\tsoa\ta.gtld-servers.net. nstld.verisign-grs.com. 1762400000 1800 900 604800 900
"""


@pytest.fixture
def delegated(tmp_path):
    """delegated(text, tld="com") gives the names that a zone file of that text delegates, sorted, each once."""

    def read(text, tld="com"):
        path = tmp_path / f"{tld}.zone.gz"
        path.write_bytes(gzip.compress(text if isinstance(text, bytes) else text.encode()))
        return sorted({domain for block in delegated_domains(path, tld, 1 << 30) for domain in block})

    return read


def test_delegations_count_and_nothing_else(delegated):
    """No apex, no glue, no DS, no signature, no hash, no name two levels down."""
    assert delegated(CZDS) == ["amber-oak.com", "xn--caf-dma.com"]


# how one and the same delegation may be written
WAYS = {
    "tabs": "amber-oak.com.\t172800\tin\tns\tns1.host.net.\n",
    "spaces": "amber-oak.com. 172800 in ns ns1.host.net.\n",
    "columns": "amber-oak.com.          172800  IN      NS      ns1.host.net.\n",
    "upper case": "AMBER-OAK.COM.\t172800\tIN\tNS\tNS1.HOST.NET.\n",
    "mixed case": "Amber-Oak.cOm. 172800 In nS ns1.host.net.\n",
    "carriage returns": "com. 900 in ns a.net.\r\namber-oak.com.\t172800\tin\tns\tns1.host.net.\r\n",
    "no TTL": "amber-oak.com. IN NS ns1.host.net.\n",
    "no class": "amber-oak.com. 172800 NS ns1.host.net.\n",
    "neither": "AMBER-OAK.COM. NS NS1.HOST.NET.\n",
    "class before TTL": "amber-oak.com. IN 172800 NS ns1.host.net.\n",
    "TTL in units": "amber-oak.com. 1w2d IN NS ns1.host.net.\n",
    "relative to the zone": "amber-oak NS ns1.host.net.\n",
    "relative to an origin": "$ORIGIN com.\namber-oak NS ns1.host.net.\n",
    "relative to the root": "$ORIGIN .\namber-oak.com NS ns1.host.net.\n",
    "a default TTL": "$TTL 172800\namber-oak.com. NS ns1.host.net.\n",
    "at sign": "$ORIGIN amber-oak.com.\n@ NS ns1.host.net.\n",
    "blank owner": "amber-oak.com. DS 370 13 2 BE74\n\tNS ns1.host.net.\n",
    "blank owner, spaces, after a comment": "amber-oak.com. DS 370 13 2 BE74\n\n; hosts\n   172800 NS ns1.host.net.\n",
    "blank owner after another origin": "amber-oak.com. A 192.0.2.1\n$ORIGIN net.\n\tNS ns1.host\n",
    "blank owner after several": "blue-fir.com. A 192.0.2.1\namber-oak.com. NS a.net.\n\tNS ns1.host.net.\n",
    "comment behind": "amber-oak.com. NS ns1.host.net. ; since 1994 (or so\n",
    "over lines": "amber-oak.com. 172800 IN (\n  NS ; the server\n  ns1.host.net. )\n",
    "over lines after the owner": "amber-oak.com. (\n\n172800\tIN NS ns1.host.net.)\n",
    "unknown type, RFC 3597": "amber-oak.com. 172800 CLASS1 TYPE2 \\# 4 01610000\n",
    "no last line break": "amber-oak.com.\t172800\tin\tns\tns1.host.net.",
    "after a quoted parenthesis": 'com. TXT "a ( b ; c" d\namber-oak.com. NS ns1.host.net.\n',
    "after a quoted quote": 'com. TXT "a \\" ( b"\namber-oak.com. NS ns1.host.net.\n',
    "after an escaped parenthesis": "x.com. TXT a\\(b\namber-oak.com. NS ns1.host.net.\n",
    "after a multi-line SOA": "@ SOA a.net. b.net. ( 1 ; serial\n 2 3\n 4 5 )\namber-oak.com. NS ns1.host.net.\n",
}


@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS.keys())
def test_a_delegation_in_every_way_of_writing_it(text, delegated):
    assert delegated(text) == ["amber-oak.com"]


ONLY_LOOKS = [
    "com. NS ns1.host.net.\n",
    "amber-oak.com. A 192.0.2.1\n",
    "amber-oak.com. CNAME ns.host.net.\n",
    "a.amber-oak.com. NS ns1.host.net.\n",
    "amber-oak.net. NS ns1.host.net.\n",
    "amber-oakcom. NS ns1.host.net.\n",
    "$ORIGIN net.\namber-oak NS ns1.host.net.\n",
    "amber-oak.com NS ns1.host.net.\n",  # relative: amber-oak.com.com
    "; amber-oak.com. NS ns1.host.net.\n",
    'com. TXT ( a\n"amber-oak.com. NS x." )\n',  # a string over lines that looks like one
    "com. TXT (\namber-oak.com. NS x.\n)\n",  # data over lines that looks like one
]


@pytest.mark.parametrize("text", ONLY_LOOKS)
def test_what_only_looks_like_a_delegation(text, delegated):
    assert delegated(text) == []


@pytest.mark.parametrize(
    ("tld", "owner"),
    [("xn--p1ai", "xn--e1afmkfd.XN--P1AI."), ("co.uk", "amber-oak.co.uk."), ("com", "1.com."), ("com", "ns.com.")],
)
def test_zones_and_names_of_every_kind(tld, owner, delegated):
    assert delegated(f"{owner} NS ns1.host.net.\n", tld) == [owner.lower().removesuffix(".")]


def test_odd_names_stay_visible(delegated):
    """They become rejects when the list is loaded. A dot that is escaped parts no labels."""
    lines = rb"a\.b.com. NS x." b"\n*.com. NS x.\n_tcp.com. NS x.\ncaf\xe9.com. NS x.\n\\065.com. NS x.\n"
    assert delegated(lines) == ["*.com", r"\065.com", "_tcp.com", r"a\.b.com", r"caf\xe9.com"]


# name: (the text, what is said of it)
BROKEN = {
    "a list of names": ("amber-oak.com\nblue-fir.com\n", "no DNS record of class IN: 'amber-oak.com'"),
    "an error in JSON": ('{"message": "no"}\n', "no DNS record"),
    "an HTML page": ("<!DOCTYPE html><title>Sign in</title>", "an HTML page"),
    "another class": ("amber-oak.com. CH NS ns1.host.net.\n", "class IN: 'amber-oak.com. CH NS"),
    "no type": ("amber-oak.com. 172800 IN\n", "no DNS record"),
    "an include": ("$INCLUDE more.zone\n", "directive '\\$INCLUDE more.zone' is not understood"),
    "a generator": ("$GENERATE 1-9 $ NS ns1.host.net.\n", "directive '\\$GENERATE"),
    "no owner ever": ("\tNS ns1.host.net.\n", "the first record has no owner"),
    "a string without end": ('com. TXT "abc\nx.com. NS y.\n', "does not end in the line 'com. TXT"),
    "a parenthesis without end": ("com. SOA a. b. ( 1 2\nx.com. NS y.\n", "never closed in the record 'com. SOA"),
    "one closed too often": ("com. SOA a. b. 1 2 )\n", "closed that was not opened"),
    "an endless record": ("com. TXT (\n" + ("a" * 99 + "\n") * 20_000, "never closed"),
    "an endless line": ("x" * (9 << 20), "a line of more than 1,048,576 bytes"),
}


@pytest.mark.parametrize(("text", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_what_cannot_be_read_is_refused_and_quoted(text, words, delegated):
    with pytest.raises(BadList, match=words):
        delegated(text)


# name: (a line that is no record, and what lines after it still say)
ONE_BAD_LINE = {
    "a string without end": 'x.com. 3600 in txt "unbalanced',
    "an escape without end": "x.com. 3600 in txt abc\\",
    "no type": "x.com. 3600 in",
    "a name alone": "x.com.",
    "another class": "x.com. ch ns ns1.host.net.",
    "a parenthesis without end": "x.com. 3600 in txt ( unbalanced",
    "one closed too often": "x.com. 3600 in txt unbalanced )",
    "what is no text": "\x01\x02 \x03",
}


@pytest.mark.parametrize("line", ONE_BAD_LINE.values(), ids=ONE_BAD_LINE)
@pytest.mark.parametrize("at", [1, 40, 60])
def test_one_bad_line_of_many_is_skipped_and_counted(line, at, tmp_path):
    lines = [f"old{n}.com. 3600 in ns ns1.host.net." for n in range(60)]
    lines.insert(at, line)
    (tmp_path / "com.zone").write_text("\n".join([*lines, "teehaus-oak.com. 3600 in ns ns1.host.net.", ""]))
    skipped = Skipped()
    names = [name for block in delegated_domains(tmp_path / "com.zone", "com", 1 << 30, skipped) for name in block]
    assert sorted(names) == sorted([*(f"old{n}.com" for n in range(60)), "teehaus-oak.com"])
    assert (skipped.count, skipped.line_count) == (1, 62)
    assert str(skipped).startswith("1 of 62 lines skipped, the first because ")


def test_a_blank_owner_after_a_bad_line_is_that_line_s_own(tmp_path):
    lines = [f"old{n}.com. in a 192.0.2.1" for n in range(60)]
    lines[30:30] = ['teehaus-oak.com. in txt "unbalanced', "\tin ns ns1.host.net."]
    (tmp_path / "com.zone").write_text("\n".join([*lines, ""]))
    assert list(delegated_domains(tmp_path / "com.zone", "com", 1 << 30)) == [["teehaus-oak.com"]]


@pytest.mark.parametrize(("bad", "good"), [(4, 60), (11, 150), (120, 1_000_000)])
def test_a_share_of_bad_lines_stops_the_zone(bad, good, tmp_path):
    text = "x.com. in\n" * bad + "old.com. in ns ns1.host.net.\n" * good
    (tmp_path / "com.zone").write_text(text)
    with pytest.raises(BadList, match=rf"^{bad} of its first [\d,]+ lines cannot be read: .*'x.com. in'"):
        list(delegated_domains(tmp_path / "com.zone", "com", 1 << 30))


@pytest.mark.parametrize(("bad", "good"), [(3, 60), (10, 200), (90, 1_000_000)])
def test_a_few_bad_lines_do_not(bad, good, tmp_path):
    text = "old.com. in ns ns1.host.net.\n" * good + "x.com. in\n" * bad
    (tmp_path / "com.zone").write_text(text)
    skipped = Skipped()
    assert {name for block in delegated_domains(tmp_path / "com.zone", "com", 1 << 30, skipped) for name in block} == {
        "old.com"
    }
    assert skipped.count == bad


@pytest.mark.parametrize("cut", [1, 8, 40, 200])
def test_a_truncated_file_is_refused(cut, tmp_path):
    path = tmp_path / "com.zone.gz"
    path.write_bytes(gzip.compress(CZDS.encode())[:-cut])
    with pytest.raises(BadList, match="truncated or damaged"):
        list(delegated_domains(path, "com", 1 << 30))


def test_several_gzip_members_are_one_file(tmp_path):
    path = tmp_path / "com.zone.gz"
    path.write_bytes(gzip.compress(b"a.com. NS x.\nb.co") + gzip.compress(b"m. NS x.\n"))
    assert list(delegated_domains(path, "com", 1 << 30)) == [["a.com", "b.com"]]


def test_a_bomb_is_not_unpacked(tmp_path):
    path = tmp_path / "com.zone.gz"
    path.write_bytes(gzip.compress(b"a.com. NS x.\n" * 200_000))
    with pytest.raises(BadList, match=r"unpacks to more than .* raise SQUATWATCH_ZONE_MAX_GIB"):
        list(delegated_domains(path, "com", 1 << 20))


def test_plain_text_is_read_and_a_zip_is_not(tmp_path):
    (tmp_path / "plain").write_text(CZDS)
    assert [sorted(set(block)) for block in delegated_domains(tmp_path / "plain", "com", 1 << 30)]
    (tmp_path / "zip").write_bytes(b"PK\x03\x04" + bytes(200))
    with pytest.raises(BadList, match="zip file"):
        list(delegated_domains(tmp_path / "zip", "com", 1 << 30))


@pytest.mark.parametrize("text", [*WAYS.values(), *ONLY_LOOKS])
def test_where_blocks_end_changes_nothing(text, delegated, monkeypatch):
    """Not even within a parenthesis, after an origin or before a blank owner."""
    whole = delegated(text)
    for size in range(1, len(text)):
        monkeypatch.setattr(zonefile, "BLOCK", size)
        assert delegated(text) == whole, size


def test_the_order_of_lines_changes_nothing(delegated):
    lines = CZDS.splitlines(keepends=True)
    for seed in range(20):
        random.Random(seed).shuffle(lines)
        assert delegated("".join(lines)) == ["amber-oak.com", "xn--caf-dma.com"]


def test_the_quick_way_and_the_thorough_one_agree(delegated, monkeypatch):
    """On a zone of lines of every usual kind; the thorough reader alone is the reference."""
    chance = random.Random(1)
    kinds = ["ns\tns1.host.net.", "ds\t1 13 2 AB", "a\t192.0.2.1", "rrsig\tNS 13 2", "NS  x.", "txt\tns"]
    owners = ["{}.com.", "{}.COM.", "ns.{}.com.", "com.", "{}", "{}.net."]
    times = ["9\tin\t", "", "IN "]

    def line():
        owner = chance.choice(owners).format(f"name{chance.randrange(500)}")
        return f"{owner}\t{chance.choice(times)}{chance.choice(kinds)}\n"

    lines = [line() for _ in range(5000)]
    quick = delegated("".join(lines))
    monkeypatch.setattr(zonefile, "MARKS", (b"\n",))  # every block is one to be careful with
    thorough = delegated("".join(lines))
    assert len(quick) > 300
    assert quick == thorough
