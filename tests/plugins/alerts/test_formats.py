"""What an alert looks like in each format: golden files, the published schemas, hostile names and words."""

from __future__ import annotations

import json
from dataclasses import replace

import golden
import pytest
import stix2
from schemas import ecs_faults, ocsf_faults
from stix2patterns.validator import run_validator

from squatwatch.alerts.alert import alert_of
from squatwatch.alerts.formats import FORMATS
from squatwatch.alerts.formats.common import level
from squatwatch.alerts.formats.digest import digest
from squatwatch.alerts.formats.ecs import ecs
from squatwatch.alerts.formats.ocsf import ocsf
from squatwatch.alerts.formats.stix import stix
from squatwatch.errors import SquatwatchError

ALERTS = golden.ALERTS
HOSTILE_DOMAINS = [
    "a.com'] OR [ipv4-addr:value = '10.0.0.1", "a.com\\", 'a"b.com', "pаypal.com", "a b.com", "a.com\n", "A.com", "",
    "<b>.com", "a..com", "-a.com", "{{7*7}}.com",
]  # fmt: skip
HOSTILE_WORDS = "<script>x</script>{{ 7*7 }}\u202e'\"] \n=1+1"


@pytest.mark.parametrize("name", sorted(golden.documents()))
def test_the_golden_files(name):
    assert golden.documents()[name] == (golden.FOLDER / name).read_text("utf-8")


@pytest.mark.parametrize("action", ALERTS)
def test_the_schemas(action):
    assert ecs_faults(ecs(ALERTS[action])) == []
    assert ocsf_faults(ocsf(ALERTS[action])) == []
    bundle = stix2.parse(json.dumps(stix(ALERTS[action])), allow_custom=False)
    indicators = [each for each in bundle.objects if each.type == "indicator"]
    assert len(indicators) == 1 + len(ALERTS[action].others)
    assert all(run_validator(indicator.pattern, stix_version="2.1") == [] for indicator in indicators)
    assert {each.type for each in bundle.objects} >= {"identity", "indicator", "domain-name", "relationship"}


def test_the_checks_of_the_schemas_find_what_is_wrong():
    wrong = ecs(ALERTS["new"]) | {"nonsense": "x"}
    wrong["event"]["sequence"] = "1"
    assert sorted(ecs_faults(wrong)) == ["event.sequence is no long: '1'", "nonsense is no field"]
    wrong = ocsf(ALERTS["new"]) | {"status": "Closed"}
    del wrong["finding_info"]["uid"]
    assert ocsf_faults(wrong) == ["finding_info.uid is missing", "status is not the caption of status_id"]


def test_what_is_said_later_is_of_the_same_thing():
    """A receiver replaces what it has: ids are those of the detection, and time and sequence go on."""
    new, revoked = ALERTS["new"], ALERTS["revoked"]
    assert ecs(new)["event"]["id"] == ecs(revoked)["event"]["id"] == new.detection_id
    assert ocsf(new)["finding_info"]["uid"] == ocsf(revoked)["finding_info"]["uid"]
    before, after = ({each["type"]: each for each in stix(alert)["objects"]} for alert in (new, revoked))
    for kind in ("indicator", "relationship", "domain-name", "identity"):
        assert before[kind]["id"] == after[kind]["id"]
    assert before["indicator"]["modified"] < after["indicator"]["modified"]
    assert "revoked" not in before["indicator"] and after["indicator"]["revoked"] is True
    assert new.alert_id != revoked.alert_id
    assert (ocsf(new)["is_alert"], ocsf(revoked)["is_alert"]) == (True, False)


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_alert_is_the_same_document(name):
    again = alert_of(ALERTS["changed"].as_json())
    assert json.dumps(FORMATS[name](again)) == json.dumps(FORMATS[name](ALERTS["changed"]))


@pytest.mark.parametrize("make", [*FORMATS.values(), lambda alert: digest([alert])], ids=[*FORMATS, "digest"])
@pytest.mark.parametrize("domain", HOSTILE_DOMAINS, ids=range(len(HOSTILE_DOMAINS)))
def test_only_a_labels_enter(make, domain):
    """stix2 takes a pattern with a quote in it for a longer pattern."""
    with pytest.raises(SquatwatchError, match="no domain in A-labels; it is not sent"):
        make(replace(ALERTS["new"], domain=domain))


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_words_stay_words(name):
    alert = replace(ALERTS["revoked"], brand=HOSTILE_WORDS, reason=HOSTILE_WORDS, cause=HOSTILE_WORDS)
    text = json.dumps(FORMATS[name](alert), ensure_ascii=False)
    assert "\u202e" not in text and "\n" not in json.loads(text).get("message", "")
    assert "\\\\u202e" in text and "{{ 7*7 }}" in text


def test_a_mail_has_no_markup_and_no_link_of_a_name():
    mail = digest([replace(ALERTS["new"], brand=HOSTILE_WORDS, reason=HOSTILE_WORDS)])
    assert "<script>" not in mail.html and "&lt;script&gt;" in mail.html and "{{ 7*7 }}" in mail.html
    assert "xn--pypal-4ve[.]com" in mail.html and "xn--pypal-4ve.com" not in mail.html + mail.text + mail.subject
    assert mail.subject == "squatwatch: 1 new" and "\n" not in mail.subject


@pytest.mark.parametrize(
    "score, word", [(0.95, "High"), (0.9499, "Medium"), (0.8, "Medium"), (0.7999, "Low"), (0, "Low")]
)
def test_the_cut_offs(score, word):
    alert = replace(ALERTS["new"], score=score)
    assert level(score) == word == ecs(alert)["threat"]["indicator"]["confidence"] == ocsf(alert)["confidence"]


def test_an_alert_of_a_wave_has_every_name_of_it_in_every_format():
    wave = ALERTS["wave"]
    told = (wave, *wave.others)
    names, ids = [each.domain for each in told], [each.detection_id for each in told]
    document, event, objects = ecs(wave), ocsf(wave), stix(wave)["objects"]
    assert document["related"]["hosts"] == names and document["threat"]["indicator"]["id"] == ids
    assert [(each["value"], each["uid"]) for each in event["osint"]] == list(zip(names, ids, strict=True))
    assert [each["value"] for each in event["observables"] if each["type_id"] == 1] == names
    assert [each["id"] for each in objects if each["type"] == "indicator"] == [f"indicator--{id_}" for id_ in ids]
    assert all(name.replace(".", "[.]") in digest([wave]).text for name in names)
    assert digest([wave]).subject == "squatwatch: 3 new"


def test_what_is_said_later_of_the_first_name_of_a_wave_replaces_nothing_that_was_said_of_the_others():
    wave = ALERTS["wave"]
    later = replace(wave, action="revoked", sequence=2, others=())
    assert ecs(wave)["event"]["id"] != ecs(later)["event"]["id"] == wave.detection_id
    assert ocsf(wave)["finding_info"]["uid"] != ocsf(later)["finding_info"]["uid"] == wave.detection_id


def test_a_sentence_names_ten_of_a_large_wave():
    others = tuple(replace(ALERTS["new"], domain=f"paypal-{number}.com") for number in range(99))
    message = ecs(replace(ALERTS["wave"], others=others))["message"]
    assert message.count("[.]com") == 11 and message.endswith("paypal-9[.]com and 89 more")


def test_a_score_of_one_is_not_certain():
    certain = replace(ALERTS["new"], score=1.0)
    assert ocsf(certain)["confidence_score"] == 99
    assert [each["confidence"] for each in stix(certain)["objects"] if each["type"] == "indicator"] == [99]
