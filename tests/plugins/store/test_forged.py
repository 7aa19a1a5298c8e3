"""Objects that somebody else wrote into the store: they are named, and nothing of them gets onto a machine."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from store_work import DAY, DAY_BEFORE, path_of, seen, written

from squatwatch.database.identity import identity_of
from squatwatch.errors import SquatwatchError
from squatwatch.store.commits import is_commit
from squatwatch.store.whole.cluster import demand_own

BYTES = b"of somebody else"
SHA256 = hashlib.sha256(BYTES).hexdigest()
STORED = {"sha256": SHA256, "size": len(BYTES), "modified_ns": 1}


def forge(store: Path, commit: object, key: str = f"commits/run_date={DAY}/00000002.json") -> None:
    path = store / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(commit if isinstance(commit, bytes) else json.dumps(commit).encode())


def a_commit(files: object, **more: object) -> dict:
    return {"format": 1, "release": "0", "writer": "somebody", "files": files} | more


@pytest.mark.parametrize(
    "path",
    [
        "{tmp}/out.txt",
        "../../../../../../../../../../../{tmp}/out.txt",
        "../run_date=2024-02-29/out.txt",
        "./run_date=2024-02-29/out.txt",
        "/run_date=2024-02-29/out.txt",
        "registrations/run_date=2024-02-29/..",
        "registrations/run_date=2024-02-29/a\0b",
        "registrations/run_date=2024-02-28/registrations.parquet",
        "models/a/manifest.json",
        "warehouse.duckdb",
    ],
)
def test_a_commit_puts_no_file_anywhere_but_among_those_of_its_date(machine, tmp_path, path):
    written(machine("a"), {path_of("registrations"): "names"})
    path = path.replace("{tmp}", str(tmp_path))
    forge(tmp_path / "share", a_commit({path: STORED}))
    before = sorted(file for file in tmp_path.rglob("*") if file.is_file())
    with pytest.raises(
        SquatwatchError, match=f"run_date={DAY}/00000002.json' was not written by squatwatch: .*is no file of"
    ):
        seen(machine("b"))
    after = sorted(file for file in tmp_path.rglob("*") if file.is_file() and "scratch" not in str(file))
    assert [file for file in after if file not in before and file.name != "00000002.json"] == []
    assert not (tmp_path / "out.txt").exists()


@pytest.mark.parametrize(
    "commit",
    [
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        [],
        {},
        {"format": "1"},
        a_commit([]),
        a_commit(None),
        a_commit({path_of("registrations"): STORED}, writer=7),
        a_commit({path_of("registrations"): {}}),
        a_commit({path_of("registrations"): STORED | {"sha256": 7}}),
        a_commit({path_of("registrations"): STORED | {"sha256": f"../{SHA256}"}}),
        a_commit({path_of("registrations"): STORED | {"size": -5}}),
        a_commit({path_of("registrations"): STORED | {"modified_ns": 10**30}}),
    ],
    ids=str,
)
def test_a_commit_that_is_none_is_named_and_says_what_to_do(machine, tmp_path, commit):
    written(machine("a"), {path_of("registrations"): "names"})
    forge(tmp_path / "share", commit)
    reader = machine("b")
    with pytest.raises(SquatwatchError, match=r"00000002\.json' was not written by squatwatch: .* put the object back"):
        seen(reader)
    (tmp_path / f"share/commits/run_date={DAY}/00000002.json").unlink()
    assert seen(reader) == {path_of("registrations"): "names"}


def test_what_a_later_release_adds_to_a_commit_is_passed_over(machine, tmp_path):
    settings = machine("a")
    written(settings, {path_of("registrations"): "names"})
    [path] = (tmp_path / f"share/commits/run_date={DAY}").iterdir()
    commit = json.loads(path.read_text())
    commit["files"][path_of("registrations")]["etag"] = commit["reason"] = "later"
    path.write_text(json.dumps(commit))
    assert seen(machine("b")) == {path_of("registrations"): "names"}


def test_the_name_of_a_later_release_does_not_reach_the_terminal_raw(machine, tmp_path):
    forge(tmp_path / "share", {"format": 99, "release": "x\x1b[31m"})
    with pytest.raises(SquatwatchError, match=r"written by squatwatch x\?\?31m,"):
        seen(machine("a"))


@pytest.mark.parametrize(
    "key", ["run_date=2024-02-29/abc.json", "run_date=hello/00000001.json", "run_date=2024-02-30/00000001.json",
            "other/00000001.json", "shared/other/00000001.json", "run_date=2024-02-29/00000002.json.bak", "README"],
)  # fmt: skip
def test_what_is_no_commit_by_its_name_is_left_alone(machine, tmp_path, caplog, key):
    written(machine("a"), {path_of("registrations"): "names"})
    forge(tmp_path / "share", a_commit({}), f"commits/{key}")
    assert seen(machine("b")) == {path_of("registrations"): "names"}
    assert f"'commits/{key}' is no commit" in caplog.text


def test_commits_have_these_names():
    assert is_commit(f"commits/run_date={DAY_BEFORE}/00000001.json") and is_commit(
        "commits/shared/models/00000012.json"
    )


@pytest.mark.parametrize("note", [b"{", {}, [], {"format": 1}])
def test_a_note_of_the_cluster_that_is_none_is_named(machine, tmp_path, note):
    forge(tmp_path / "share", note, "cluster.json")
    settings = machine("a")
    with pytest.raises(SquatwatchError, match=r"cluster\.json|another database"):
        demand_own(settings, identity_of(settings))
