"""The pages as a browser gets them, in the smallest app that has them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import timedelta
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

REFUSED = re.compile(r"<script(?! type=\"application/json\"| src=\"\.\.?/static/)|\bstyle=|\son\w+=[\"']|https?://")


@pytest.fixture
def get(app_with_charts):
    """get(settings, path, status=200) gives the page below /review/."""

    def page(settings, path, status=200):
        response = TestClient(app_with_charts(settings), root_path="/airflow").get(f"/airflow/review/{path}")
        assert response.status_code == status
        return response.text

    return page


def test_the_list_of_brands_leads_to_each(get, month):
    page = get(month.settings, "brands")
    assert 'href="./brands/paypal"' in page and 'href="./static/charts.css"' in page
    assert page.count("<svg") == 3
    for href in re.findall(r'href="(brands/[^"]+)"', page):
        get(month.settings, href)


def test_a_brand_s_page_has_its_days_its_threshold_and_its_detections(get, month):
    page = get(month.settings, "brands/paypal")
    assert 'href="../static/charts.css"' in page and 'src="../static/threshold.js"' in page
    assert "34 names in the 30 days up to 2026-11-05, 1.2 a day against a budget of 2." in page
    assert "paypal-login-1105[.]com" in page and "paypal-login-1105.com" not in page
    assert "<td>Squat" in page


def test_the_slider_s_figures_are_in_the_page(get, month):
    [data] = re.findall(
        r'<script type="application/json" id="thresholds">(.*?)</script>', get(month.settings, "brands/paypal")
    )
    slider = json.loads(data)
    total = {step["text"]: sum(step["counts"]) for step in slider["steps"]}
    assert total["0.15"] == 63 and total["0.3"] == 63 and total["0.35"] == 34
    assert total["0.6"] == 34 and total["0.65"] == 29 and total["0.9"] == 29 and total["0.91"] == 0
    assert slider["steps"][slider["in_force"]]["text"] == "0.5"
    assert slider["scored_days"] == 29 and len(slider["days"]) == 30


def test_the_models_page_has_precision_scores_and_drift(get, month):
    page = get(month.settings, "models")
    assert "bilstm-0" in page and "50 %" in page and "1 of 2 judged names are squats" in page
    assert page.count('class="chart ') == 2
    assert "The scores have moved" in page


def test_the_first_date_of_a_model_is_compared_with_nothing(get, new_dates, tmp_path, month):
    for version, day in (
        ("bilstm-1", month.gap),
        ("bilstm-1", month.last),
        ("bilstm-2", month.last + timedelta(days=1)),
    ):
        dates = new_dates(tmp_path, version)
        dates.write(day, "paypal-login.com")
    dates.publish()
    assert "no earlier one of its model" in get(dates.settings, "models")


def test_hostile_brands_and_notes_stay_text(get, month):
    assert month.hostile not in get(month.settings, "brands")
    page = get(month.settings, f"brands/{quote(month.hostile, safe='')}")
    assert "<h1><bdi>&lt;img src=x" in page and "<img" not in page
    assert page.count("alert(3)") == 2 and "<script>" not in page  # in the table and in the slider's JSON
    page = get(month.settings, "brands/paypal")
    assert "&lt;script&gt;alert(2)" in page and "<script>" not in page


@pytest.mark.parametrize("path", ["brands", "brands/paypal", "models"])
def test_nothing_that_a_strict_policy_refuses(get, month, path):
    assert not REFUSED.search(get(month.settings, path))


@pytest.mark.parametrize("name", ["unknown", "<b>", "..%5C..", "a'; drop table x", "%00", "пэйпал"])
def test_an_unknown_brand_is_a_page_that_says_so(get, month, name):
    page = get(month.settings, f"brands/{quote(name, safe='%')}", status=404)
    assert "No such brand" in page and "<b>" not in page


def test_a_brand_without_a_name_that_resembles_it(get, month):
    page = get(month.settings, "brands/klarna")
    assert "No name has resembled this brand yet" in page and "None in these 30 days." in page


def test_pages_of_a_warehouse_without_dates_or_without_a_warehouse(get, nothing_scored, settings):
    for empty in (nothing_scored, settings):
        assert "No date is published yet" in get(empty, "brands")
        assert "No date is published yet" in get(empty, "models")
        get(empty, "brands/paypal", status=404)


def test_the_web_server_loads_the_routes_without_duckdb_or_polars():
    program = "import sys, squatwatch.review.charts.routes; print({'duckdb', 'polars'} & set(sys.modules))"
    assert (
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "set()\n"
    )
