"""A day from its list to its detections, as an analyst gets it: the sample, the real day, and days in any order."""

from __future__ import annotations

import csv
import hashlib
import shutil
import zipfile
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from squatwatch import pipeline
from squatwatch.cli import steps
from squatwatch.errors import SquatwatchError
from squatwatch.lake.partitions import Lake
from squatwatch.lake.tables import REGISTRY
from squatwatch.models.registry import shipped_model
from squatwatch.settings import Settings, read_settings
from squatwatch.warehouse.connection import ask

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]
MONDAY, THURSDAY, SATURDAY = date(2026, 11, 2), date(2026, 11, 5), date(2026, 11, 7)
TABLES = ("registrations", "rejects", "load_counts", *(table.name for table in REGISTRY.marts()), "detections")
VOLATILE = {"scored_at", "device"}


def run_day(settings: Settings, run_date: date, list_file: Path | None = None) -> None:
    """What `squatwatch run` does, in this process, so that it is imported once."""
    steps.run_day(settings, run_date, list_file, refetch=False)


def content(settings: Settings, *dates: date) -> dict[tuple[str, date], str]:
    """A hash of every table of every date, of its rows sorted, without what may differ between two runs."""
    hashes = {}
    for run_date in dates:
        for table in TABLES:
            rows = Lake(settings.home).read(table, run_date)
            rows = rows.select(column for column in rows.columns if column not in VOLATILE)
            lines = sorted(map(repr, rows.iter_rows()))
            hashes[table, run_date] = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return hashes


@pytest.fixture(scope="module")
def in_order(new_home, tmp_path_factory) -> Settings:
    """Three days of the sample, one name on two of them, run in this order."""
    settings = read_settings(home=new_home(tmp_path_factory.mktemp("in-order")))
    for run_date in (MONDAY, THURSDAY, SATURDAY):
        run_day(settings, run_date)
    return settings


