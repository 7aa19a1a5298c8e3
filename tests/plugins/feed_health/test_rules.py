"""feed_health.yml is read strictly, and a source may have rules of its own."""

from pathlib import Path

import pytest

from squatwatch.errors import SquatwatchError
from squatwatch.feed_health import run_checks
from squatwatch.feed_health.rules import SHIPPED, read_rules
from squatwatch.settings import SOURCE_NAMES, read_settings

ROOT = Path(__file__).resolve().parents[3]
TEXT = SHIPPED.read_text()


@pytest.fixture
def rules_file(tmp_path):
    """Writes the shipped rules with one part replaced; gives the settings that use them."""

    def write(part, instead):
        assert part in TEXT
        path = tmp_path / "rules.yml"
        path.write_text(TEXT.replace(part, instead, 1))
        return read_settings(home=tmp_path / "data", feed_health_file=path)

    return write


def test_the_shipped_rules_are_complete_and_say_what_is_switched_off(settings):
    rules = read_rules(settings.feed_health_file)
    assert rules.history.dates == 28
    for source in (*SOURCE_NAMES, "input"):
        assert all(rule.stop or rule.warn for rule in rules.of(source).values())


def test_the_shipped_rules_are_in_the_wheel():
    from hatchling.builders.wheel import WheelBuilder

    included = {file.distribution_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}
    assert "squatwatch/feed_health/feed_health.yml" in included


OVERLAP = "  overlap:\n    stop: {most: 0.4}\n"


@pytest.mark.parametrize(
    ("part", "instead", "message"),
    [
        ("least: 1000,", "leest: 1000,", "checks.name_count.stop.leest is 1000: there is no such key"),
        ("checks:", "check:", "checks: it is missing; check: there is no such key"),
        ("stop: {most: 0.4}", "halt: {most: 0.4}", "checks.overlap.halt: there is no such key"),
        (OVERLAP, "", "checks lacks overlap; `overlap: {}` switches a check off"),
        (OVERLAP, "  overlap: off\n", "checks.overlap is False: it has to be a block of keys"),
        ("stop: {most: 0.4}", "stop: {}", "checks.overlap.stop: it has no limit"),
        ("stop: {most: 0.4}", "stop: {most: 40}", "checks.overlap.stop.most is 40: Input should be less than or equal"),
        ("stop: {most: 0.4}", "stop: {most: '0.4'}", "checks.overlap.stop.most is '0.4': Input should be a valid num"),
        ("stop: {most: 0.4}", "stop: {most: -1}", "checks.overlap.stop.most is -1: Input should be greater than or"),
        ("stop: {most: 0.4}", "stop: {most: .nan}", "checks.overlap.stop.most is nan: Input should be a finite number"),
        ("stop: {most: 0.4}", "stop: {most_of_usual: 2}", "checks.overlap.stop.most_of_usual is 2: there is no such"),
        ("stop: {most: 0.25}", "stop: {least: 0.5, most: 0.25}", "checks.reject_share.stop: least 0.5 is above most"),
        ("missing_below: 0.05", "missing_below: few", "checks.missing_tlds.missing_below is 'few': Input should be"),
        ("flood_times: 10", "flood_times: 1", "checks.tld_flood.flood_times is 1: Input should be greater than 1"),
        ("dates: 28", "dates: 0", "history.dates is 0: Input should be greater than or equal to 1"),
        ("dates: 28", "dates: yes", "history.dates is True: Input should be a valid integer"),
        ("  whoisds:", "  whois:", "sources.whois is 'whois': Input should be 'sample', 'file', 'whoisds', 'http'"),
        ("  overlap:", "  seen_before:", "has the key seen_before twice, in lines "),
        ("stop: {most: 0.4}", "stop: {most: 0.4", "expected ',' or '}'"),
        (TEXT, "", "history: it is missing; checks: it is missing"),
        (TEXT, "- a list", "it has to be a block of keys"),
    ],
)
def test_a_file_that_does_not_fit_names_file_key_and_value(rules_file, part, instead, message):
    settings = rules_file(part, instead)
    with pytest.raises(SquatwatchError) as failure:
        read_rules(settings.feed_health_file)
    assert str(failure.value).startswith(f"the feed health rules {settings.feed_health_file} do not fit: ")
    assert message in str(failure.value)


