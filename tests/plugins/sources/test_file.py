"""A list in a folder, by template or given by hand; and which settings each source needs."""

import io
import os
from datetime import date
from pathlib import Path

import pytest

from squatwatch import pipeline
from squatwatch.errors import BadList, NotPublishedYet, SquatwatchError
from squatwatch.ingest.download import raw_lists
from squatwatch.settings import SOURCE_NAMES, read_settings
from squatwatch.sources import file_given_by_hand, source_named

DAY = date(2026, 11, 5)


def test_the_template_finds_the_date_s_file(tmp_path):
    (tmp_path / "2026").mkdir()
    (tmp_path / "2026" / "11-05.txt").write_bytes(b"a.com\r\nb.com\r\n")
    source = source_named(read_settings(file_template=f"{tmp_path}/{{date:%Y/%m-%d}}.txt"), "file")
    into = io.BytesIO()
    assert source.fetch(DAY, into).location == str(tmp_path / "2026" / "11-05.txt")
    assert into.getvalue() == b"a.com\r\nb.com\r\n"


def test_a_file_that_is_not_there_yet_is_waited_for(tmp_path):
    source = source_named(read_settings(file_template=f"{tmp_path}/{{date}}.txt"), "file")
    with pytest.raises(NotPublishedYet, match=r"2026-11-05\.txt of 2026-11-05 is not there yet"):
        source.fetch(DAY, io.BytesIO())


@pytest.mark.parametrize("template", ["{day}.txt", "{date:%Y.txt", "{0}", "{date.nope}.txt"])
def test_a_bad_template_names_its_setting(template):
    source = source_named(read_settings(file_template=template), "file")
    with pytest.raises(SquatwatchError, match=r"SQUATWATCH_FILE_TEMPLATE is not a template that 2026-11-05"):
        source.fetch(DAY, io.BytesIO())


SAME_FOR_ALL = [
    ("file", {"file_template": "/lists/today.txt"}, "SQUATWATCH_FILE_TEMPLATE .* it has no {date}"),
    ("file", {"file_template": "/lists/%Y-%m-%d.zip"}, "SQUATWATCH_FILE_TEMPLATE .* it has no {date}; write {date:%Y"),
    ("file", {"file_template": "/lists/{date:YYYY-MM-DD}.zip"}, "its {date} gives no day"),
    ("file", {"file_template": "/lists/{date:%Y-%m}.zip"}, "its {date} gives no day"),
    ("http", {"http_url": "https://me:s3cr3t@feeds.example/s3cr3t/%Y%m%d.csv"}, "SQUATWATCH_HTTP_URL .* has no {date}"),
    ("http", {"http_url": "https://feeds.example/?key=s3cr3t&day=YYYY-MM-DD"}, "SQUATWATCH_HTTP_URL .* has no {date}"),
    ("http", {"http_url": "https://feeds.example/s3cr3t/{date:yyyymmdd}"}, "SQUATWATCH_HTTP_URL .* gives no day"),
    ("whoisds", {"whoisds_url": "https://whoisds.example/nrd/s3cr3t"}, "SQUATWATCH_WHOISDS_URL .* has no {date}"),
    ("s3", {"s3_url": "s3://bucket/lists/newest.gz"}, "SQUATWATCH_S3_URL .* has no {date}"),
    ("zone", {"zone_url": "/zones/{tld}.gz", "zone_tlds": "com"}, "SQUATWATCH_ZONE_URL .* has no {date}"),
]


@pytest.mark.parametrize(("name", "values", "words"), SAME_FOR_ALL)
def test_a_template_that_names_the_same_list_for_every_day_is_refused_at_once(settings, name, values, words):
    source = source_named(read_settings(home=settings.home, **values), name)
    with pytest.raises(SquatwatchError, match=words) as caught:
        source.fetch(DAY, io.BytesIO())
    assert caught.type is SquatwatchError  # not NotPublishedYet, which is waited for
    assert "s3cr3t" not in str(caught.value)


