"""The score step with the shipped model, in a process of its own: what it gives, and what it does not load."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date

import polars as pl
import pytest

from squatwatch.lake.partitions import Lake

DAY = date(2026, 11, 5)
PROGRAM = """
import re, sys
from datetime import date
from squatwatch import pipeline
from squatwatch.settings import read_settings
from squatwatch.sentences import sentence
print(sentence(pipeline.score(read_settings(), date(2026, 11, 5))))
heavy = {"tensorflow", "keras", "onnx", "airflow", "pandas", "scipy", "sklearn", "matplotlib", "pyarrow"}
print(sorted((heavy | {"wordfreq", "english_words"}) & set(sys.modules)))  # words are read from a table
print(int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) // 1024)
"""


@pytest.fixture
def lake(settings) -> Lake:
    lake = Lake(settings.home)
    rows = {
        "domain": ["paypal-login-secure.com", "orchardview.org"],
        "domain_unicode": ["paypal-login-secure.com", "orchardview.org"],
        "label": ["paypal-login-secure", "orchardview"],
        "brand": ["paypal", "paypal"],
        "sources": [["sample"]] * 2,
        "allowlist_reason": [None, None],
    }
    types = {"sources": pl.List(pl.String), "allowlist_reason": pl.String}
    lake.write("candidates", DAY, pl.DataFrame(rows, schema_overrides=types))
    return lake


def score_in_a_process(lake: Lake, **variables: str) -> list[str]:
    environment = {**os.environ, "SQUATWATCH_HOME": str(lake.home), **variables}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_on_a_cpu_a_day_is_scored_without_tensorflow_and_in_little_memory(lake) -> None:
    said, loaded, mebibytes = score_in_a_process(lake, CUDA_VISIBLE_DEVICES="")
    assert "2 candidates on the cpu" in said
    assert loaded == "[]"
    assert int(mebibytes) < 400  # its own peak; `getrusage` would count that of the process that started it
    assert lake.read("detections", DAY).filter("is_detection")["domain"].to_list() == ["paypal-login-secure.com"]


@pytest.mark.slow
def test_the_engine_that_is_asked_for_scores_the_same(lake) -> None:
    score_in_a_process(lake, CUDA_VISIBLE_DEVICES="")
    by_onnx = lake.read("detections", DAY).drop("scored_at")
    _, loaded, _ = score_in_a_process(lake, CUDA_VISIBLE_DEVICES="", SQUATWATCH_ENGINE="tensorflow")
    assert (
        "'keras'" in loaded and "'tensorflow'" in loaded and "onnx" not in loaded
    )  # Keras loads what it finds besides
    by_tensorflow = lake.read("detections", DAY).drop("scored_at")
    assert by_tensorflow["domain"].to_list() == by_onnx["domain"].to_list() != []
    assert by_tensorflow["score"].to_list() == pytest.approx(by_onnx["score"].to_list(), abs=1.1e-5)
