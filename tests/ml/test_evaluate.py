"""What an artifact finds and raises, counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from squatwatch_ml.evaluate import evaluate, flagged, read_brands

DAY = ["paypal-login.com", "garden.com", "my-netflix.org", "paypal.com", "xn--pypal-4ve.com", "roses-and-more.de"]


class Always:
    """A scorer that flags every candidate."""

    def score(self, labels, brands):
        return [1.0] * len(labels)


def test_names_are_flagged_by_domain_brand_and_score() -> None:
    alarms, candidates = flagged(Always(), DAY, ["paypal", "netflix"], 0.5)
    assert [alarm[:2] for alarm in alarms] == [
        ("paypal-login.com", "paypal"),
        ("my-netflix.org", "netflix"),
        ("paypal.com", "paypal"),
        ("xn--pypal-4ve.com", "paypal"),
    ]
    assert candidates == 4


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    texts = {
        "squats.csv": "brand,squat_domain,match\npaypal,paypal-login.com,combo-token\npaypal,unrelated.com,typo2\n",
        "day.txt": "\n".join(DAY),
        "judged.csv": "domain,brand,verdict\npaypal-login.com,paypal,squat\nmy-netflix.org,netflix,use\n",
        "brands.csv": "brand,brand_domain\npaypal,paypal.com\nnetflix,netflix.com\n",
        "brands.tsv": "paypal\tpaypal.com,paypal.me\nnetflix\tnetflix.com\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
    return {name: tmp_path / name for name in texts}


def test_recall_is_counted_by_kind_and_by_whether_the_brand_was_trained_on(trained, files) -> None:
    figures = evaluate(trained[0], squats=files["squats.csv"]).figures
    assert figures["squats: candidates"] == "0.5000 of 2"
    assert figures["squats by typo2"] == "0.0000 of 1"
    assert "squats of brands not in training" in figures


def test_alarms_leave_the_brands_own_domains_out(trained, files) -> None:
    report = evaluate(trained[0], registrations=files["day.txt"], brands=files["brands.csv"])
    assert "paypal.com" not in [alarm.domain for alarm in report.alarms]
    assert report.figures["names, brands"] == "6, 2"


def test_judged_names_are_counted_by_verdict(trained, files) -> None:
    report = evaluate(trained[0], registrations=files["day.txt"], judged=files["judged.csv"])
    assert report.figures["judged squat: flagged"].endswith("of 1")
    assert "false alarms per brand per 150,000 names" in report.figures
    assert "judged squat: flagged" in str(report)
    assert report.figures["at threshold 0.2"].startswith(("0 squats", "1 squats"))


def test_without_files_the_packaged_names_are_used(trained, few_names) -> None:
    figures = evaluate(trained[0]).figures
    assert "generated imitations found" in figures
    assert figures["popular names flagged per brand per 150,000"] >= 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"judged": "judged.csv"}, "--judged needs --registrations"),
        ({"registrations": "day.txt"}, "needs --brands or --judged"),
        ({"squats": "judged.csv"}, "has no column squat_domain"),
    ],
)
def test_options_and_files_that_do_not_fit_are_named(trained, files, given: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        evaluate(trained[0], **{option: files[name] for option, name in given.items()})


def test_brands_are_read_from_csv_and_tsv(files) -> None:
    assert read_brands(files["brands.csv"])["paypal"] == {"paypal.com"}
    assert read_brands(files["brands.tsv"])["paypal"] == {"paypal.com", "paypal.me"}
