"""brands.csv: what it may say, and what is refused by name of file, line and value."""

from __future__ import annotations

from pathlib import Path

import pytest

from squatwatch.errors import SquatwatchError
from squatwatch.lists.brands import read_abouts, read_brands, read_budgets
from squatwatch.lists.brands_in_force import brands_path
from squatwatch.settings import Settings


def brands_file(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "brands.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


ACCEPTED = {
    "one brand, two domains": (
        "brand,brand_domain\namazon,amazon.com\namazon,amazon.co.uk\n",
        [("amazon", "amazon.co.uk"), ("amazon", "amazon.com")],
    ),
    "white space, capitals, a trailing dot": (
        "Brand , BRAND_DOMAIN\n PayPal , WWW.PayPal.COM. \n",
        [("paypal", "paypal.com")],
    ),
    "byte order mark, CRLF, quotes, a blank line": (
        b'\xef\xbb\xbfbrand,brand_domain\r\n"dhl","dhl.de"\r\n\r\n',
        [("dhl", "dhl.de")],
    ),
    "another column and order": (
        "country,brand_domain,brand\nES,santander.com,santander\n",
        [("santander", "santander.com")],
    ),
    "one domain, two brands": (
        "brand,brand_domain\nallianztrade,allianz-trade.com\nallianz,allianz-trade.com\n",
        [("allianz", "allianz-trade.com"), ("allianztrade", "allianz-trade.com")],
    ),
    "the same row twice": ("brand,brand_domain\ndhl,dhl.de\nDHL,dhl.de\n", [("dhl", "dhl.de")]),
    "a domain below a private suffix": ("brand,brand_domain\nacme,acme.github.io\n", [("acme", "acme.github.io")]),
    "a brand with its own top-level domain": (
        "brand,brand_domain\ngoogle,gmail.com\ngoogle,google.com\n",
        [("google", "gmail.com"), ("google", "google.com")],
    ),
    "a brand that owns nothing else below its top-level domain": (
        "brand,brand_domain\nleclerc,e.leclerc\nnissan,nissan-global.com\n",
        [("leclerc", "e.leclerc"), ("nissan", "nissan-global.com")],
    ),
    "a private suffix of the brand": ("brand,brand_domain\ngithub,github.io\n", [("github", "github.io")]),
    "digits and a hyphen": ("brand,brand_domain\n7-eleven,7-eleven.com\n", [("7-eleven", "7-eleven.com")]),
    "semicolons of a spreadsheet": (
        b"\xef\xbb\xbfbrand;brand_domain;note\r\nalpenblick;alpenblick.ch;a, b\r\n",
        [("alpenblick", "alpenblick.ch")],
    ),
    "sep= and bars": ("sep=|\nbrand|brand_domain\nalpenblick|alpenblick.ch\n", [("alpenblick", "alpenblick.ch")]),
    "tabs in UTF-16": (
        "brand\tbrand_domain\r\nhöhenweg\thoehenweg.ch\r\n".encode("utf-16"),
        [("höhenweg", "hoehenweg.ch")],
    ),
    "Excel's own code page": (
        "brand;brand_domain\r\nweißmüller;weissmueller.de\r\n".encode("cp1252"),
        [("weißmüller", "weissmueller.de")],
    ),
    "comments before, between and a blank line": (
        '# brands of 2026\n\nbrand,brand_domain\n# "odd\nalpenblick,alpenblick.ch\n#x,y\n',
        [("alpenblick", "alpenblick.ch")],
    ),
    "a line break in a cell": (
        'brand,note,brand_domain\nalpenblick,"one\n# two",alpenblick.ch\n',
        [("alpenblick", "alpenblick.ch")],
    ),
    "decorated domains": (
        "brand,brand_domain\nalpenblick,*.alpenblick.ch\nalpenblick,alpenblick[.]com\nalpenblick,alpenblick.li # new\n",
        [("alpenblick", "alpenblick.ch"), ("alpenblick", "alpenblick.com"), ("alpenblick", "alpenblick.li")],
    ),
    "Turkish capitals": (
        "brand,brand_domain\nİPEKYOLU,ipekyolu.com\nKİLİM,kilim.com\n",
        [
            ("ipekyolu", "ipekyolu.com"),
            ("kilim", "kilim.com"),
        ],
    ),
    "a capital sharp s": ("brand,brand_domain\nGROẞBACH,grossbach.de\n", [("großbach", "grossbach.de")]),
    "an A-label": (
        "brand,brand_domain\nxn--mller-kva,xn--mller-kva.de\nXN--MLLER-KVA,müller.com\n",
        [("müller", "xn--mller-kva.com"), ("müller", "xn--mller-kva.de")],
    ),
    "full-width letters": ("brand,brand_domain\nｆｕｌｌｅｒｔｏｎ,fullerton.com\n", [("fullerton", "fullerton.com")]),
    "empty cells behind the last column": (
        "brand,brand_domain,\nalpenblick,alpenblick.ch,,\n",
        [("alpenblick", "alpenblick.ch")],
    ),
    "another script": (
        "brand,brand_domain\nБилайн,beeline.ru\nसंचार,münchen.de\n",
        [("билайн", "beeline.ru"), ("संचार", "xn--mnchen-3ya.de")],
    ),
}


@pytest.mark.parametrize(("content", "expected"), ACCEPTED.values(), ids=ACCEPTED)
def test_brands_are_read_and_normalised(tmp_path, content, expected):
    assert read_brands(brands_file(tmp_path, content)).rows() == expected


REFUSED = {
    "brand that is a public suffix": ("co.uk,example.co.uk", "line 2.*'co.uk'.*public suffix"),
    "brand that is an open top-level domain": ("com,com.com", "line 2.*'com'.*public suffix"),
    "brand that is a top-level domain of others": ("shop,acme.com", "line 2.*'shop'.*top-level domain"),
    "brand that is a country": ("de,deutsche-bank.de", "line 2.*'de'.*top-level domain"),
    "brand of one letter": ("x,x.com", "line 2.*'x'.*one letter"),
    "brand without letters": ("--,x.com", "line 2.*'--'.*no letters"),
    "no brand": (",x.com", "line 2.*''.*no letters"),
    "brand of two words": ("american express,aexp.com", "line 2.*'american express'.*letters, digits and hyphens"),
    "brand with a quote": ("o'reilly,oreilly.com", 'line 2.*"o\'reilly".*letters, digits and hyphens'),
    "brand longer than a label": (f"{'a' * 64},a.com", "line 2.*more than 63"),
    "domain that is a public suffix": ("amazon,co.uk", "line 2.*'co.uk'.*public suffix"),
    "domain that is a top-level domain": ("amazon,com", "line 2.*'com'.*not a domain"),
    "URL of a page for a domain": ("amazon,https://amazon.com/shop", "line 2.*not a domain"),
    "address for a domain": ("amazon,10.0.0.1", "line 2.*'10.0.0.1'.*not a domain"),
    "two dots": ("amazon,amazon..com", "line 2.*not a domain"),
    "unknown top-level domain": ("amazon,amazon.notatld", "line 2.*does not exist"),
    "SQL for a domain": ("amazon,'); drop table brands; --", "line 2.*not a domain"),
    "no Punycode behind xn--": ("xn--9999999,x.com", "line 2.*'xn--9999999' begins with xn-- and cannot be decoded"),
    "a cell that no column names": ("acme,acme.com,acme.de", "line 2: 'acme.de' is in no column.*a row of its own"),
    "no domain": ("amazon,", "line 2.*''.*not a domain"),
    "row that ends early": ("amazon", "line 2.*ends before its brand_domain"),
}  # fmt: skip

BUDGETS = {
    "no column": ("brand,brand_domain\ndhl,dhl.de\n", {"dhl": 3}),
    "an empty cell": ("brand,brand_domain,alarm_budget\ndhl,dhl.de,\n", {"dhl": 3}),
    "a row without the cell": ("brand,brand_domain,alarm_budget\ndhl,dhl.de\n", {"dhl": 3}),
    "in one row of the brand": (
        "brand,brand_domain,alarm_budget\nDHL,dhl.de,0.5\ndhl,dhl.com,\npaypal,paypal.com,10\n",
        {"dhl": 0.5, "paypal": 10},
    ),
    "the same in both rows": ("brand,brand_domain,alarm_budget\ndhl,dhl.de,2\ndhl,dhl.com,2.0\n", {"dhl": 2}),
    "an eighth": ("brand,brand_domain,alarm_budget\ndhl,dhl.de,0.125\n", {"dhl": 0.125}),
    "a decimal comma": ("brand;brand_domain;alarm_budget\ndhl;dhl.de;0,5\n", {"dhl": 0.5}),
    "another script": ("alarm_budget,brand,brand_domain\n1,Билайн,beeline.ru\n", {"билайн": 1}),
}


@pytest.mark.parametrize(("content", "expected"), BUDGETS.values(), ids=BUDGETS)
def test_a_brand_has_its_own_alarm_budget_or_the_default(tmp_path, content, expected):
    assert read_budgets(brands_file(tmp_path, content), default=3) == expected


NO_BUDGETS = {
    "zero": ("dhl,dhl.de,0", "line 2.*alarm_budget '0' is not a number above 0"),
    "negative": ("dhl,dhl.de,-1", "line 2.*alarm_budget '-1'"),
    "text": ("dhl,dhl.de,few", "line 2.*alarm_budget 'few'"),
    "no number": ("dhl,dhl.de,nan", "line 2.*alarm_budget 'nan'"),
    "without end": ("dhl,dhl.de,inf", "line 2.*alarm_budget 'inf'"),
    "a thousand or one": ('dhl,dhl.de,"1,000"', "line 2.*alarm_budget '1,000'"),
    "a thousand or one, with a dot": ("dhl,dhl.de,1.000", "line 2.*alarm_budget '1.000'.*neither dot nor comma"),
    "two": ("dhl,dhl.de,1\ndhl,dhl.com,2", "line 3.*'dhl' has the alarm_budget 2 here and 1 above"),
}


@pytest.mark.parametrize("read", [read_brands, lambda path: read_budgets(path, default=3)], ids=["brands", "budgets"])
@pytest.mark.parametrize(("rows", "message"), NO_BUDGETS.values(), ids=NO_BUDGETS)
def test_what_is_no_budget_is_refused_wherever_the_file_is_read(tmp_path, read, rows, message):
    with pytest.raises(SquatwatchError, match=message):
        read(brands_file(tmp_path, f"brand,brand_domain,alarm_budget\n{rows}\n"))


ABOUTS = {
    "no column": ("brand,brand_domain\ndhl,dhl.de\n", {}),
    "in one row of the brand": (
        "brand,brand_domain,about\ndhl,dhl.de,parcels\ndhl,dhl.com,\nups,ups.com,\n", {"dhl": "parcels"},
    ),
    "commas": ('brand,brand_domain,about\ndhl,dhl.de,"parcels, customs"\n', {"dhl": "parcels, customs"}),
    "markup and a formula": (
        "brand,brand_domain,about\ndhl,dhl.de,=1+1 <script>\n", {"dhl": "=1+1 <script>"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), ABOUTS.values(), ids=ABOUTS)
def test_a_brand_may_say_what_it_does(tmp_path, content, expected):
    assert read_abouts(brands_file(tmp_path, content)) == expected


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (f"dhl,dhl.de,{'parcels ' * 30}", "line 2.*the about of 'dhl' has 239 characters, of 200 at most"),
        ("dhl,dhl.de,parcels\ndhl,dhl.com,trucks", "line 3.*'dhl' has one about here and another one above"),
        ('dhl,dhl.de,"parcels\nups,ups.com,parcels', "the about of 'dhl' has several lines; was a quote left open"),
    ],
    ids=["too long", "two", "an open quote"],
)
def test_what_is_no_about_is_refused_wherever_the_file_is_read(tmp_path, rows, message):
    with pytest.raises(SquatwatchError, match=message):
        read_brands(brands_file(tmp_path, f"brand,brand_domain,about\n{rows}\n"))


