"""Real lists in a folder, and the verdicts on their names."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl
import pytest

from squatwatch_ml.evaluation import judgements
from squatwatch_ml.evaluation.data import RealLists, read_brands
from squatwatch_ml.evaluation.judgements import hashed_verdicts, judged_brands, pair_hash, read_judgements
from squatwatch_ml.text.csv_rows import rows

NOTHING = pl.DataFrame(schema={"domain": pl.String, "brand": pl.String})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {
        "registrations/2020-05-06.whoisds-c.txt": "garden.com\n",
        "registrations/list-2026-01-02.txt": "Paypal-Login.com\ngarden.com\npaypal-login.com\n",
        "judged_2026-01-02.csv": "domain,brand,verdict\npaypal-login.com,paypal,squat\n",
        "squats_open.csv": "brand,squat_domain,match\npaypal,paypa1.com,typo1\n",
        "brands.csv": "brand,brand_domain\npaypal,paypal.com\npaypal,paypal.me\n",
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def test_days_are_found_by_role_and_names_come_once(folder: Path) -> None:
    lists = RealLists(folder)
    assert lists.days("calibrate") == ["2020-05-06.whoisds-c"]
    assert lists.days("report") == ["list-2026-01-02"]
    assert lists.domains("list-2026-01-02") == ["paypal-login.com", "garden.com"]
    assert lists.owned == {"paypal": {"paypal.com", "paypal.me"}}
    assert lists.squats[0]["squat_domain"] == "paypa1.com"


def test_a_list_without_names_is_no_day_to_measure(folder: Path) -> None:
    (folder / "registrations/list-2026-01-02.txt").write_text("\n")
    with pytest.raises(ValueError, match=r"list-2026-01-02\.txt has no names: put the day's list there"):
        RealLists(folder).domains("list-2026-01-02")


def test_a_day_added_to_known_ones_has_no_role_until_it_is_judged(folder: Path) -> None:
    (folder / "registrations/feed-2026-01-03.txt").write_text("garden.com\n")
    (folder / "judged_more_brands.csv.gz").write_bytes(b"")  # of other days, in another format
    lists = RealLists(folder)
    assert "feed-2026-01-03" in lists.files
    assert lists.role_of("feed-2026-01-03") is None
    assert lists.days("report") == ["list-2026-01-02"]
    (folder / "judged_2026-01-03.csv").write_text("domain,brand,verdict\n")
    assert RealLists(folder).role_of("feed-2026-01-03") == "report"


def test_in_a_folder_of_other_days_all_are_reported_on(tmp_path: Path) -> None:
    (tmp_path / "registrations").mkdir()
    for day in ("monday", "tuesday"):
        (tmp_path / f"registrations/{day}.txt").write_text("garden.com\n")
    assert RealLists(tmp_path).days("report") == ["monday", "tuesday"]


def test_a_folder_may_lack_everything_but_itself(tmp_path: Path) -> None:
    lists = RealLists(tmp_path)
    assert (lists.days("report"), lists.owned, lists.squats) == ([], {}, [])
    with pytest.raises(NotADirectoryError, match="name one with --data"):
        RealLists(tmp_path / "elsewhere")


def test_brands_are_read_from_tsv_too_and_a_missing_column_is_named(tmp_path: Path) -> None:
    (tmp_path / "brands.tsv").write_text("paypal\tpaypal.com, paypal.me\nnetflix\tnetflix.com\n")
    assert read_brands(tmp_path / "brands.tsv") == {"paypal": {"paypal.com", "paypal.me"}, "netflix": {"netflix.com"}}
    (tmp_path / "squats.csv").write_text("brand,domain\n")
    with pytest.raises(ValueError, match=r"squats\.csv has no column squat_domain"):
        rows(tmp_path / "squats.csv", "brand", "squat_domain")


def test_verdicts_are_read_from_the_folder(folder: Path) -> None:
    lists = RealLists(folder)
    assert judged_brands(lists, "list-2026-01-02") == ["paypal"]
    assert judged_brands(lists, "2020-05-06.whoisds-c") == []
    assert read_judgements(lists, "list-2026-01-02", NOTHING).rows() == [("paypal-login.com", "paypal", "squat", False)]


def test_verdicts_kept_by_a_hash_find_their_names_again(folder: Path, monkeypatch) -> None:
    kept = {
        "list-2026-01-02": {pair_hash("paypal-login.com", "paypal"): "use", "0" * 64: "squat"},
        "list-2026-01-02.further": {pair_hash("garden.com", "gardena"): "other"},
    }
    monkeypatch.setattr(judgements, "hashed_verdicts", lambda name: kept.get(name, {}))
    monkeypatch.setattr(judgements, "judged_brands", lambda lists, day: ["paypal"])
    (folder / "judged_2026-01-02.csv").unlink()
    raised = pl.DataFrame({"domain": ["garden.com"], "brand": ["gardena"]})
    assert read_judgements(RealLists(folder), "list-2026-01-02", raised).rows() == [
        ("paypal-login.com", "paypal", "use", False),
        ("garden.com", "gardena", "other", True),
    ]


@cache
def judged(folder: Path, day: str) -> pl.DataFrame:
    """The verdicts on a real day; to find the names of hashes takes seconds."""
    return read_judgements(RealLists(folder), day, NOTHING)


COUNTS = {"2020-05-08.whoisds-a": (124, 40, 175), "2020-05-12.whoisds": (92, 32, 165)}


@pytest.mark.parametrize("day", COUNTS)
def test_every_verdict_on_the_real_days_finds_its_name(shared_data: Path, day: str) -> None:
    found = judged(shared_data, day)
    assert len(hashed_verdicts(day)) == found.height == sum(COUNTS[day])
    assert tuple((found["verdict"] == verdict).sum() for verdict in ("squat", "use", "other")) == COUNTS[day]


@pytest.mark.slow
def test_no_judged_name_is_in_a_list_that_was_learnt_from(shared_data: Path) -> None:
    lists = RealLists(shared_data)
    names = {domain for day in lists.files for domain in judged(shared_data, day)["domain"]}
    learnt = {domain for day in lists.days("train") for domain in lists.domains(day)}
    assert len(names) > 900
    assert len(learnt) > 200_000
    assert not names & learnt
