"""What each check of feed health is for: a list that it fires on, and one that it lets pass.

The source has sent four ordinary lists of 2,000 names. Each example says what becomes of an ordinary fifth.
"""

from datetime import date, timedelta
from math import inf

import pytest

from squatwatch import pipeline
from squatwatch.feed_health import run_checks
from squatwatch.feed_health.checks import CHECKS
from squatwatch.feed_health.rules import Checks


def without(*endings):
    return lambda names, before: [name for name in names if not name.endswith(endings)]


def with_more(make, count):
    return lambda names, before: names + [make(n) for n in range(count)]


def repeated(count):
    """The list of the day before, or the first of its names and then new ones."""
    return lambda names, before: before[:count] + names[count:]


FIRES = {
    "a third of the names": (lambda names, before: names[::3], "name_count", "stopped", "667 names, usual 2,000"),
    "a list cut short": (lambda names, before: names[:1300], "name_count", "warned", "at least 1,400 expected"),
    "half as many again and more": (with_more(lambda n: f"more{n}.com", 1100), "name_count", "warned", "at most 3,000"),
    "six times as many": (with_more(lambda n: f"more{n}.com", 10_000), "name_count", "stopped", "at most 10,000"),
    "a CSV file that is read as lines": (
        lambda names, before: [f"{n},{name}" if n % 2 else name for n, name in enumerate(names)],
        "reject_share", "stopped", "50.00% of the lines are rejects, usual 0.00%; at most 25.00% expected",
    ),
    "some lines that are no names": (with_more(lambda n: f"-{n}", 30), "reject_share", "warned", "1.48% of the lines"),
    "no xn-- name": (
        lambda names, before: [name for name in names if not name.startswith("xn--")],
        "idn_share", "warned", "0.00% of the names are xn--, usual 1.00%; at least 0.20% expected",
    ),
    "a flood of xn-- names": (with_more(lambda n: f"xn--new{n}-tza.com", 100), "idn_share", "warned", "at most 4.00%"),
    "host names": (with_more(lambda n: f"www{n}.co.uk", 200), "three_level_share", "warned", "9.09% of the names"),
    ".net and .org are missing": (
        without(".net", ".org"),
        "missing_tlds", "stopped", "24.75% of the usual names: .net (0 instead of 297), .org (0 instead of 198)",
    ),
    "next to nothing of .shop": (
        lambda names, before: [name for name in names if not name.endswith(".shop")] + ["one.shop", "two.shop"],
        "missing_tlds", "warned", ".shop (2 instead of 99); at most 2.00% expected",
    ),
    "a sorted list that was cut off": (
        lambda names, before: sorted(names)[:1800],
        "missing_initials", "stopped", "z (0 instead of 55)",
    ),
    "another end of a sorted list": (
        lambda names, before: [name for name in names if name[0] != "z"],
        "missing_initials", "warned", "2.75% of the usual names: z (0 instead of 55); at most 1.00% expected",
    ),
    "a country code at once": (
        with_more(lambda n: f"flood{n}.tk", 100),
        "tld_flood", "warned", "up to 4.76% of the names: .tk (100 instead of 0); at most 3.00% expected",
    ),
    "names of the day before": (repeated(100), "seen_before", "warned", "100 names (5.00%) were listed before"),
    "most names of the day before": (repeated(1100), "seen_before", "stopped", "1,100 names (55.00%)"),
    "half of the day before": (repeated(900), "overlap", "stopped", "900 names (45.00%) are on the list of 2026-11-04"),
    "the day before again": (repeated(2000), "repeated_list", "stopped", "the same bytes as the list of 2026-11-04"),
}  # fmt: skip


@pytest.mark.parametrize("example", FIRES)
def test_it_fires(feed, example):
    change, name, result, detail = FIRES[example]
    feed.send(feed.day, change(feed.names(feed.day), feed.names(feed.before[-1])))
    row = feed.check(name)
    assert row["result"] == result
    assert row["severity"] == {"stopped": "stop", "warned": "warn"}[result]
    assert detail in row["detail"]
    least, most = (0 if row["least"] is None else row["least"]), (inf if row["most"] is None else row["most"])
    assert not least <= row["figure"] <= most


SILENT = {
    "an ordinary list": lambda names, before: names,
    "two of seven names fewer": lambda names, before: [name for n, name in enumerate(names) if n % 7 > 1],
    "a third more": with_more(lambda n: f"{'abcdefghij'[n % 10]}more{n}.com", 650),
    "the same in another order": lambda names, before: sorted(names, key=lambda name: name[::-1]),
    "a few lines that are no names": with_more(lambda n: f"-{n}", 15),
    "a few xn-- names fewer": lambda names, before: names[:-12],
    "a rare top-level domain that is missing": lambda names, before: [n for n in names if not n.endswith("0.shop")],
    "a new top-level domain": with_more(lambda n: f"launch{n}.tk", 50),
    "some names that come back": repeated(30),
    "a third of comments": with_more(lambda n: f"# {n}", 1000),
    "as many names given up as new ones": lambda names, before: [
        "domain,reason",
        *(f"{name},added" for name in names),
        *(f"gone-{name},dropped" for name in names),
    ],
}


@pytest.mark.parametrize("example", SILENT)
def test_it_stays_silent(feed, example):
    feed.send(feed.day, SILENT[example](feed.names(feed.day), feed.names(feed.before[-1])))
    rows = run_checks(feed.settings, feed.day).rows
    assert dict(rows.select("check_name", "result").iter_rows()) == dict.fromkeys(CHECKS, "passed")


