"""Names of a request are cut as the step `load` cuts those of a list."""

from __future__ import annotations

import pytest

from squatwatch.files.lines import lines_of
from squatwatch.files.listfile import open_list
from squatwatch.ingest.normalise import normalise
from squatwatch.serve.inference.names import PLAIN, CutName, cut_names

CUT = {
    "paypal-login.com": CutName("paypal-login.com", "paypal-login"),
    " PayPal-Login.COM. ": CutName("paypal-login.com", "paypal-login"),
    "paypal-login.co.uk": CutName("paypal-login.co.uk", "paypal-login"),
    "xn--pypal-4ve.com": CutName("xn--pypal-4ve.com", "pаypal"),
    "pаypal.com": CutName("xn--pypal-4ve.com", "pаypal"),  # with a Cyrillic а
    "ab--c.com": CutName("ab--c.com", "ab--c"),
    "www.paypal-login.com": CutName(None, None, "subdomain"),
    "co.uk": CutName(None, None, "public_suffix"),
    "paypal": CutName(None, None, "single_label"),
    "paypal.notatld": CutName(None, None, "unknown_tld"),
    "-paypal.com": CutName(None, None, "bad_hyphen"),
    "pay_pal.com": CutName(None, None, "bad_character"),
    "https://paypal-login.com/": CutName(None, None, "url"),
    f"{'x' * 64}.com": CutName(None, None, "label_too_long"),
    "192.0.2.1": CutName(None, None, "ip_address"),
    "": CutName(None, None, "empty"),
}


@pytest.mark.parametrize("name", CUT)
def test_a_name_is_cut_or_rejected_with_the_reason(name):
    assert cut_names([name]) == [CUT[name]]


def test_many_are_cut_in_order_and_as_often_as_they_come():
    names = [*CUT, *reversed(CUT)]
    assert cut_names(names) == [CUT[name] for name in names]
    assert cut_names([]) == []


def test_plain_names_are_cut_as_a_list_of_them_is(shared_data):
    lines = lines_of(open_list(shared_data / "registrations/2020-05-12.whoisds.txt.gz", 1 << 30))[:20_000]
    outcome = normalise("whoisds", lines)
    expected = {
        domain: (domain, label) for domain, label in outcome.registrations.select("domain", "label").iter_rows()
    }
    names = [name for name in lines["text"].to_list() if PLAIN.fullmatch(name)]
    assert len(names) > 15_000
    cut = cut_names(names)
    assert {name: (each.domain, each.label) for name, each in zip(names, cut, strict=True) if not each.error} == {
        name: expected[name] for name in names if name in expected
    }
    rejected = {name for name, each in zip(names, cut, strict=True) if each.error}
    assert rejected == set(names) - expected.keys()
