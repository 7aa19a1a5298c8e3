"""A name has the same score here as in the table `detections`, to the last bit, and the same reason."""

from __future__ import annotations

import json
from datetime import date

import pytest
from scoring_server import invoke, runtime_client, serving

from squatwatch.cli import steps
from squatwatch.files.lines import lines_of
from squatwatch.files.listfile import open_list
from squatwatch.lake.partitions import Lake
from squatwatch.settings import read_settings

DAY = date(2024, 6, 13)
COMPARED = (
    "domain", "brand", "score", "threshold", "is_detection", "technique", "matched_text", "reason", "aligned",
    "allowlist_reason",
)  # fmt: skip


@pytest.mark.slow
def test_names_and_pairs_are_scored_as_in_the_pipeline(tmp_path, shared_data):
    lines = lines_of(open_list(shared_data / "registrations/newly-registered-domains-2024-06-13.zip", 1 << 30))
    names = lines["text"].to_list()[:30_000]
    (tmp_path / "list.txt").write_text("\n".join(names))
    settings = read_settings(home=tmp_path / "data")
    steps.run_day(settings, DAY, tmp_path / "list.txt", refetch=False)
    detections = Lake(settings.home).read("detections", DAY)
    candidates = Lake(settings.home).read("candidates", DAY)
    assert detections.height > 20 and candidates.height > 500

    with serving(settings) as running:
        client = runtime_client(running.url)
        by_name = [row for part in range(0, 30_000, 10_000) for row in ask(client, names[part : part + 10_000])]
        by_pair = ask(client, [list(pair) for pair in candidates.select("domain", "brand").iter_rows()])

    expected = {(row["domain"], row["brand"]): row for row in detections.iter_rows(named=True)}
    found = {(row["domain"], row["brand"]): row for row in by_name if "error" not in row and row["domain"]}
    popular = set(found) - set(
        expected
    )  # a popular name is set aside before it is scored; the server scores what it is asked
    assert {domain for domain, _ in popular} <= set(Lake(settings.home).read("set_aside", DAY)["domain"])
    assert set(expected) <= set(found)
    for pair, row in expected.items():
        assert {column: found[pair].get(column) for column in COMPARED} == {
            column: row[column] for column in COMPARED
        }, pair
        components = {name.removeprefix("component_"): row[name] for name in row if name.startswith("component_")}
        assert found[pair]["components"] == pytest.approx(components)
    assert [(row["domain"], row["brand"]) for row in by_pair] == candidates.select("domain", "brand").rows()
    explained = {(row["domain"], row["brand"]): row["score"] for row in by_pair if "reason" in row}
    assert explained == {pair: row["score"] for pair, row in expected.items()}


def ask(client, entries):
    body = json.dumps({"names" if isinstance(entries[0], str) else "pairs": entries})
    return json.loads(invoke(client, body, "application/json"))["predictions"]
