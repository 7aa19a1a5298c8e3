"""The page of `make docs`: what is mended in it is there to be mended, in the dbt of the lock."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def dbt_page(monkeypatch):
    """scripts/dbt_page.py."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import dbt_page

    return dbt_page


def test_every_fault_that_is_mended_is_in_dbt_s_page_and_gone_afterwards(dbt_page):
    import dbt.task.docs

    page = (Path(next(iter(dbt.task.docs.__path__))) / "index.html").read_text()
    right = dbt_page.mended(page)
    assert len(dbt_page.MENDED) == 3
    for faulty in dbt_page.MENDED:
        assert faulty in page and faulty not in right
    assert "min-width: 24rem;" in right and "ng-attr-href" in right
