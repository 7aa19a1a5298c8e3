"""What the sections count, on a day of ten names that a matcher scores by a table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import pytest

from squatwatch_ml.evaluation.accidents import is_accident
from squatwatch_ml.evaluation.bench import Bench, NotHere
from squatwatch_ml.evaluation.data import RealLists
from squatwatch_ml.evaluation.matchers import SCHEMA
from squatwatch_ml.evaluation.sections import budgets, curves, judged_days, short_brands, squats, techniques, waves

DAY = "list-2026-01-02"
SCORES = {  # of the brand paypal, but for the last ones
    "paypal-login.com": 0.9,
    "paypal-help1.top": 0.8,
    "paypal-help2.top": 0.7,
    "my-paypal-fan.com": 0.6,
    "palpaycafe.com": 0.75,
    "papal.org": 0.2,
    "paypai.com": 0.3,
    "paypal.com": 0.99,
    "dhl-paket.com": 0.9,
    "adhls.com": 0.55,
}
VERDICTS = """domain,brand,verdict
paypal-login.com,paypal,squat
paypal-help1.top,paypal,squat
paypal-help2.top,paypal,squat
paypai.com,paypal,squat
my-paypal-fan.com,paypal,use
papal.org,paypal,other
"""
SQUATS = """brand,squat_domain,match
paypal,paypal-verify.com,combo-token
paypal,pypl.net,typo2
dhl,dhl-fee.top,combo-token
"""


class Table:
    """A matcher that knows the scores of a few names; planted squats score .9 where they hold the brand."""

    name = "table"
    has_scores = True

    def threshold(self, brand: str) -> float:
        return 0.5

    def search(self, domains: Sequence[str], brands: Sequence[str]) -> pl.DataFrame:
        rows = [
            (domain, brand, SCORES.get(domain, 0.9))
            for domain in domains
            for brand in brands
            if brand in domain or (brand == "paypal" and domain in SCORES and "dhl" not in domain)
        ]
        return pl.DataFrame(rows, schema=SCHEMA, orient="row")


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    (tmp_path / "registrations").mkdir()
    for day in (DAY, "2020-05-06.whoisds-c"):
        (tmp_path / "registrations" / f"{day}.txt").write_text("\n".join(SCORES))
    (tmp_path / "judged_2026-01-02.csv").write_text(VERDICTS)
    (tmp_path / "squats.csv").write_text(SQUATS)
    (tmp_path / "brands.csv").write_text("brand,brand_domain\npaypal,paypal.com\n")
    return Bench([Table()], RealLists(tmp_path), {"data": {"brands_learnt": ["garden"]}})


def table(tables: list, name: str) -> pl.DataFrame:
    return next(table.frame for table in tables if table.name == name)


def test_squats_uses_and_false_alarms_are_counted_apart(bench: Bench) -> None:
    row = table(judged_days.tables(bench), "judged_days").row(0, named=True)
    assert (row["day"], row["brands"], row["squats"], row["of"]) == (DAY, 1, 3, 4)
    assert (row["other"], row["unjudged"]) == (0, 1)  # palpaycafe; the brand's own domain is none
    per_name = 150_000 / len(SCORES)
    assert (row["uses"], row["false alarms"]) == (per_name, per_name)
    assert row["precision"] == 3 / 5
    assert row["worth a look"] == 4 / 5


def test_what_a_share_of_the_squats_costs(bench: Bench) -> None:
    rows = table(judged_days.tables(bench), "judged_days_at_recall").rows_by_key("at least", named=True, unique=True)
    assert rows[0.9]["threshold"] == pytest.approx(0.3)
    assert rows[0.9]["squats"] == 4


def test_raised_and_missed_pairs_are_listed_defanged(bench: Bench) -> None:
    listed = table(judged_days.tables(bench), "judged_pairs")
    assert dict(listed.select("domain", "verdict").iter_rows())["palpaycafe[.]com"] == "unjudged"
    assert listed.filter(~pl.col("table raises"))["domain"].to_list() == ["paypai[.]com"]


def test_a_further_squat_counts_for_precision_and_not_for_what_is_found(bench: Bench, monkeypatch) -> None:
    judged = bench.verdicts(DAY)
    more = pl.DataFrame([("palpaycafe.com", "paypal", "squat", True)], schema=judged.schema, orient="row")
    monkeypatch.setattr(bench, "verdicts", lambda day: pl.concat([judged, more]))
    row = table(judged_days.tables(bench), "judged_days").row(0, named=True)
    assert (row["squats"], row["of"], row["further squats"]) == (3, 4, 1)
    assert (row["unjudged"], row["precision"]) == (0, 4 / 5)


def test_a_wave_is_counted_once(bench: Bench) -> None:
    row = table(waves.tables(bench), "waves").row(0, named=True)
    assert (row["squats"], row["of"], row["waves"], row["of waves"]) == (3, 4, 2, 3)


@pytest.mark.parametrize(
    ("names", "count"),
    [
        (["paypal-help1.top", "paypal-help20.top"], 1),
        (["paypal-help1.top", "paypal-help1.com"], 2),  # another suffix
        (["teleglfm-bwt.top", "teleglfm-dzx.top"], 1),  # three edits
        (["visa-a.top", "visa-b.top"], 2),  # too short for an edit to say anything
    ],
)
def test_what_belongs_to_one_wave(names: list[str], count: int) -> None:
    assert len(set(waves.wave_numbers(names).tolist())) == count


def test_squats_are_found_among_the_names_of_a_day(bench: Bench) -> None:
    made = squats.tables(bench)
    by_title = table(made, "squats").rows_by_key("squats of", named=True, unique=True)
    long = by_title["brands of 5 letters or more to report on"]
    assert (long["squats"], long["candidates"], long["table"]) == (2, 0.5, 0.5)
    assert by_title["brands of 2 to 4 letters"]["table"] == 1
    assert table(made, "squats_missed")["domain"].to_list() == ["pypl[.]net"]


@pytest.mark.parametrize(
    ("label", "brand", "expected"),
    [
        ("telegram-web", "telegram", False),
        ("tele-gram", "telegram", False),
        ("find-icloud", "icloud", False),
        ("telegirm", "telegram", False),
        ("interactive-tours", "interac", True),  # in a longer word
        ("xiaomi-cloud", "icloud", True),  # across two parts
        ("impot-gouv", "impots", True),  # altered, and a word
        ("telecrm", "telegram", True),  # altered, and a popular name
    ],
)
def test_what_looks_like_its_brand_by_accident(label: str, brand: str, expected: bool) -> None:
    assert is_accident(label, brand) is expected


def test_accidents_of_the_labels_are_set_aside_and_said(bench: Bench) -> None:
    squats_file = bench.lists.folder / "squats.csv"
    squats_file.write_text(squats_file.read_text() + "interac,interactive-tours.com,combo-inside\n")
    made = squats.tables(bench)
    counts = dict(table(made, "squats").select("squats of", "squats").iter_rows())
    assert (counts["brands of 5 letters or more to report on"], counts["the same without accidents"]) == (3, 1)
    assert table(made, "squats_missed")["is_accident"].to_list() == [True]  # a popular name is `pypl`


def test_squats_of_brands_that_were_learnt_stand_apart(bench: Bench) -> None:
    bench.manifest["data"]["brands_learnt"] = ["paypal"]
    titles = table(squats.tables(bench), "squats")["squats of"].to_list()
    assert titles == ["brands of 2 to 4 letters", "brands trained on"]


def test_where_no_brand_is_to_report_on_no_kinds_are_told(bench: Bench) -> None:
    (bench.lists.folder / "squats.csv").write_text("brand,squat_domain,match\nlinkedin,linkedin-login.com,combo\n")
    made = squats.tables(bench)
    assert table(made, "squats")["squats of"][0] == "brands of 5 letters or more to tune on"
    assert "squats_by_kind" not in [one.name for one in made]


def test_short_brands_are_counted_apart(bench: Bench) -> None:
    rows = table(short_brands.tables(bench), "short_brands").rows_by_key("brand", named=True, unique=True)
    assert (rows["dhl"]["squats"], rows["dhl"]["table"], rows["dhl"]["table raised"]) == (1, 1, 2 * 15_000)
    assert "paypal" not in rows


def test_a_budget_raises_a_threshold_and_is_checked_on_later_days(bench: Bench, monkeypatch) -> None:
    monkeypatch.setattr(budgets, "BUDGETS", (2.0, 50.0))
    by_brand = table(budgets.tables(bench), "budgets_by_brand").filter(pl.col("brand") == "paypal")
    rows = by_brand.rows_by_key("budget", named=True, unique=True)
    assert rows[50.0]["threshold"] == 0.5
    assert rows[2.0]["threshold"] > 0.5
    assert rows[2.0]["is_binding"]
    assert rows[2.0]["names"] <= 2
    assert rows[2.0]["holds"]


def test_curves_and_calibration_are_drawn_from_the_judged_names(bench: Bench) -> None:
    made = curves.tables(bench)
    assert table(made, "calibration")["pairs"].sum() == 7
    brand = table(made, "brands").row(0, named=True)
    assert (brand["brand"], brand["squats"], brand["table found"]) == ("paypal", 4, 3)
    assert brand["table average precision"] == pytest.approx((1 + 1 + 3 / 4 + 4 / 6) / 4)


def test_techniques_are_tried_on_evaluated_brands_and_on_popular_names(bench: Bench, monkeypatch) -> None:
    monkeypatch.setattr(techniques, "PSEUDO_BRANDS", 4)
    rows = table(techniques.tables(bench), "techniques")
    assert {"homoglyph (xn--)", "combo-typo", "two-edits", "reorder", "soundsquat", "level"} <= set(rows["technique"])
    combo = rows.filter(pl.col("technique") == "combo")
    assert combo["imitations of"].to_list() == [
        "popular names of 5 letters or more",
        "evaluated brands of 5 letters or more",
        "those to report on",
        "brands of 2 to 4 letters",
    ]
    assert combo["table"].to_list() == [1, 1, 1, 1]
    assert rows.filter(pl.col("technique") == "homoglyph (xn--)")["table"].max() < 0.1


def test_without_lists_a_section_says_what_it_needs() -> None:
    bench = Bench([Table()], None, {"data": {"brands_learnt": []}})
    with pytest.raises(NotHere, match="--data"):
        judged_days.tables(bench)
