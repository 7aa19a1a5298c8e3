"""The gate as a whole: results are kept, can be accepted, and do not depend on the order in which dates are loaded."""

import random
import shutil
from datetime import date, timedelta

import pytest

from squatwatch import pipeline
from squatwatch.errors import SquatwatchError, UnhealthyFeed
from squatwatch.feed_health import accept_lists, is_current, require_healthy, run_checks
from squatwatch.feed_health.acceptance import accept
from squatwatch.feed_health.rules import SHIPPED
from squatwatch.lake.partitions import Lake
from squatwatch.lake.tables import FEED_HEALTH
from squatwatch.sentences import sentence


def remarks(settings, run_date):
    """Checks that did not pass, as they stand in the partition."""
    rows = Lake(settings.home).read("feed_health", run_date)
    return {row["check_name"]: row["result"] for row in rows.iter_rows(named=True) if row["result"] != "passed"}


def test_an_ordinary_date_goes_on_and_its_results_are_kept(feed):
    feed.send(feed.day, feed.names(feed.day))
    assert sentence(pipeline.health(feed.settings, feed.day)) == "11 checks of file: all well"
    kept = feed.lake.read("feed_health", feed.day)
    assert kept.schema == FEED_HEALTH.schema
    assert remarks(feed.settings, feed.day) == {}


def test_a_warning_is_in_the_line_of_the_step(feed):
    feed.send(feed.day, feed.names(feed.day, 1300))
    line = sentence(pipeline.health(feed.settings, feed.day))
    assert line.startswith("11 checks of file: 1 warned; name_count of file: 1,300 names, usual 2,000 (4 dates)")


def test_a_date_that_is_stopped_says_what_source_figure_limit_and_what_to_do(feed):
    feed.send(feed.day, feed.names(feed.day, 600))
    with pytest.raises(UnhealthyFeed) as failure:
        require_healthy(feed.settings, feed.day)
    assert str(failure.value) == (
        "the list of 2026-11-05 from file is not what it usually is, and nothing was made of it: name_count of file: "
        "600 names, usual 2,000 (4 dates); at least 1,000 expected. If a better list is there, run: "
        "squatwatch run --date 2026-11-05 --refetch. If this one is right, run: "
        'squatwatch health --date 2026-11-05 --accept "REASON", then: squatwatch run --date 2026-11-05'
    )
    assert remarks(feed.settings, feed.day) == {"name_count": "stopped"}


def test_a_file_given_by_hand_may_be_small_and_is_given_again(settings, tmp_path):
    day, names = date(2026, 11, 5), tmp_path / "list.txt"
    names.write_text("paypal-login.com\nexample.org\n")
    pipeline.take_file(settings, day, names)
    pipeline.load(settings, day)
    assert "1 warned; name_count of input: 2 names" in sentence(pipeline.health(settings, day))

    names.write_text("paypal-login.com\nexample.org\n1.2.3.4\n")
    pipeline.take_file(settings, day, names)
    pipeline.load(settings, day)
    with pytest.raises(UnhealthyFeed, match="run: squatwatch run --date 2026-11-05 --input FILE"):
        require_healthy(settings, day)


def test_twice_gives_the_same_file(feed):
    feed.send(feed.day, feed.names(feed.day))
    run_checks(feed.settings, feed.day)
    first = feed.lake.partition("feed_health", feed.day).read_bytes()
    run_checks(feed.settings, feed.day)
    assert feed.lake.partition("feed_health", feed.day).read_bytes() == first


# --- accepting a list ------------------------------------------------------------------------------------------------
def test_an_accepted_list_goes_on_and_the_reason_is_kept(feed, monkeypatch):
    monkeypatch.setenv("LOGNAME", "ann")
    feed.send(feed.day, feed.names(feed.day, 600) + ["-"] * 30)
    results = accept_lists(feed.settings, feed.day, "Christmas, says the provider")
    assert results.is_healthy
    require_healthy(feed.settings, feed.day)
    row = feed.check("name_count")
    assert (row["result"], row["severity"], row["figure"]) == ("accepted", "stop", 600)
    assert feed.check("reject_share")["result"] == "warned"  # what never stopped warns as before
    assert "accepted by ann on 20" in row["detail"] and row["detail"].endswith("UTC: Christmas, says the provider")


def test_an_acceptance_is_of_one_list_and_no_other(feed):
    small, smaller = feed.names(feed.day, 600), feed.names(feed.day, 500)
    feed.send(feed.day, small)
    accept_lists(feed.settings, feed.day, "right")
    feed.send(feed.day, smaller)
    assert not run_checks(feed.settings, feed.day).is_healthy
    feed.send(feed.day, small)
    assert run_checks(feed.settings, feed.day).is_healthy
    feed.send(feed.day, smaller)
    accept_lists(feed.settings, feed.day, "right as well")
    assert feed.lake.read("accepted_lists", feed.day)["reason"].to_list() == ["right", "right as well"]


def test_there_has_to_be_something_to_accept_and_a_reason(feed):
    feed.send(feed.day, feed.names(feed.day, 1300))  # a warning only
    with pytest.raises(SquatwatchError, match="no check stops 2026-11-05"):
        accept_lists(feed.settings, feed.day, "right")
    feed.send(feed.day, feed.names(feed.day, 600))
    with pytest.raises(SquatwatchError, match="say why the list of 2026-11-05 is right"):
        accept_lists(feed.settings, feed.day, " ")
    assert not feed.lake.partition("accepted_lists", feed.day).exists()


