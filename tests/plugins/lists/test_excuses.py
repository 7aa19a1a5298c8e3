"""What needs no alarm: brands' own domains, and what an analyst excused, with all names below it."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from squatwatch.lists.excuses import Excuses

DAY = date(2026, 11, 5)
ALLOWLIST = pl.DataFrame(
    {
        "domain": ["github.io", "shop.github.io", "acme-fans.com", "co.uk", "old.com"],
        "reason": ["hosting", "known shop", "fan club", "registry", "was fine"],
        "expires_on": [None, date(2027, 1, 1), date(2026, 11, 5), date(2026, 12, 1), date(2026, 11, 4)],
    }
)
BRANDS = pl.DataFrame({"brand": ["acme", "acmebank"], "brand_domain": ["acme.com", "acme.com"]})


@pytest.fixture(scope="module")
def excuses() -> Excuses:
    return Excuses(ALLOWLIST, BRANDS)


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        ("acme.com", "owned by acme and acmebank"),
        ("login.acme.com", None),  # anybody may have names below a brand's domain
        ("acme-fans.com", "analyst: fan club (until 2026-11-05)"),  # the last day counts
        ("www.acme-fans.com", "analyst: fan club (until 2026-11-05)"),
        ("acme.github.io", "analyst: hosting"),
        ("a.b.shop.github.io", "analyst: hosting"),  # the entry that lasts longest
        ("acme.co.uk", "analyst: registry (until 2026-12-01)"),
        ("old.com", None),
        ("notacme-fans.com", None),
        ("com", None),
        ("", None),
    ],
)
def test_a_name_is_excused_by_its_own_entry_or_one_above_it(excuses, domain, words):
    for _ in range(2):  # names above are looked up once, and the answer stays
        excuse = excuses.of(domain, DAY)
        assert (excuse.words if excuse else None) == words


def test_an_entry_that_has_expired_for_one_day_counts_on_another(excuses):
    assert excuses.of("www.old.com", date(2026, 11, 4)).words == "analyst: was fine (until 2026-11-04)"
    assert excuses.of("www.old.com", DAY) is None
