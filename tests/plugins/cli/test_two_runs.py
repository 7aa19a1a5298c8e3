"""Two runs of one date at once, with different brand lists: neither reports the other's detections as its own."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from squatwatch import pipeline
from squatwatch.cli import steps
from squatwatch.errors import SquatwatchError

DAY = date(2026, 3, 2)


@pytest.fixture
def lists(tmp_path):
    """Two brand lists."""
    ours, theirs = tmp_path / "ours.csv", tmp_path / "theirs.csv"
    ours.write_text("brand,brand_domain\npaypal,paypal.com\n")
    theirs.write_text("brand,brand_domain\nzalando,zalando.de\nbosch,bosch.com\n")
    return ours, theirs


@pytest.fixture
def run_while(monkeypatch, settings, dates, lists):
    """Returns a run with our list, between whose steps the date is made with a list that is given."""

    def run(brands_file):
        def work(*_):
            type(dates)(settings.model_copy(update={"brands_file": brands_file})).write(DAY, "paypal-login.com")
            return "done"

        fetched = SimpleNamespace(demand_some=lambda: None)
        monkeypatch.setattr(pipeline, "fetch", lambda *_: fetched)
        monkeypatch.setattr(steps, "demand_complete", lambda *_: None)
        monkeypatch.setattr(steps, "sentence", str)
        monkeypatch.setattr(pipeline, "check", lambda _: "checked")
        monkeypatch.setattr(pipeline, "publish", lambda _: "published")
        monkeypatch.setattr(pipeline, "STEPS", {"transform": work, "score": lambda *_: "0 detections"})
        steps.run_day(settings.model_copy(update={"brands_file": lists[0]}), DAY, None, refetch=False)

    return run


def test_a_run_whose_date_was_made_with_another_list_meanwhile_fails_and_names_it(run_while, lists):
    with pytest.raises(
        SquatwatchError, match=r"score.*2026-03-02 was made with .*theirs\.csv \(2 brands\) while this run"
    ):
        run_while(lists[1])


def test_a_run_of_its_own_list_ends_well(run_while, lists, tmp_path):
    run_while(lists[0])
    copy = tmp_path / "copy.csv"
    copy.write_bytes(lists[0].read_bytes())
    run_while(copy)
