"""Feed health on lists as they really come: ordinary days are not stopped, failures that feeds have had are found."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from squatwatch import pipeline
from squatwatch.feed_health import require_healthy, run_checks
from squatwatch.lake.partitions import Lake
from squatwatch.sentences import sentence
from squatwatch.settings import read_settings


def remarks(settings, run_date):
    """Checks of the date that are neither ok nor skipped."""
    rows = Lake(settings.home).read("feed_health", run_date).select("check_name", "result")
    return {name: result for name, result in rows.iter_rows() if result not in ("passed", "skipped")}


@pytest.fixture
def real_days(shared_data, tmp_path):
    """Eight real days under dates of their own, in order; a, b and c of one date are different days."""
    lists = sorted((shared_data / "registrations").glob("*[.-]whoisds*")) + sorted(
        (shared_data / "registrations").glob("*.zip")
    )
    days = [*(date(2020, 5, n) for n in (3, 6, 7, 8, 9, 10, 12)), date(2024, 6, 13)]
    for day, path in zip(days, lists, strict=True):
        shutil.copy(path, tmp_path / f"{day}.list")
    template = str(tmp_path / "{date:%Y-%m-%d}.list")
    return read_settings(home=tmp_path / "data", sources="file", file_template=template), days


@pytest.mark.slow
def test_real_days_are_not_stopped_and_few_get_a_warning(real_days):
    settings, days = real_days
    for day in days:
        pipeline.download(settings, day, "file")
        pipeline.load(settings, day)
        require_healthy(settings, day)
    warned = {str(day): list(remarks(settings, day)) for day in days if remarks(settings, day)}
    # two days that lack .info and .club, and one that is four years later
    assert warned == {"2020-05-08": ["missing_tlds"], "2020-05-12": ["missing_tlds"], "2024-06-13": ["tld_flood"]}


# made of a real list, that lacks .club, or of the one before it: checks that stop, and checks that warn of what is new
REAL_FAILURES = {
    "the list before, packed anew": (lambda names, before: before, {"overlap", "seen_before"}, set()),
    "28,000 names": (lambda names, before: names[::4][:28_000], {"name_count"}, set()),
    "44,000, sorted": (lambda names, before: sorted(names)[:44_000], {"name_count", "missing_initials"}, {"idn_share"}),
    "90,000, sorted": (lambda names, before: sorted(names)[:90_000], {"missing_initials"}, {"idn_share"}),
    "without .com": (
        lambda names, before: [name for name in names if not name.endswith(".com")],
        {"name_count", "missing_tlds"}, set(),
    ),
    "8,000 of one country": (lambda names, before: names + [f"f{n}.tk" for n in range(8000)], set(), {"tld_flood"}),
}  # fmt: skip


@pytest.mark.slow
def test_what_real_feeds_have_had_is_found(real_days):
    settings, days = real_days
    for day in days[:7]:
        pipeline.download(settings, day, "file")
        pipeline.load(settings, day)
    names, before = (_names(settings, day) for day in (days[6], days[5]))
    for example, (change, stops, warnings) in REAL_FAILURES.items():
        Path(settings.file_template.format(date=days[6])).write_text("\n".join(change(names, before)))
        pipeline.download(settings, days[6], "file", refetch=True)
        pipeline.load(settings, days[6])
        run_checks(settings, days[6])
        results = remarks(settings, days[6])
        assert {name for name, result in results.items() if result == "stopped"} == stops, example
        assert {name for name, result in results.items() if result == "warned"} - {"missing_tlds"} == warnings, example


def _names(settings, run_date):
    return Lake(settings.home).read("registrations", run_date)["domain"].to_list()


def test_the_sample_is_ordinary(settings):
    days = [date(2026, 11, n) for n in range(1, 8)]
    for day in days:
        pipeline.download(settings, day, "sample")
        pipeline.load(settings, day)
        assert sentence(pipeline.health(settings, day)) == "11 checks of sample: all well"
