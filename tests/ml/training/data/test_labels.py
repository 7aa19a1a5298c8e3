"""Verdicts of people: read from files, contradictions and evaluated brands left out."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from squatwatch_ml.training.data.labels import LabelledName as Name
from squatwatch_ml.training.data.labels import read_labels


def test_verdicts_and_lists_of_squats_are_read(tmp_path: Path) -> None:
    (tmp_path / "verdicts.csv").write_text(
        "domain,brand,verdict\nzalando-konto.de,Zalando,squat\nzalandro.com,zalando,use\n"
    )
    (tmp_path / "squats.csv.gz").write_bytes(gzip.compress(b"brand,squat_domain\nzalando,xn--zalndo-dua.co.uk\n"))
    found = read_labels([tmp_path / "verdicts.csv", tmp_path / "squats.csv.gz"])
    assert found.names == [
        Name("zalando-konto", "zalando", True), Name("zalandro", "zalando", False), Name("zaländo", "zalando", True),
    ]  # fmt: skip


def test_a_file_that_contradicts_itself_teaches_neither_side(tmp_path: Path) -> None:
    path = tmp_path / "verdicts.csv"
    path.write_text("domain,brand,verdict\n" + "zalandro.com,zalando,squat\nzalandro.com,zalando,other\n" * 3)
    found = read_labels([path])
    assert (found.names, found.contradictions) == ([], 1)


def test_labels_of_brands_that_are_reported_on_are_not_learnt_from(tmp_path: Path) -> None:
    path = tmp_path / "squats.csv"
    path.write_text("brand,squat_domain\namazon,amazon-konto.com\nzalando,zalando-konto.com\n")
    found = read_labels([path])
    assert [label.brand for label in found.names] == ["zalando"]
    assert found.kept_apart == 1


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("name,brand", "needs the columns brand, domain and verdict"),
        ("domain,brand", "needs the columns brand, domain and verdict"),
        ("squat_domain,name", "has no column brand"),
    ],
)
def test_a_file_without_its_columns_is_named(tmp_path: Path, header: str, problem: str) -> None:
    path = tmp_path / "verdicts.csv"
    path.write_text(f"{header}\nzalando-konto.de,zalando\n")
    with pytest.raises(ValueError, match=f"{path} {problem}"):
        read_labels([path])
