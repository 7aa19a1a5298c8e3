"""The whole evaluation, over a folder of invented lists and a network trained in seconds."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from squatwatch_ml.evaluation import plots, run
from squatwatch_ml.evaluation.report import markdown
from squatwatch_ml.evaluation.run import evaluate
from squatwatch_ml.evaluation.sections import packaged
from squatwatch_ml.network.artifact import read_artifact
from squatwatch_ml.training.extra import MissingExtra

DAY = "paypal-login.com garden.com my-netflix.org paypal.com xn--pypal-4ve.com roses-and-more.de netfiix.top".split()
JUDGED = "domain,brand,verdict\npaypal-login.com,paypal,squat\nnetfiix.top,netflix,squat\nmy-netflix.org,netflix,use\n"


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    (tmp_path / "lists" / "registrations").mkdir(parents=True)
    (tmp_path / "lists" / "registrations" / "day-1.txt").write_text("\n".join(DAY))
    (tmp_path / "lists" / "judged_1.csv").write_text(JUDGED)
    (tmp_path / "lists" / "brands.tsv").write_text("paypal\tpaypal.com\nnetflix\tnetflix.com\n")
    return tmp_path / "lists"


@pytest.fixture
def said() -> list[str]:
    return []


def test_tables_are_printed_and_written_with_plots(trained, lists: Path, tmp_path: Path, said: list[str]) -> None:
    pytest.importorskip("matplotlib")
    output = tmp_path / "out"
    tables = evaluate(trained[0], lists, output, ["judged", "curves"], tell=said.append, say=lambda line: None)
    assert {"judged_days.csv", "judged_pairs.csv", "report.md", "flagged_recall.svg"} <= {
        path.name for path in output.iterdir()
    }
    assert any(text.startswith("## Judged real days, at the threshold") for text in said)
    judged = pl.read_csv(output / "judged_days.csv")
    assert judged.height == tables[0].frame.height
    assert judged.filter(pl.col("matcher") == "rule")["squats"].to_list() == [2]


def test_a_section_that_lacks_its_data_says_so_and_the_rest_runs(trained, lists: Path, tmp_path: Path, said) -> None:
    tables = evaluate(trained[0], lists, tmp_path / "out", ["judged", "budget"], tell=said.append)
    assert tables[0].name == "judged_days"
    assert [text for text in said if text.startswith("budget: left out, needs days to calibrate on")]


def test_without_lists_packaged_names_are_used(trained, few_names, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(packaged, "NAMES", 2_000)
    monkeypatch.setattr(packaged, "BRANDS", 5)
    tables = evaluate(trained[0], None, tmp_path / "out", ["packaged"], tell=lambda text: None, say=lambda line: None)
    rows = tables[0].frame.rows_by_key("matcher", named=True, unique=True)
    assert rows["rule"]["found"] > 0.5
    assert 0 <= rows["squatwatch"]["found"] <= 1


def test_without_the_extra_the_rest_runs(trained, lists: Path, tmp_path: Path, said, monkeypatch) -> None:
    def missing(*_):
        raise MissingExtra("opensquat is not installed. Run: uv pip install '.[evaluation]'")

    monkeypatch.setattr(run, "OpenSquat", missing)
    monkeypatch.setattr(plots, "need", missing)
    tables = evaluate(trained[0], lists, tmp_path / "out", ["judged"], tell=said.append, say=said.append)
    assert set(tables[0].frame["matcher"]) == {"squatwatch", "rule", "rule with words"}
    assert [text for text in said if text.startswith("openSquat is not compared: opensquat is not installed")]
    assert [text for text in said if text.startswith("no plots:")]


def test_lightgbm_is_trained_on_the_networks_pairs_and_kept(trained, few_names, lists: Path, tmp_path: Path) -> None:
    pytest.importorskip("lightgbm")
    said: list[str] = []
    for _ in range(2):
        tables = evaluate(trained[0], lists, tmp_path, ["judged"], lightgbm=True, tell=str, say=said.append)
    assert list(tables[0].frame["matcher"])[:3] == ["squatwatch", "LightGBM pair", "average"]
    manifest = read_artifact(trained[0]).manifest
    assert (tmp_path / f"pair-lightgbm-{manifest['model_version']}.txt").exists()
    pairs = sum(manifest["data"]["pairs"].values())
    assert [line for line in said if line.startswith("LightGBM: encoding")] == [
        f"LightGBM: encoding {pairs:,} pairs and training"
    ]


def test_the_articles_models_are_trained_where_tensorflow_scores_with_other_threads(trained, tmp_path: Path) -> None:
    program = """
import sys
from pathlib import Path
from squatwatch_ml.evaluation import run
from squatwatch_ml.training.frame import repeatable
run.SECTIONS["article"] = lambda bench: print(repeatable(bench.seed)) or []
run.evaluate(*map(Path, sys.argv[1:]), only=["article"], device="cpu", engine="tensorflow", threads=1)
"""
    arguments = [str(trained[0]), ".", str(tmp_path / "out")]
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)
    assert "'keras': " in done.stdout, done.stderr


def test_an_unknown_section_is_an_error_that_names_the_known_ones(trained, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unknown section judge: choose from judged, curves"):
        evaluate(trained[0], None, tmp_path / "out", ["judge"])
    assert not (tmp_path / "out").exists()


def test_numbers_are_written_for_people() -> None:
    frame = pl.DataFrame({"of": ["a|b", None], "share": [0.98765, 2.0], "count": [1234, 0]})
    assert markdown(frame).splitlines() == [
        "| of   |  share | count |",
        "| ---- | -----: | ----: |",
        "| a\\|b | 0.9877 | 1,234 |",
        "|      |      2 |     0 |",
    ]
