"""How a domain is cut, by which list, and that a newer list takes the packaged one's place."""

from __future__ import annotations

from pathlib import Path

import pytest
from publicsuffixlist import PSLFILE, PublicSuffixList

from squatwatch_ml.text import suffixes
from squatwatch_ml.text.names import labels_of
from squatwatch_ml.text.suffixes import label_of, public_suffixes, suffix_of, use

PACKAGED = Path(PSLFILE).read_text("utf-8")
NEWER = PACKAGED.replace("// ===END ICANN DOMAINS===", "teehaus\n*.kiosk\n// ===END ICANN DOMAINS===")


@pytest.fixture
def newer(tmp_path):
    path = tmp_path / "public_suffix_list.dat"
    path.write_text(NEWER + "\npages.alpenblick.com\n", "utf-8")
    yield path
    use()


@pytest.mark.parametrize(
    ("domain", "label", "suffix"),
    [
        ("teehaus-login.vercel.app", "teehaus-login", "vercel.app"),
        ("teehaus.github.io", "teehaus", "github.io"),
        ("shop.teehaus.github.io", "teehaus", "github.io"),
        ("xn--teehuser-3za.blogspot.com", "teehäuser", "blogspot.com"),
        ("teehaus.co.uk", "teehaus", "co.uk"),
        ("teehaus.notatld", "teehaus", "notatld"),
    ],
)
def test_a_name_is_cut_below_private_suffixes_too(domain, label, suffix):
    assert (label_of(domain), suffix_of(domain)) == (label, suffix)
    assert labels_of([domain]) == [label]


ODD = "  . .com com. a..com localhost a.notatld a.xn--55qx5d.cn xn--55qx5d.cn www.ck a.b.ck".split(" ")


def test_many_names_are_cut_as_the_package_cuts_each():
    """All rules of the list, with none to three labels before them, and names that are none."""
    package = PublicSuffixList(PACKAGED, accept_unknown=False)
    rules = [line.split(" ")[0] for line in PACKAGED.splitlines() if line and not line.startswith("//")]
    suffixes_of_rules = [rule.removeprefix("!").removeprefix("*.") for rule in rules]
    assert len(rules) > 9_000
    domains = [before + suffix for suffix in suffixes_of_rules for before in ("", "a.", "b.a.", "c.b.a.")] + ODD
    assert public_suffixes(domains) == [package.publicsuffix(domain) for domain in domains]
    assert public_suffixes([None, "teehaus.de"]) == [None, "de"]


def test_the_list_is_the_package_s_with_its_a_labels():
    package = PublicSuffixList(PACKAGED, accept_unknown=False)
    assert suffixes.suffix_list().publicsuffix("a.xn--55qx5d.cn") == package.publicsuffix("a.xn--55qx5d.cn")
    assert suffixes.suffix_list().publicsuffix("a.公司.cn") == package.publicsuffix("a.公司.cn") == "公司.cn"


def test_a_newer_list_is_used_until_another_one_is(newer):
    assert label_of("shop.markt.kiosk") == "markt"
    use(newer)
    assert label_of("shop.markt.kiosk") == "shop"
    assert suffixes.suffix_list().publicsuffix("a.teehaus") == "teehaus"
    assert public_suffixes(["a.teehaus", "a.kiosk", "a.b.kiosk"]) == ["teehaus", "a.kiosk", "b.kiosk"]
    assert suffixes.registry_suffixes().publicsuffix("a.teehaus") == "teehaus"
    assert suffixes.suffix_list().privatesuffix("a.b.pages.alpenblick.com") == "b.pages.alpenblick.com"
    assert suffixes.registry_suffixes().publicsuffix("a.pages.alpenblick.com") == "com"
    assert suffixes.fingerprint()
    use()
    assert suffixes.suffix_list().publicsuffix("a.teehaus") is None
    assert public_suffixes(["a.teehaus", "a.kiosk"]) == [None, None]
    assert not suffixes.fingerprint()


def test_own_suffixes_are_added_to_either_list(newer):
    for path in (None, newer):
        use(path, ["innen", "co.innen", "com"])
        assert suffixes.suffix_list().privatesuffix("a.b.innen") == "b.innen"
        assert suffixes.registry_suffixes().privatesuffix("a.b.co.innen") == "b.co.innen"
        assert suffixes.fingerprint()
    use(None, ["com", "co.uk", "xn--p1ai"])  # the list has them
    assert not suffixes.fingerprint()


@pytest.mark.parametrize("text", ["", "<html>moved</html>", "com\nuk\n", "// ===BEGIN ICANN DOMAINS===\nnet\n"])
def test_what_is_no_suffix_list_is_refused(text, newer):
    newer.write_text(text)
    use(newer)
    with pytest.raises(ValueError, match="no Public Suffix List"):
        suffix_of("a.b.kiosk")
