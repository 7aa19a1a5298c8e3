"""The charts: right heights, words for those who cannot see them, and nothing that a strict policy refuses."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from squatwatch.review.charts.charts import bars, histogram, lines, share, sparkline
from squatwatch.review.charts.svg import tag

HOSTILE = '</title><script>alert(1)</script>"&'

CHARTS = {
    "bars": bars(["04 Nov", "05 Nov"], [2, None], 3, HOSTILE),
    "bars without a budget": bars(["04 Nov"], [0], None, HOSTILE, ghosts=True),
    "no bars": bars([], [], 3, HOSTILE),
    "lines": lines(["04 Nov", "05 Nov"], [0.1, None], [(0.25, HOSTILE)], HOSTILE, [(1, HOSTILE)]),
    "no lines": lines([], [], [], HOSTILE),
    "histogram": histogram([HOSTILE, ".9–1"], [0, 2], [0, 1], [0.5, 1.5], HOSTILE),
    "sparkline": sparkline([1, None, 4], 2, HOSTILE),
    "share": share(0.5, 0.2, 0.8, HOSTILE),
}


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_a_chart_is_an_image_with_a_title_and_text_stays_text(chart):
    root = ET.fromstring(str(chart))
    assert root.get("role") == "img" and root[0].tag == "title" and root[0].text == HOSTILE
    assert not [element for element in root.iter() if element.tag == "script" or element.get("style")]


def test_a_bar_is_as_high_as_its_count_and_coloured_above_the_budget():
    chart = ET.fromstring(str(bars(["03 Nov", "04 Nov", "05 Nov"], [8, 2, None], 4, "paypal")))
    days = chart.findall("g[@class='day']")
    tall, low = (day.findall("rect")[1] for day in days[:2])
    assert float(tall.get("height")) == 4 * float(low.get("height")) == 136
    assert (tall.get("class"), low.get("class")) == ("bar over", "bar")
    assert [day.find("title").text for day in days] == ["03 Nov: 8 flagged", "04 Nov: 2 flagged", "05 Nov: not scored"]
    assert [number.text for number in chart.findall("g[@class='numbers']/text")] == ["8", "2", None]


def test_a_line_breaks_where_there_is_no_value():
    chart = ET.fromstring(str(lines(list("abcde"), [1, 2, None, 3, 4], [], "drift")))
    assert len(chart.findall("line[@class='line']")) == 2
    assert len(chart.findall("circle")) == 4


def test_a_small_chart_has_a_bar_a_scored_day_and_another_colour_above_the_budget():
    paths = ET.fromstring(str(sparkline([4, 0, None, 1], 2, "paypal"))).findall("path")
    assert {path.get("class"): path.get("d") for path in paths} == {
        "bar over": "M0 24v-22.0h4v22.0z",
        "bar": "M5 24v-0.8h4v0.8zM15 24v-5.5h4v5.5z",
    }


def test_an_element_without_a_value_has_no_such_attribute():
    assert tag("g", "a<b", class_="x", data_top=1.0, id=None) == '<g class="x" data-top="1">a&lt;b</g>'
