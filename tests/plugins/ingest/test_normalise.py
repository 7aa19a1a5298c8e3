"""Lines that become registrations, lines that do not, and the sum of both."""

import polars as pl
import pytest

from squatwatch.files.lines import lines_of
from squatwatch.ingest.normalise import normalise
from squatwatch.lake.tables import REJECT_REASONS

KEPT = [
    # as received, domain, decoded, label, public suffix
    ("Example.COM.", "example.com", "example.com", "example", "com"),
    ("  shop.co.uk\t", "shop.co.uk", "shop.co.uk", "shop", "co.uk"),
    ("münchen.de", "xn--mnchen-3ya.de", "münchen.de", "münchen", "de"),
    ("xn--pypal-4ve.com", "xn--pypal-4ve.com", "pаypal.com", "pаypal", "com"),
    ("EXAMPLE。jp", "example.jp", "example.jp", "example", "jp"),
    ("пример.рф", "xn--e1afmkfd.xn--p1ai", "пример.рф", "пример", "xn--p1ai"),
    ("bank.github.io", "bank.github.io", "bank.github.io", "bank", "github.io"),
    ("www.ck", "www.ck", "www.ck", "www", "ck"),  # an exception of the wildcard rule *.ck
]

DECORATED = [
    "||example.com^",
    "||example.com^$important",
    "||example.com^$third-party,document",
    "||example.com",
    "0.0.0.0 example.com",
    "127.0.0.1\texample.com # of today",
    "::1 example.com",
    "example.com # seen today",
    "example.com\t; seen today",
    "example.com // seen today",
    "example.com# seen today",
    "*.example.com",
    ".example.com",
    "+.example.com",
    "example.com:443",
    "EXAMPLE.com.:8080",
    '"example.com"',
    "'example.com',",
    "“example.com”",
    "example.com,",
    "example[.]com",
    "example(dot)com",
    "address=/example.com/0.0.0.0",
    "server=/example.com/",
    "local=/example.com/",
    'local-zone: "example.com" always_nxdomain',
    'local-data: "example.com A 0.0.0.0"',
    'zone "example.com" { type master; file "empty"; };',
    "example.com CNAME .",
    "*.example.com IN CNAME .",
    "example.com. 86400 IN NS ns1.park.example.",
    "DOMAIN-SUFFIX,example.com",
    "domain:example.com",
]

REJECTED = [
    ("", "empty"),
    ("192.0.2.7", "ip_address"),
    ("2001:db8::1", "ip_address"),
    ("http://paypal.com/login", "url"),
    ("paypal.com/login", "url"),
    ("a..b", "empty_label"),
    (".com", "empty_label"),
    ("a" * 64 + ".com", "label_too_long"),
    ("x." * 130 + "com", "too_long"),
    ("<script>alert(1)</script>", "bad_character"),
    ("'); drop table registrations; --", "bad_character"),
    ("under_score.com", "bad_character"),
    ("two words.com", "bad_character"),
    ("*example.com", "bad_character"),
    ("@@||example.com^", "bad_character"),  # what an ad blocker lets pass
    ("example.com##.banner", "bad_character"),  # what it hides on a page
    ("0.0.0.0 localhost", "single_label"),
    ("||example.com/path^", "bad_character"),
    ("# written by hand", "comment"),
    ("! Title: names", "comment"),
    ("; zone of today", "comment"),
    ("// names", "comment"),
    ("[Adblock Plus 2.0]", "comment"),
    ("-dash.com", "bad_hyphen"),
    ("dash-.com", "bad_hyphen"),
    ("someone@example.com", "email"),
    ("localhost", "single_label"),
    ("file.notatld", "unknown_tld"),
    ("co.uk", "public_suffix"),
    ("x.ck", "public_suffix"),
    ("www.example.com", "subdomain"),
    ("a\u202eb.com", "bad_idn"),  # right-to-left override
]


def normalised(*lines: str | bytes):
    content = b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\n"
    return normalise("sample", lines_of(content))


