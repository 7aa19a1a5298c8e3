"""The page of a data root in a store: what one machine publishes another one shows, and what is excused counts."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from squatwatch import pipeline
from squatwatch.review import following
from squatwatch.settings import read_settings
from squatwatch.settings import settings as settings_of_process
from squatwatch.store.door import follow, work_on
from squatwatch.store.roots import files_in
from squatwatch.store.scope import Scope

DAY, EARLIER = date(2026, 11, 7), date(2026, 11, 5)


@pytest.fixture
def worker(page, data_root, tmp_path, monkeypatch):
    """worker(*dates) publishes these dates of the data root as another machine does; the page is of this machine."""
    place = {"home": f"file://{tmp_path}/share", "database_url": f"sqlite:///{tmp_path}/labels.db"}
    for name, value in (place | {"scratch": f"{tmp_path}/page"}).items():
        monkeypatch.setenv(f"SQUATWATCH_{name.upper()}", value)
    settings_of_process.cache_clear()
    monkeypatch.setattr(following, "SECONDS", 0)
    settings = read_settings(scratch=tmp_path / "worker")

    def publish(*dates):
        def work(root):
            for path, _ in files_in(data_root):
                if path.startswith("popularity/") or any(f"run_date={day}" in path for day in dates):
                    (root.home / path).parent.mkdir(parents=True, exist_ok=True)
                    (root.home / path).unlink(missing_ok=True)
                    shutil.copy(data_root / path, root.home / path)
            return pipeline.publish_with(root, "bilstm-1")

        work_on(settings, Scope(warehouse="tables"), work)
        return settings

    yield publish
    settings_of_process.cache_clear()


def test_a_page_shows_what_another_machine_publishes(worker, page):
    worker(EARLIER)
    reader = page()
    assert reader.rows(f"?date={EARLIER}") == ["paypal-login[.]com"] and reader.rows(f"?date={DAY}") == []
    worker(DAY)
    assert len(reader.rows(f"?date={DAY}")) == 4


def test_a_verdict_and_an_entry_of_the_allowlist_reach_the_other_machine(worker, page):
    settings = worker(DAY)
    reader = page()
    reader.judge("squat", "amazon|arnazon.com")
    answer = reader.post("/allowlist", detection_id="paypal|paypal-login.com", reason="a partner")
    assert answer.status_code == 200, answer.text
    follow(settings, [])
    assert "paypal-login.com,a partner" in (settings.home / "allowlist.csv").read_text()
    from squatwatch.labels.store import read_labels

    assert read_labels(settings)["verdict"].to_list() == ["squat"]


def test_a_page_shows_what_it_has_while_the_store_does_not_answer(worker, page, tmp_path, caplog):
    worker(DAY)
    reader = page()
    before = reader.rows()
    (tmp_path / "share").rename(tmp_path / "away")
    (tmp_path / "share").write_text("no folder")
    assert reader.rows() == before