def test_a_file_that_is_not_there_names_the_setting(settings, tmp_path):
    with pytest.raises(SquatwatchError, match=r"nowhere\.yml cannot be read .*correct SQUATWATCH_FEED_HEALTH_FILE"):
        read_rules(tmp_path / "nowhere.yml")


def test_a_file_that_was_changed_is_read_again(rules_file):
    assert read_rules(rules_file("dates: 28", "dates: 7").feed_health_file).history.dates == 7
    assert read_rules(rules_file("dates: 28", "dates: 9").feed_health_file).history.dates == 9


def test_rules_that_do_not_fit_stop_a_run_before_it_writes_anything(rules_file):
    from squatwatch import pipeline

    with pytest.raises(SquatwatchError, match="the feed health rules"):
        pipeline.check(rules_file("dates: 28", "dates: 0"))


# --- in force --------------------------------------------------------------------------------------------------------
def result(feed, rules, name):
    feed.settings = feed.settings.model_copy(update={"feed_health_file": rules.feed_health_file})
    return feed.check(name)["result"]


def test_a_severity_can_be_changed(feed, rules_file):
    feed.send(feed.day, feed.names(feed.day) + [f"flood{n}.tk" for n in range(100)])
    assert feed.check("tld_flood")["result"] == "warned"
    stricter = rules_file("    warn: {most: 0.03}", "    stop: {most: 0.03}")
    assert result(feed, stricter, "tld_flood") == "stopped"


def test_a_check_can_be_switched_off_and_says_so(feed, rules_file):
    feed.send(feed.day, feed.names(feed.before[-1]))
    off = rules_file("  repeated_list:\n    stop: {most: 0}\n", "  repeated_list: {}\n")
    assert result(feed, off, "repeated_list") == "skipped"
    assert feed.check("repeated_list")["detail"] == "switched off"


def test_a_source_may_have_its_own_rule_for_a_check(feed, rules_file):
    feed.send(feed.day, feed.names(feed.day, 600))
    assert feed.check("name_count")["result"] == "stopped"
    own = "sources:\n  file:\n    name_count:\n      warn: {least_of_usual: 0.5}\n"
    assert result(feed, rules_file("sources:\n", own), "name_count") == "warned"
    assert feed.check("missing_tlds")["result"] == "passed"  # other checks keep their rules
    assert read_rules(feed.settings.feed_health_file).of("http")["name_count"].stop.least == 1000


def test_a_date_can_be_held_up_until_all_its_lists_are_there(feed, rules_file):
    strict = rules_file("    warn: {least: 1}", "    stop: {least: 1}")
    both = feed.settings.model_copy(update={"feed_health_file": strict.feed_health_file, "sources": ["file", "sample"]})
    from squatwatch import pipeline

    pipeline.download(both, feed.day, "sample")
    pipeline.load(both, feed.day)
    assert not run_checks(both, feed.day).is_healthy


# --- the words of releases up to 0.2.0 -------------------------------------------------------------------------------
def test_a_file_with_the_former_word_is_read_as_the_same_rules(settings, tmp_path):
    former = tmp_path / "rules.yml"
    former.write_text(TEXT.replace("    warn: {", "    tell: {"))
    assert "    tell: {most: 0.03}" in former.read_text() and "    warn: {" not in former.read_text()
    assert read_rules(former) == read_rules(settings.feed_health_file)


def test_a_check_with_both_words_is_refused(rules_file):
    settings = rules_file("    warn: {most: 0.03}", "    warn: {most: 0.03}\n    tell: {most: 0.03}")
    with pytest.raises(SquatwatchError, match=r"checks\.tld_flood: `tell` is the former word for `warn`"):
        read_rules(settings.feed_health_file)
