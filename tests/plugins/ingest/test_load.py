"""A date's raw lists become its registrations; what cannot be read changes nothing."""

import hashlib
from datetime import date

import polars as pl
import pytest

from squatwatch import pipeline
from squatwatch.errors import BadList, SquatwatchError
from squatwatch.lake.partitions import Lake
from squatwatch.settings import read_settings

DAY = date(2026, 11, 5)


def write_list(path, *lines):
    path.write_text("".join(f"{line}\r\n" for line in lines))
    return path


def two_sources(settings, tmp_path):
    """The sample of the day, and a list given by hand that repeats two of its names."""
    pipeline.download(settings, DAY, "sample")
    pipeline.load(settings, DAY)
    known = Lake(settings.home).read("registrations", DAY)["domain"].to_list()[:2]
    pipeline.take_file(settings, DAY, write_list(tmp_path / "list.txt", *known, "new-name.com", "1.2.3.4"))


def test_several_sources_feed_one_date(settings, tmp_path):
    two_sources(settings, tmp_path)
    pipeline.load(settings, DAY)
    lake = Lake(settings.home)
    registrations = lake.read("registrations", DAY)
    assert registrations.select("source", "domain").is_unique().all()
    assert registrations.filter(source="input").height == 3
    assert lake.read("rejects", DAY).filter(source="input").select("line", "reason").rows() == [
        ("1.2.3.4", "ip_address")
    ]


def test_lines_in_are_rows_kept_duplicates_and_rejects(settings, tmp_path):
    two_sources(settings, tmp_path)
    pipeline.load(settings, DAY)
    counts = Lake(settings.home).read("load_counts", DAY)
    assert counts["source"].to_list() == ["input", "sample"]
    for row in counts.iter_rows(named=True):
        assert row["line_count"] == row["kept_count"] + row["duplicate_count"] + row["reject_count"]
    assert counts.filter(source="sample")["duplicate_count"].item() > 0
    assert counts.filter(source="sample")["reject_count"].item() > 0


def test_twice_gives_the_same_files(settings, tmp_path):
    two_sources(settings, tmp_path)
    files = [Lake(settings.home).partition(table, DAY) for table in ("registrations", "rejects", "load_counts")]
    pipeline.load(settings, DAY)
    first = [file.read_bytes() for file in files]
    pipeline.load(settings, DAY)
    assert [file.read_bytes() for file in files] == first


def put_in_place(settings, *lines):
    """A raw list that an earlier release took: what is received today is looked at before it takes its place."""
    pipeline.take_file(settings, DAY, write_list(settings.home.parent / "old.txt", "old-name.com"))
    path = settings.home / f"raw/run_date={DAY}/input.txt"
    write_list(path, *lines)
    lake = Lake(settings.home)
    row = lake.read("downloads", DAY, "input").with_columns(
        sha256=pl.lit(hashlib.sha256(path.read_bytes()).hexdigest())
    )
    lake.write("downloads", DAY, row, "input")


def test_a_list_without_a_single_domain_stops_and_leaves_what_there_was(settings, tmp_path):
    pipeline.take_file(settings, DAY, write_list(tmp_path / "good.txt", "example.com"))
    pipeline.load(settings, DAY)
    wrong, remedy = "none of its 2 lines is a registrable domain", "squatwatch run --date 2026-11-05 --input FILE"
    with pytest.raises(BadList, match=f"2026-11-05 .*{wrong} .*{remedy}"):
        pipeline.take_file(settings, DAY, write_list(tmp_path / "bad.txt", "1,two words", "2,more words"))
    pipeline.load(settings, DAY)
    assert Lake(settings.home).read("registrations", DAY)["domain"].to_list() == ["example.com"]
    put_in_place(settings, "1,two words", "2,more words")
    with pytest.raises(BadList, match=f"2026-11-05 .*{wrong} .*{remedy}"):
        pipeline.load(settings, DAY)
    assert Lake(settings.home).read("registrations", DAY)["domain"].to_list() == ["example.com"]


def test_a_csv_file_with_a_header_alone_is_no_list(settings, tmp_path):
    with pytest.raises(BadList, match=r"none of its 0 lines is a registrable domain; .* give a good file"):
        pipeline.take_file(settings, DAY, write_list(tmp_path / "header.csv", "domain,registrar"))
    assert not Lake(settings.home).partition("downloads", DAY, "input").exists()


def test_a_feed_whose_columns_changed_is_told_by_its_first_line(settings, tmp_path):
    pipeline.take_file(settings, DAY, write_list(tmp_path / "good.csv", "created,domain", "2026-11-05,example.com"))
    told = r"columns 'created', 'fqdn\\x1b', 'nic', and none is called domain or domain_name or .* a header line"
    with pytest.raises(BadList, match=told):
        pipeline.take_file(
            settings, DAY, write_list(tmp_path / "new.csv", "created;fqdn\x1b;nic", "2026-11-05;a.com;x")
        )
    pipeline.load(settings, DAY)
    assert Lake(settings.home).read("registrations", DAY)["domain"].to_list() == ["example.com"]
    # columns in another order, and one more, are the same feed
    pipeline.take_file(settings, DAY, write_list(tmp_path / "more.csv", "Domain;created;nic", "a.com;2026-11-05;x"))
    pipeline.load(settings, DAY)
    assert Lake(settings.home).read("registrations", DAY)["domain"].to_list() == ["a.com"]


def test_names_that_a_list_says_were_given_up_are_no_registrations(settings, tmp_path):
    rows = ("new-name.com,added", "old-name.com,dropped", "found-name.com,discovered")
    pipeline.take_file(settings, DAY, write_list(tmp_path / "changes.csv", "domainName,reason", *rows))
    pipeline.load(settings, DAY)
    lake = Lake(settings.home)
    assert lake.read("registrations", DAY)["domain"].to_list() == ["found-name.com", "new-name.com"]
    assert lake.read("rejects", DAY).select("line", "reason").rows() == [("old-name.com,dropped", "dropped")]


def test_a_limit_lowered_later_stops_with_the_setting_s_name(settings, tmp_path):
    pipeline.take_file(settings, DAY, write_list(tmp_path / "big.txt", *(f"name{n}.com" for n in range(100_000))))
    with pytest.raises(BadList, match="SQUATWATCH_MAX_LIST_MIB"):
        pipeline.load(read_settings(home=settings.home, max_list_mib=1), DAY)


def test_a_date_without_a_list_names_the_command_that_fetches_it(settings):
    with pytest.raises(SquatwatchError, match="squatwatch download --date 2026-11-05"):
        pipeline.load(settings, DAY)