@pytest.mark.parametrize(("line", "domain", "domain_unicode", "label", "suffix"), KEPT)
def test_a_registrable_domain_is_kept(line, domain, domain_unicode, label, suffix):
    row = normalised(line).registrations.row(0, named=True)
    assert (row["domain"], row["domain_unicode"], row["label"], row["public_suffix"]) == (
        domain,
        domain_unicode,
        label,
        suffix,
    )
    assert row["tld"] == domain.rsplit(".", 1)[1]
    assert row["is_idn"] is ("xn--" in domain)
    assert row["is_idna_valid"]


@pytest.mark.parametrize(
    ("line", "domain", "domain_unicode"),
    [
        ("xn--ls8h.la", "xn--ls8h.la", "💩.la"),
        ("💩.la", "xn--ls8h.la", "💩.la"),
        ("ab--c.com", "ab--c.com", "ab--c.com"),
        ("xn--a.com", "xn--a.com", "xn--a.com"),  # no punycode at all
    ],
)
def test_a_name_that_idna_refuses_is_kept_and_flagged(line, domain, domain_unicode):
    row = normalised(line).registrations.row(0, named=True)
    assert (row["domain"], row["domain_unicode"], row["is_idna_valid"]) == (domain, domain_unicode, False)


@pytest.mark.parametrize("line", DECORATED)
@pytest.mark.parametrize("before", [(), ("plain-name.net",)])
def test_a_decorated_name_is_a_name(before, line):
    result = normalised(*before, line)
    assert result.registrations["domain"].to_list() == ["example.com", *before]
    assert result.rejects.is_empty()


def test_a_line_of_several_names_has_a_row_for_each():
    result = normalised("0.0.0.0 one-name.com two-names.com www.three.com", "address=/four.com/five.com/0.0.0.0")
    assert result.registrations["domain"].to_list() == ["five.com", "four.com", "one-name.com", "two-names.com"]
    assert result.rejects.select("line_number", "reason").rows() == [(1, "subdomain")]
    assert result.line_count == 5


@pytest.mark.parametrize(("line", "reason"), REJECTED)
def test_anything_else_is_a_reject_with_its_reason(line, reason):
    rejects = normalised(line, "example.com").rejects
    assert rejects.select("line_number", "reason").rows() == [(1, reason)]
    assert reason in REJECT_REASONS


def test_bytes_that_are_not_utf8_reject_their_line_only():
    result = normalised("before.com", b"caf\xe9.com", "after.com")
    assert result.rejects.select("line_number", "line", "reason").rows() == [(2, "caf\\xe9.com", "not_utf8")]
    assert result.registrations["domain"].to_list() == ["after.com", "before.com"]


def test_a_line_of_ten_megabytes_is_a_short_reject():
    rejects = normalised(b"z" * 10_000_000, "example.com").rejects
    assert rejects["reason"].to_list() == ["too_long"]
    assert len(rejects["line"][0]) == 200


def test_every_line_is_accounted_for():
    result = normalised("a.com", "A.COM.", "b.com", "münchen.de", "xn--mnchen-3ya.de", "1.2.3.4", "")
    assert (result.line_count, result.registrations.height, result.duplicate_count, result.rejects.height) == (
        7,
        3,
        2,
        2,
    )


def test_a_real_day_is_kept_whole(shared_data):
    """The provider's file of 2024-06-13: 100,000 names, 406 of them internationalised, none of them odd."""
    from squatwatch.files.listfile import open_list

    path = shared_data / "registrations" / "newly-registered-domains-2024-06-13.zip"
    result = normalise("whoisds", lines_of(open_list(path, 1 << 28)))
    assert (result.registrations.height, result.duplicate_count, result.rejects.height) == (100_000, 0, 0)
    assert result.registrations["is_idn"].sum() == 406
    assert result.registrations.null_count().sum_horizontal().item() == 0
    assert result.registrations.filter(pl.col("domain").str.ends_with(pl.col("public_suffix")).not_()).is_empty()