# --- what the results are of ------------------------------------------------------------------------------------------
def test_results_are_current_until_something_that_was_checked_changes(feed, tmp_path):
    day, early = feed.day, feed.before[0]
    feed.send(day, feed.names(day, 600))
    assert not is_current(feed.settings, day)  # never checked
    run_checks(feed.settings, day)
    assert is_current(feed.settings, day)

    feed.send(day + timedelta(days=1), feed.names(day + timedelta(days=1)))  # a later date is none of its business
    feed.send(early, feed.names(early))  # the same list again
    assert is_current(feed.settings, day)

    feed.send(early, feed.names(early, 1900))
    assert not is_current(feed.settings, day)
    run_checks(feed.settings, day)
    feed.send(early - timedelta(days=1), feed.names(early - timedelta(days=1)))
    assert not is_current(feed.settings, day)
    results = run_checks(feed.settings, day)
    accept(feed.lake, day, results.made_from.upstream["registrations"], "right")
    assert not is_current(feed.settings, day)
    run_checks(feed.settings, day)
    assert is_current(feed.settings, day)
    feed.send(day, feed.names(day))
    assert not is_current(feed.settings, day)
    run_checks(feed.settings, day)

    rules = tmp_path / "rules.yml"
    other = feed.settings.model_copy(update={"feed_health_file": rules})
    rules.write_text("# a comment changes nothing\n" + SHIPPED.read_text())
    assert is_current(other, day)
    rules.write_text(SHIPPED.read_text().replace("most_of_usual: 1.5", "most_of_usual: 1.4"))
    assert not is_current(other, day)


def troubled_stream(feed):
    """Twelve dates: one is stale, one is cut short, one lacks a top-level domain, one is mostly an old list."""
    days = [feed.day + timedelta(days=n) for n in range(12)]
    lists = {day: feed.names(day) for day in days}
    lists[days[4]] = lists[days[2]]
    lists[days[6]] = lists[days[6]][:700]
    lists[days[8]] = [name for name in lists[days[8]] if not name.endswith(".net")]
    lists[days[10]] = lists[days[0]][:1500] + lists[days[10]][1500:]
    return lists


def files_of_results(feed):
    """Rows and footers of every date's results."""
    return {
        day: (feed.lake.read("feed_health", day).rows(), feed.lake.made_from("feed_health", day))
        for day in feed.lake.dates("feed_health")
    }


@pytest.mark.parametrize("seed", range(3))
def test_the_order_in_which_dates_are_loaded_does_not_matter(new_feed, seed):
    lists = troubled_stream(new_feed)
    for day in sorted(lists):
        new_feed.send(day, lists[day])
        run_checks(new_feed.settings, day)
    in_order = files_of_results(new_feed)
    stopped = {
        day: names for day in lists if (names := remarks(new_feed.settings, day)) and "stopped" in names.values()
    }
    assert len(stopped) == 4

    shutil.rmtree(new_feed.settings.home)
    for day in random.Random(seed).sample(sorted(lists), len(lists)):
        new_feed.send(day, lists[day])
        run_checks(new_feed.settings, day)
    outdated = [day for day in lists if not is_current(new_feed.settings, day)]
    assert outdated
    for day in reversed(outdated):  # results do not build on results, so these may come in any order as well
        run_checks(new_feed.settings, day)
    assert files_of_results(new_feed) == in_order
    assert all(is_current(new_feed.settings, day) for day in lists)


def test_the_window_is_bounded(feed, tmp_path):
    rules = tmp_path / "rules.yml"
    rules.write_text(SHIPPED.read_text().replace("  dates: 28\n", "  dates: 3\n"))
    feed.settings = feed.settings.model_copy(update={"feed_health_file": rules})
    feed.send(feed.day, feed.names(feed.before[0]))  # the list of four dates ago
    assert feed.check("repeated_list")["figure"] == feed.check("seen_before")["figure"] == 0
    feed.send(feed.before[0], feed.names(feed.before[0], 500))
    assert is_current(feed.settings, feed.day)


def test_a_load_that_was_interrupted_is_not_checked(feed):
    feed.send(feed.day, feed.names(feed.day))
    old = feed.lake.partition("registrations", feed.day).read_bytes()
    feed.send(feed.day, feed.names(feed.day, 1900))
    feed.lake.partition("registrations", feed.day).write_bytes(old)  # it comes last
    with pytest.raises(SquatwatchError, match="was interrupted; run: squatwatch load --date 2026-11-05"):
        run_checks(feed.settings, feed.day)


def test_a_date_that_was_not_loaded_names_the_command_that_does_it(feed):
    for function in (run_checks, require_healthy, is_current):
        with pytest.raises(SquatwatchError, match="run: squatwatch load --date 2026-11-05"):
            function(feed.settings, feed.day)


def test_dates_that_an_earlier_release_loaded_are_left_out(feed):
    feed.lake.partition("name_counts", feed.before[0]).unlink()
    feed.send(feed.day, feed.names(feed.day))
    assert feed.check("seen_before")["history_count"] == 3


def test_a_data_root_with_odd_characters_in_its_name(four_dates, tmp_path, new_feed):
    odd = tmp_path / 'it\'s [a] "root" *?'
    shutil.copytree(four_dates / "data", odd)
    new_feed.settings = new_feed.settings.model_copy(update={"home": odd})
    new_feed.send(new_feed.day, new_feed.names(new_feed.before[-1]))
    assert new_feed.check("overlap")["figure"] == 1