def test_every_check_has_an_example_and_a_rule():
    fired = {name for _, name, _, _ in FIRES.values()}
    assert fired | {"received"} == set(CHECKS) == set(Checks.model_fields)


def test_letters_in_another_encoding_show_as_xn_names_that_are_gone(feed):
    """In UTF-8 they are read like xn-- names; in another encoding they end in rejects."""
    names = [f"mü{name.removeprefix('xn--')}" if name.startswith("xn--") else name for name in feed.names(feed.day)]
    feed.send(feed.day, names)
    assert feed.check("idn_share")["result"] == "passed"
    feed.send(feed.day, names, encoding="latin-1")
    assert feed.check("idn_share")["result"] == "warned"


def test_overlap_names_the_date_that_has_most_of_the_names(feed):
    older, newer = feed.names(feed.before[0]), feed.names(feed.before[2])
    feed.send(feed.day, older[:1200] + newer[:700] + feed.names(feed.day)[:100])
    assert "1,200 names (60.00%) are on the list of 2026-11-01" in feed.check("overlap")["detail"]
    assert feed.check("seen_before")["figure"] == 0.95


# --- history ---------------------------------------------------------------------------------------------------------
def test_the_first_dates_are_judged_by_absolute_limits(new_feed):
    new_feed.send(new_feed.day, new_feed.names(new_feed.day))
    rows = run_checks(new_feed.settings, new_feed.day).rows
    results = dict(rows.select("check_name", "result").iter_rows())
    skipped = {name for name, result in results.items() if result == "skipped"}
    assert skipped == {"missing_tlds", "missing_initials", "tld_flood", "seen_before", "overlap", "repeated_list"}
    assert {results[name] for name in results.keys() - skipped} == {"passed"}
    assert rows["history_count"].to_list() == [0] * len(CHECKS)
    assert "0 earlier dates, too few to compare with" in new_feed.check("name_count")["detail"]

    new_feed.send(new_feed.day, new_feed.names(new_feed.day, 900))
    assert new_feed.check("name_count")["result"] == "stopped"
    assert (new_feed.check("name_count")["least"], new_feed.check("name_count")["usual"]) == (1000, None)


def test_a_repeated_list_is_found_from_the_second_date_on_and_a_usual_from_the_fourth(new_feed):
    days = [new_feed.day + timedelta(days=n) for n in range(4)]
    for run_date in days:
        new_feed.send(run_date, new_feed.names(days[0], 2000))
    assert [new_feed.check("repeated_list", day)["figure"] for day in days] == [None, 1, 2, 3]
    assert [new_feed.check("missing_tlds", day)["history_count"] for day in days] == [0, 0, 0, 3]


def test_a_sunday_is_compared_with_sundays(new_feed):
    days = [date(2026, 10, 1) + timedelta(days=n) for n in range(29)]
    for day in days:
        new_feed.send(day, new_feed.names(day, 1200 if day.isoweekday() == 7 else 4000))
    sunday, monday = date(2026, 10, 25), date(2026, 10, 26)
    row = new_feed.check("name_count", sunday)
    assert (row["result"], row["usual"], row["history_count"]) == ("passed", 1200, 3)
    assert "usual 1,200 (3 Sundays)" in row["detail"]
    new_feed.send(monday, new_feed.names(monday, 1200))
    assert new_feed.check("name_count", monday)["result"] == "stopped"
    # with two Sundays before it, it is compared with all dates
    assert new_feed.check("name_count", date(2026, 10, 18))["usual"] == 4000


@pytest.mark.parametrize("count", [300, 9000])
def test_one_bad_list_among_the_past_does_no_harm(feed, count):
    feed.send(feed.before[1], feed.names(feed.before[1], count))
    feed.send(feed.day, feed.names(feed.day))
    assert feed.check("name_count")["result"] == "passed"
    assert feed.check("missing_tlds")["result"] == "passed"


def test_lists_that_share_no_top_level_domain_have_no_usual_one(new_feed):
    for n, tld in enumerate(["com", "net", "org", "shop"]):
        new_feed.send(new_feed.day + timedelta(days=n), [f"name{k}.{tld}" for k in range(1200)])
    assert new_feed.check("missing_tlds", new_feed.day + timedelta(days=3))["figure"] == 0


# --- lists that did not come -----------------------------------------------------------------------------------------
def test_a_list_that_did_not_come_gives_a_warning_and_counts_for_nothing_later(feed):
    both = feed.settings.model_copy(update={"sources": ["file", "sample"]})
    pipeline.download(both, feed.day, "sample")
    pipeline.load(both, feed.day)
    rows = run_checks(both, feed.day).rows
    missing = rows.filter(source="file")
    assert missing.select("check_name", "result", "figure", "least").rows() == [("received", "warned", 0, 1)]
    assert "the date is partial" in missing["detail"].item()
    assert rows.filter(source="sample", check_name="received")["result"].item() == "passed"

    tomorrow = feed.day + timedelta(days=1)
    feed.send(tomorrow, feed.names(tomorrow))
    assert feed.check("name_count", tomorrow)["history_count"] == 4

    feed.send(feed.day, feed.names(feed.day))  # the list that was missing
    assert feed.check("received")["result"] == "passed"
    assert feed.check("name_count", tomorrow)["history_count"] == 5
