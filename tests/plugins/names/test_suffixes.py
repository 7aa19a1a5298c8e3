"""The suffix list that is set, and zones that are watched, decide what a registrable name is."""

from __future__ import annotations

import pytest
from publicsuffixlist import PSLFILE

from squatwatch.errors import SquatwatchError
from squatwatch.files.lines import lines_of
from squatwatch.ingest.load import made_from_lists
from squatwatch.ingest.normalise import normalise
from squatwatch.names.registrable import NotADomain, registrable
from squatwatch.settings import read_settings


@pytest.fixture(autouse=True)
def packaged_again():
    yield
    read_settings()


@pytest.fixture
def newer(tmp_path):
    with open(PSLFILE, encoding="utf-8") as file:
        text = file.read()
    path = tmp_path / "public_suffix_list.dat"
    path.write_text(text.replace("// ===END ICANN DOMAINS===", "teehaus\n// ===END ICANN DOMAINS==="), "utf-8")
    return path


def kept(line: str) -> list[str]:
    return normalise("sample", lines_of(f"{line}\nplain.com\n".encode())).registrations["domain"].to_list()[:-1]


def test_a_newer_list_makes_names_below_new_suffixes_registrations(newer, tmp_path, monkeypatch):
    assert kept("alpen.teehaus") == []
    with pytest.raises(NotADomain):
        registrable("www.alpen.teehaus")
    monkeypatch.setenv("SQUATWATCH_SUFFIXES_FILE", str(newer))
    read_settings()
    assert kept("alpen.teehaus") == ["alpen.teehaus"]
    assert registrable("www.alpen.teehaus") == "alpen.teehaus"
    assert "suffixes" in made_from_lists([], []).inputs  # so that status knows which dates were made with another one


def test_a_zone_that_is_watched_is_a_suffix(monkeypatch):
    assert kept("alpen.innen") == []
    monkeypatch.setenv("SQUATWATCH_ZONE_TLDS", "com,Innen")
    read_settings()
    assert kept("alpen.innen") == ["alpen.innen"]
    monkeypatch.setenv("SQUATWATCH_ZONE_TLDS", "com")
    read_settings()
    assert kept("alpen.innen") == []
    assert "suffixes" not in made_from_lists([], []).inputs


@pytest.mark.parametrize("content", [None, "", "<html>"])
def test_a_suffix_list_that_cannot_be_used_is_named(tmp_path, content):
    path = tmp_path / "suffixes.dat"
    if content is not None:
        path.write_text(content)
    read_settings(suffixes_file=path)  # what needs no suffixes goes on
    with pytest.raises(SquatwatchError, match=r"SQUATWATCH_SUFFIXES_FILE cannot be used: .* has to name a copy of"):
        registrable("alpen.com")