def planted(*dates: date) -> list[dict[str, str]]:
    """The look-alikes (with a brand) and near misses (without) that the sample hides on these dates."""
    with (ROOT / "scripts/sample/planted.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if date.fromisoformat(row["run_date"]) in dates]
    assert rows
    return rows


def test_the_sample_s_look_alikes_are_found_and_most_of_its_near_misses_are_not(in_order):
    _, rows = ask(in_order.home, "select domain_unicode, brand from detections where is_detection")
    found = set(rows)
    wanted = [row for row in planted(MONDAY, THURSDAY, SATURDAY) if row["brand"]]
    near_misses = [row["domain"] for row in planted(MONDAY, THURSDAY, SATURDAY) if not row["brand"]]
    missed = [row["domain"] for row in wanted if (row["domain"], row["brand"]) not in found]
    raised = {domain for domain, _ in found} & set(near_misses)
    assert len(missed) <= len(wanted) * 0.15, missed
    assert len(raised) < len(near_misses) / 2, raised


def test_what_the_allowlist_excuses_is_set_aside_with_its_reason(in_order):
    _, rows = ask(in_order.home, "select domain, allowlist_reason from set_aside where allowlist_kind = 'brand'")
    assert rows and all(reason.startswith("owned by ") for _, reason in rows)
    _, excused = ask(in_order.home, "select is_detection from detections where allowlist_reason is not null")
    assert excused and not any(is_detection for (is_detection,) in excused)


def test_a_name_listed_on_two_days_was_first_seen_on_the_first(in_order):
    _, rows = ask(
        in_order.home,
        "select domain, min(run_date), any_value(first_seen_on), count(distinct first_seen_on) from detections"
        " group by domain having count(distinct run_date) > 1",
    )
    assert [row[0] for row in rows] == ["paypal-kundenservice.com"]
    assert rows[0][1:] == (MONDAY, MONDAY, 1)


def test_every_stage_accounts_for_the_one_before(in_order):
    for run_date in (MONDAY, THURSDAY, SATURDAY):
        rows = {table: Lake(in_order.home).read(table, run_date) for table in TABLES}
        counts = rows["load_counts"].row(0, named=True)
        assert counts["kept_count"] == rows["registrations"].height
        assert counts["reject_count"] == rows["rejects"].height
        assert rows["registration_features"].height == rows["registrations"]["domain"].n_unique()
        assert rows["candidates"].select("domain", "brand").is_unique().all()
        pairs = set(rows["candidates"].select("domain", "brand").iter_rows())
        assert set(rows["detections"].select("domain", "brand").iter_rows()) <= pairs


def test_dates_in_another_order_give_the_same_tables(in_order, tmp_path):
    shuffled = read_settings(home=tmp_path)
    for run_date in (SATURDAY, MONDAY, THURSDAY):
        run_day(shuffled, run_date)
    dates = (MONDAY, THURSDAY, SATURDAY)
    assert content(shuffled, *dates) == content(in_order, *dates)
    question = "select * exclude (scored_at, device) from detections order by all"
    assert ask(shuffled.home, question) == ask(in_order.home, question)


def test_a_rerun_gives_the_same_rows_and_leaves_other_dates_alone(in_order):
    before = content(in_order, MONDAY, THURSDAY, SATURDAY)
    others = [Lake(in_order.home).partition(table, day) for table in TABLES for day in (MONDAY, SATURDAY)]
    untouched = [(path.stat().st_mtime_ns, path.read_bytes()) for path in others]
    run_day(in_order, THURSDAY)
    assert content(in_order, MONDAY, THURSDAY, SATURDAY) == before
    assert [(path.stat().st_mtime_ns, path.read_bytes()) for path in others] == untouched


@pytest.mark.parametrize("damage", ["truncated list", "altered model", "missing brands"])
def test_a_run_that_fails_leaves_what_was_published(in_order, tmp_path, damage):
    settings = read_settings(home=tmp_path / "data")
    shutil.copytree(in_order.home, settings.home)
    pipeline.publish(settings)
    published = content(settings, THURSDAY), ask(settings.home, "from detections order by all")
    list_file = None
    if damage == "truncated list":
        list_file = tmp_path / "list.zip"
        list_file.write_bytes(next(settings.home.glob(f"raw/run_date={THURSDAY}/*")).read_bytes()[:-500])
    elif damage == "altered model":
        model = shutil.copytree(shipped_model(), tmp_path / "model")
        (model / "weights.npz").write_bytes((model / "weights.npz").read_bytes() + b"!")
        settings = settings.model_copy(update={"model": model})
    else:
        settings = settings.model_copy(update={"brands_file": tmp_path / "brands.csv"})
    with pytest.raises(SquatwatchError):
        run_day(settings, THURSDAY, list_file)
    assert (content(settings, THURSDAY), ask(settings.home, "from detections order by all")) == published


SURE_SQUATS = """
amazonklr-jp.top hsajdvj34-sajd2amazon.com ksien7amazon.com vxzcgh254-ah1amazon.com zxcu2-fyaj0amazon.com
amazon-vip.vip amazontesterproduct.com santandercliente.com santandersoporte.com meinesantander.info
meine-santander.digital santader-cuenta.com ch-dhl.services d-h-l.lol dhl-assistances.info post-dhl.life
""".split()
SIX_BRANDS = {
    "amazon": "amazon.com",
    "santander": "santander.com",
    "dhl": "dhl.com",
    "paypal": "paypal.com",
    "allianz": "allianz.com",
    "netflix": "netflix.com",
}


def test_the_sure_squats_of_a_real_day_are_found(shared_data, new_home, tmp_path):
    brands = tmp_path / "brands.csv"
    brands.write_text("brand,brand_domain\n" + "".join(f"{brand},{domain}\n" for brand, domain in SIX_BRANDS.items()))
    settings = read_settings(home=new_home(tmp_path / "data"), brands_file=brands)
    run_day(settings, date(2024, 6, 13), shared_data / "registrations/newly-registered-domains-2024-06-13.zip")
    _, rows = ask(settings.home, "select domain, brand from detections where is_detection")
    found = {domain for domain, _ in rows}
    assert len(SURE_SQUATS) == 16
    assert len(found & set(SURE_SQUATS)) >= 12, set(SURE_SQUATS) - found
    assert len(found) <= 60, Counter(brand for _, brand in rows)  # an analyst's queue, not a dump


def test_a_list_of_hostile_lines_yields_rejects_and_no_harm(new_home, tmp_path):
    settings = read_settings(home=new_home(tmp_path / "data"))
    lines = ["'); drop table registrations; --", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "a\u202eb.com"]
    names = ["paypal-login-secure.com", *(f"orchardview{number}.org" for number in range(20))]
    path = tmp_path / "list.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("domain-names.txt", "\r\n".join([*lines, *names]))
    run_day(settings, THURSDAY, path)
    assert ask(settings.home, "select count(*) from rejects")[1] == [(len(lines),)]
    assert ask(settings.home, "select domain from detections where is_detection")[1] == [("paypal-login-secure.com",)]


def test_a_list_without_a_single_look_alike_gives_an_empty_day(new_home, tmp_path):
    settings = read_settings(home=new_home(tmp_path / "data"))
    path = tmp_path / "list.txt"
    path.write_text("orchardview.org\n")
    run_day(settings, THURSDAY, path)
    assert ask(settings.home, "from detections")[1] == []
    assert pl.read_parquet(Lake(settings.home).partition("registrations", THURSDAY)).height == 1