@pytest.mark.parametrize(("rows", "message"), REFUSED.values(), ids=REFUSED)
def test_wrong_row_is_refused_by_file_line_and_value(tmp_path, rows, message):
    path = brands_file(tmp_path, f"brand,brand_domain\n{rows}\n")
    with pytest.raises(SquatwatchError, match=message) as refused:
        read_brands(path)
    assert str(path) in str(refused.value)


def test_all_wrong_rows_are_told_at_once(tmp_path):
    wrong = ["S & K,sk.com", "alpen blick,alpenblick.ch", "kuh-glocke,kuh", "short", "dhl,dhl.de,few", "x,x.com"]
    path = brands_file(tmp_path, "brand,brand_domain,alarm_budget\n" + "\n".join([*wrong, "good,good.com", ""]))
    for read in (read_brands, lambda path: read_budgets(path, default=3)):
        with pytest.raises(SquatwatchError, match=r"has 6 wrong lines: line 2: .* 'S & K'") as refused:
            read(path)
        told = [number for number in range(1, 10) if f"line {number}: " in str(refused.value)]
        assert told == [2, 3, 4, 5, 6, 7]


def test_of_very_many_wrong_rows_the_first_are_told_and_the_others_counted(tmp_path):
    path = brands_file(tmp_path, "brand,brand_domain\n" + "a b,ab.com\n" * 50)
    with pytest.raises(SquatwatchError, match=r"has 50 wrong lines: line 2: .*; and 30 more, .*lines 22, .*, 51$"):
        read_brands(path)


