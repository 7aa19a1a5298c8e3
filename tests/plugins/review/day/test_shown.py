"""How names are shown: defanged, what cannot be seen made visible, what differs from the brand marked."""

from __future__ import annotations

import pytest

from squatwatch.names.hostile_text import defanged, mixed_scripts, reason_html, visible
from squatwatch.review.day.highlight import parts


@pytest.mark.parametrize(
    "name, brand, matched, aligned, shown",
    [
        ("paypal-login.com", "paypal", "paypal", [], "(paypal)-login[.]com"),
        ("my-arnazon.com", "amazon", "arnazon", ["rn>m"], "my-(a)[rn](azon)[.]com"),
        ("paypla.com", "paypal", "paypla", ["la>al"], "(payp)[la][.]com"),
        ("g00gle.com", "google", "g00gle", ["0>o", "0>o"], "(g)[00](gle)[.]com"),
        ("santannder.info", "santander", "santannder", ["n>"], "(santan)[n](der)[.]info"),
        ("netflx.com", "netflix", "netflx", [">i"], "(netfl)_(x)[.]com"),
        ("netflixx.com", "netflix", "netflixx", [], "(netflix)[x][.]com"),
        ("pay-pal.com", "paypal", "pay-pal", [], "(pay)[-](pal)[.]com"),
        ("micrósoft.com", "microsoft", "micrósoft", ["ó>o"], "(micr)[ó](soft)[.]com"),
        ("whatever.com", "paypal", "whatever", ["x>y"], "(whatever)[.]com"),  # what does not fit marks nothing
        ("whatever.com", "paypal", None, None, "whatever[.]com"),
        ("whatever.com", "paypal", "paypal", [], "whatever[.]com"),
    ],
)
def test_what_differs_from_the_brand_is_marked(name, brand, matched, aligned, shown):
    marks = {"": "{}", "same": "({})", "differs": "[{}]", "gap": "_"}
    assert "".join(marks[kind].format(text) for text, kind in parts(name, brand, matched, aligned)) == shown


@pytest.mark.parametrize(
    "text, shown",
    [
        ("\u202emoc.lapyap", "\\u202emoc.lapyap"),
        ("a\u200bb\x00c\nd", "a\\u200bb\\x00c\\nd"),
        ("\U000e0041", "\\U000e0041"),
        ("ó日本 ok", "ó日本 ok"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text, shown):
    assert visible(text) == shown


def test_dots_make_no_links():
    assert defanged("a.co.uk") == "a[.]co[.]uk"


@pytest.mark.parametrize(
    "name, scripts",
    [
        ("pаypal.com", "Latin + Cyrillic"),
        ("раураl.com", "Cyrillic + Latin"),
        ("paypal.com", ""),
        ("мир.com", ""),  # another label may be in another script
        ("日本ニュース.com", ""),
        ("micrósoft-1.com", ""),
        ("αpple.com", "Greek + Latin"),
    ],
)
def test_mixed_scripts(name, scripts):
    assert mixed_scripts(name) == scripts


def test_a_reason_is_text_with_code():
    assert reason_html("`rn` for <b>") == "<code>rn</code> for &lt;b&gt;"
    assert reason_html("`<i>` and `x") == "<code>&lt;i&gt;</code> and `x"
    assert reason_html(None) == ""
