"""The sample lists are what their builder writes, and what a provider would send."""

import csv
import io
import zipfile
from datetime import date, timedelta

import pytest

from squatwatch.errors import NotPublishedYet, SquatwatchError
from squatwatch.sources import newest_date, source_named
from squatwatch.sources.sample import FOLDER, PREFIX, SampleSource, sample_dates

SAMPLE = "scripts/sample"


@pytest.fixture
def builder(monkeypatch, request):
    monkeypatch.syspath_prepend(str(request.config.rootpath / SAMPLE))
    import build_sample

    return build_sample


@pytest.fixture
def planted(request):
    with (request.config.rootpath / SAMPLE / "planted.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def members(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as file:
        return {name: file.read(name) for name in file.namelist()}


def lines_of(run_date: date) -> list[str]:
    (content,) = members((FOLDER / f"{PREFIX}{run_date}.zip").read_bytes()).values()
    assert content.endswith(b"\r\n")
    return content.decode().split("\r\n")[:-1]


def test_there_are_seven_days_in_a_row(settings):
    dates = sample_dates()
    assert dates == [date(2026, 11, 1) + timedelta(days=n) for n in range(7)]
    assert newest_date(settings.sources) == dates[-1]


def test_with_a_live_source_the_newest_date_is_not_known(settings):
    settings.sources = ["sample", "whoisds"]
    assert newest_date(settings.sources) is None


def test_a_list_is_a_zip_with_one_member_and_crlf():
    for run_date in sample_dates():
        archive = (FOLDER / f"{PREFIX}{run_date}.zip").read_bytes()
        assert len(archive) < 32_000
        assert list(members(archive)) == ["domain-names.txt"]
        assert 2_400 <= len(lines_of(run_date)) <= 3_100


def test_the_builder_writes_these_lists_and_the_same_bytes_every_time(builder):
    built = builder.build()
    assert list(built) == sample_dates()
    assert builder.build() == built
    for run_date, archive in built.items():  # contents, because another zlib compresses to other bytes
        assert members(archive) == members((FOLDER / f"{PREFIX}{run_date}.zip").read_bytes()), (
            f"{run_date}: run python {SAMPLE}/build_sample.py"
        )


def test_every_day_has_look_alikes_near_misses_and_bad_lines(planted, builder):
    by_date = builder.planted_by_date()
    for run_date in sample_dates():
        rows = [row for row in planted if row["run_date"] == str(run_date)]
        assert 8 <= sum(bool(row["brand"]) for row in rows) <= 15
        assert sum(not row["brand"] for row in rows) >= 3
        lines = lines_of(run_date)
        assert set(by_date[run_date]) <= set(lines)
        assert {"a" * 64 + ".com", "bakery..example.com", "<script>alert(1)</script>.com"} <= set(lines)
    assert {row["technique"] for row in planted} >= {"combo", "combo-typo", "homoglyph", "hyphenation", "tld-swap"}


def test_planted_idns_are_a_labels_in_the_lists(planted, builder):
    shown = [row["domain"] for row in planted if not row["domain"].isascii()]
    assert "аррӏе.com" in shown  # Cyrillic throughout, so a registry takes it
    listed = [name for names in builder.planted_by_date().values() for name in names if "xn--" in name]
    assert len(listed) == len(shown) >= 5


def test_one_name_is_on_two_days_and_no_other():
    days: dict[str, int] = {}
    for run_date in sample_dates():
        for name in {line.lower().rstrip(".") for line in lines_of(run_date)} - BAD_EVERY_DAY:
            days[name] = days.get(name, 0) + 1
    assert {name: count for name, count in days.items() if count > 1} == {"paypal-kundenservice.com": 2}


BAD_EVERY_DAY = {"a" * 64 + ".com", "bakery..example.com", "<script>alert(1)</script>.com"}


@pytest.mark.parametrize("run_date", [date(2026, 10, 31), date(2026, 11, 8), date(2024, 6, 13)])
def test_another_date_stops_and_says_which_there_are(run_date):
    with pytest.raises(SquatwatchError) as caught:
        SampleSource().fetch(run_date, io.BytesIO())
    assert not isinstance(caught.value, NotPublishedYet), "nobody should wait for it"
    message = str(caught.value)
    assert f"no list of {run_date}, only of 2026-11-01 to 2026-11-07" in message
    assert f"SQUATWATCH_SOURCES=whoisds squatwatch download --date {run_date}" in message


def test_the_source_hands_out_the_bytes_as_they_are(settings):
    into = io.BytesIO()
    receipt = source_named(settings, "sample").fetch(date(2026, 11, 3), into)
    assert into.getvalue() == (FOLDER / f"{PREFIX}2026-11-03.zip").read_bytes()
    assert receipt.location == "sample:newly-registered-domains-2026-11-03.zip"