WRONG_FILES = {
    "empty": (b"", "line 1.*no column brand or brand_domain"),
    "only a header": (b"brand,brand_domain\n", "no brands"),
    "another header": (b"name,domain\namazon,amazon.com\n", "line 1.*no column brand or brand_domain"),
    "a column twice": (
        b"# ours\nbrand,brand_domain,Brand_Domain\nacme,acme.com,acme.de\n",
        "line 2: the header has the column brand_domain twice; each domain of a brand needs a row of its own",
    ),
    "a column without a name": (b"brand,brand_domain,\nacme,acme.com,acme.de\n", "line 2.*'acme.de' is in no column"),
    "an Excel workbook": (b"PK\x03\x04\x14\0\6\0\x08\0\0\0!\0", "is an Excel workbook or a zip; save it as CSV"),
    "an old Excel workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an Excel workbook or a zip; save it as CSV"),
    "without domains": (b"brand\namazon\n", "line 1.*no column brand_domain"),
    "not UTF-8": (b"brand,brand_domain\namazon,amazon.com\ncr\xe8me,creme.fr\n", "line 3.*not UTF-8"),
    "a list, not a table": (b"amazon.com\npaypal.com\n", "line 1.*no column"),
    "a cell without end": (b"brand,brand_domain\n" + b'"' + b"a" * 200_000 + b"\n", "line 2.*more than 63 characters"),
}


@pytest.mark.parametrize(("content", "message"), WRONG_FILES.values(), ids=WRONG_FILES)
def test_wrong_file_is_refused_by_name(tmp_path, content, message):
    path = brands_file(tmp_path, content)
    with pytest.raises(SquatwatchError, match=message) as refused:
        read_brands(path)
    assert str(path) in str(refused.value)


def test_missing_file_is_named(tmp_path):
    with pytest.raises(SquatwatchError, match=r"missing\.csv cannot be read: No such file"):
        read_brands(tmp_path / "missing.csv")


def test_seeded_brands_are_read(tmp_path):
    brands = read_brands(brands_path(Settings(home=tmp_path)))
    assert {"amazon", "santander", "dhl", "paypal", "allianz", "netflix"} <= set(brands["brand"])


def test_given_file_stands_in_for_the_seed(tmp_path):
    path = tmp_path / "mine.csv"
    assert brands_path(Settings(home=tmp_path, brands_file=path)) == path