def test_a_template_that_names_the_same_file_for_every_zone_is_refused(settings):
    values = {"zone_url": "/zones/{date}.gz", "zone_tlds": "com,net"}
    with pytest.raises(SquatwatchError, match=r"same file for every zone: it has no \{tld\}"):
        source_named(read_settings(home=settings.home, **values), "zone")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("file", {"file_template": "/lists/{date:%d}.txt"}),
        ("http", {"http_url": "https://feeds.example/"}),  # it has no place for a date
        ("http", {"http_url": "https://feeds.example/newest#{date}"}),
        ("whoisds", {}),
    ],
)
def test_a_template_that_tells_days_apart_is_one(settings, name, values):
    assert source_named(read_settings(home=settings.home, **values), name).location(DAY)


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("file", "SQUATWATCH_FILE_TEMPLATE"),
        ("http", "SQUATWATCH_HTTP_URL"),
        ("s3", "SQUATWATCH_S3_URL"),
        ("zone", "SQUATWATCH_ZONE_TLDS"),
    ],
)
def test_a_source_without_its_setting_says_which(settings, name, setting):
    with pytest.raises(SquatwatchError, match=f"source {name} needs {setting}"):
        source_named(settings, name)


def test_an_unknown_source_names_the_known_ones(settings):
    with pytest.raises(SquatwatchError, match="unknown source 'ftp': choose from sample, file, whoisds, http, s3"):
        source_named(settings, "ftp")


def test_every_source_that_settings_allow_can_be_built():
    templates = {"file_template": "{date}", "http_url": "https://feeds.example/{date}", "s3_url": "s3://b/{date}"}
    settings = read_settings(**templates, zone_tlds="com")
    assert [source_named(settings, name).name for name in SOURCE_NAMES] == list(SOURCE_NAMES)


# --- given by hand: nothing is waited for ----------------------------------------------------------------------------
def no_file(folder):
    return folder / "none.zip"


def a_folder(folder):
    return folder


def below_a_file(folder):
    (folder / "plain").write_text("a.com\n")
    return folder / "plain" / "list.zip"


def an_empty_file(folder):
    (folder / "empty.txt").touch()
    return folder / "empty.txt"


def a_link_to_itself(folder):
    (folder / "loop.txt").symlink_to(folder / "loop.txt")
    return folder / "loop.txt"


@pytest.mark.parametrize("make", [no_file, a_folder, below_a_file, an_empty_file, a_link_to_itself])
def test_a_file_by_hand_that_cannot_be_used_is_named_with_its_date(make, tmp_path, settings):
    path = make(tmp_path)
    with pytest.raises(SquatwatchError) as caught:
        pipeline.take_file(settings, DAY, path)
    assert not isinstance(caught.value, NotPublishedYet)
    message = str(caught.value)
    assert str(path) in message and "2026-11-05" in message
    assert "squatwatch run --date 2026-11-05 --input FILE" in message
    assert not (settings.home / "downloads").exists()


def test_braces_in_a_path_by_hand_are_braces(tmp_path, settings):
    path = tmp_path / "{date}.txt"
    path.write_bytes(b"a.com\n")
    pipeline.take_file(settings, DAY, path)
    (taken,) = raw_lists(settings.home, DAY)
    assert (taken.source, taken.path.name, taken.path.read_bytes()) == ("input", "input.txt", b"a.com\n")


def test_a_file_by_hand_is_taken_again_each_time(tmp_path, settings):
    path = tmp_path / "list.txt"
    for content in (b"a.com\n", b"b.com\n"):
        path.write_bytes(content)
        assert pipeline.take_file(settings, DAY, path).is_new
    (taken,) = raw_lists(settings.home, DAY)
    assert taken.path.read_bytes() == b"b.com\n"


def test_a_pipe_can_be_given_by_hand(settings):
    reader, writer = os.pipe()
    os.write(writer, b"a.com\n")
    os.close(writer)
    into = io.BytesIO()
    file_given_by_hand(Path(f"/dev/fd/{reader}"), settings.max_list_bytes).fetch(DAY, into)
    os.close(reader)
    assert into.getvalue() == b"a.com\n"


def test_a_file_larger_than_the_limit_is_refused_before_it_is_copied_whole(tmp_path):
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(50 << 20)
    into = io.BytesIO()
    with pytest.raises(BadList, match="larger than 1 MiB as received; raise SQUATWATCH_MAX_LIST_MIB"):
        file_given_by_hand(path, 1 << 20).fetch(DAY, into)
    assert len(into.getvalue()) <= 2 << 20
