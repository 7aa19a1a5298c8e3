"""One table of cases, one rule: what the allowlist excuses is the same for the pipeline, the alerts and the page."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from squatwatch.alerts.queueing import excuses
from squatwatch.detect.transform import transform_dates
from squatwatch.files.lines import lines_of
from squatwatch.ingest.normalise import normalise
from squatwatch.lake.partitions import Lake
from squatwatch.lists.excuses import read_excuses
from squatwatch.settings import read_settings
from squatwatch.settings import settings as settings_of_process

TODAY = date(2024, 6, 13)  # the run date; no clock is read
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
BRANDS = "brand,brand_domain\nzalora,zalora.com\nzalora,zalora.app\nzalora,myshopify.com\nlumina,zalora.app\n"
ALLOWLIST = f"""domain,reason,expires_on
zalora-fans.org,a club,
github.io,our pages,
amazonaws.com,our buckets,
zalora-today.com,until today,{TODAY}
zalora-gone.com,until yesterday,{YESTERDAY}
zalora-twice.com,short,{TODAY}
zalora-twice.com,long,{TOMORROW}
netlify.app,all of it,{YESTERDAY}
zalora-shop.netlify.app,this one,
zalora.com,never read,
xn--zalra-4ta.com,decoded,
"""
CASES = {
    "zalora-fans.org": "analyst: a club",
    "zalora-shop.github.io": "analyst: our pages",  # below an entry
    "zalora-shop.s3.amazonaws.com": "analyst: our buckets",  # two levels below
    "zalora-amazonaws.com": "",  # ends like an entry, and is no name below it
    "zalora-fans.org.uk": "",
    "zalora-today.com": f"analyst: until today (until {TODAY})",  # its last day
    "zalora-gone.com": "",
    "zalora-twice.com": f"analyst: long (until {TOMORROW})",  # the entry that lasts longest
    "zalora-shop.netlify.app": "analyst: this one",  # though the entry above has expired
    "zalora-other.netlify.app": "",
    "zalora.com": "owned by zalora",  # a brand's own domain before any entry
    "zalora.app": "owned by lumina and zalora",
    "zalora-login.myshopify.com": "",  # below a brand's domain, where anybody registers names
    "xn--zalra-4ta.com": "analyst: decoded",
    "zalora-login.top": "",
}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Settings that name the lists of the cases."""
    folder = tmp_path_factory.mktemp("lists")
    for name, text in (("brands", BRANDS), ("allowlist", ALLOWLIST)):
        (folder / f"{name}.csv").write_text(text)
    return {f"{name}_file": folder / f"{name}.csv" for name in ("brands", "allowlist")}


@pytest.fixture(scope="module")
def folder(new_dates, tmp_path_factory, files):
    """A published day of which every case is a detection."""
    folder = tmp_path_factory.mktemp("cases")
    dates = new_dates(folder / "data", **files)
    dates.write(TODAY, *CASES, brand="zalora")
    dates.publish()
    return folder


@pytest.fixture
def root(folder, files, monkeypatch):
    """The settings of the published day, in force for the page too."""
    monkeypatch.setenv("SQUATWATCH_HOME", str(folder / "data"))
    for name, path in files.items():
        monkeypatch.setenv(f"SQUATWATCH_{name.upper()}", str(path))
    settings_of_process.cache_clear()
    yield settings_of_process()
    settings_of_process.cache_clear()


def test_the_rule(files, tmp_path):
    rule = read_excuses(read_settings(home=tmp_path, **files))
    found = {name: rule.of(name, TODAY) for name in CASES}
    assert {name: excuse.words if excuse else "" for name, excuse in found.items()} == CASES


def test_the_pipeline(files, tmp_path):
    root = read_settings(home=tmp_path, **files)
    registrations = normalise("sample", lines_of("\n".join(CASES).encode())).registrations
    assert set(registrations["domain"]) == CASES.keys()
    Lake(root.home).write("registrations", TODAY, registrations)
    transform_dates(root, [TODAY])
    candidates = Lake(root.home).read("candidates", TODAY).filter(pl.col("brand") == "zalora")
    found = dict(candidates.select("domain", "allowlist_reason").iter_rows())
    assert {name: reason or "" for name, reason in found.items()} == {name: CASES[name] for name in found}
    assert CASES.keys() - found.keys() <= {"xn--zalra-4ta.com"}  # whatever else resembles the brand


def test_the_alerts(root):
    found = excuses(root, {f"zalora|{name}": name for name in CASES}, TODAY)
    said = {name: found.get(f"zalora|{name}", "") for name in CASES}
    assert {name for name, reason in said.items() if reason} == {name for name, reason in CASES.items() if reason}
    assert said["zalora-shop.s3.amazonaws.com"] == "allowlisted: our buckets"
    assert said["zalora.app"] == "owned by lumina and zalora"


def test_the_page(page, root):
    excused = page().rows(f"?date={TODAY}&state=allowlisted")
    assert {name for name, reason in CASES.items() if reason} == {
        {"zalóra[.]com": "xn--zalra-4ta.com"}.get(name, name.replace("[.]", ".")) for name in excused
    }
    assert len(page().rows(f"?date={TODAY}&state=new")) == sum(not reason for reason in CASES.values())
