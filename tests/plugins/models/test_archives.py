"""A packed artifact is unpacked where it can do no harm, or refused."""

from __future__ import annotations

import gzip
import io
import tarfile

import pytest
from served_models import write_copy

from squatwatch.errors import SquatwatchError
from squatwatch.models import archives
from squatwatch.models.archives import unpacked

BANKS = "bilstm-0123456789"


@pytest.fixture
def packed(tmp_path):
    """packed(*members) writes an archive of members (TarInfo and content) and returns its path."""

    def write(*members):
        path = tmp_path / "model.tar.gz"
        with tarfile.open(path, "w:gz") as archive:
            for member, content in members:
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        return path

    return write


@pytest.mark.parametrize("inside", [".", "detector"])
def test_an_archive_of_an_artifact_is_its_folder_for_a_while(tmp_path, inside):
    artifact = write_copy(tmp_path / "artifact", BANKS)
    path = tmp_path / "model.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(artifact, inside)
    with unpacked(path) as folder:
        assert {file.name: file.read_bytes() for file in folder.iterdir()} == {
            file.name: file.read_bytes() for file in artifact.iterdir()
        }
    assert not folder.exists() and artifact.exists()


def test_a_folder_is_used_as_it_is(tmp_path):
    with unpacked(tmp_path) as folder:
        assert folder == tmp_path
    assert tmp_path.exists()


def link(name, target, kind=tarfile.SYMTYPE):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


@pytest.mark.parametrize(
    ("member", "reason"),
    [
        (tarfile.TarInfo("../outside.json"), "outside"),
        (tarfile.TarInfo("a/../../outside.json"), "outside"),
        (link("manifest.json", "/etc/passwd"), "neither a file nor a folder"),
        (link("manifest.json", "weights.npz", tarfile.LNKTYPE), "neither a file nor a folder"),
        (link("manifest.json", "", tarfile.FIFOTYPE), "neither a file nor a folder"),
        (link("manifest.json", "", tarfile.CHRTYPE), "neither a file nor a folder"),
    ],
)
def test_what_would_lie_elsewhere_or_is_no_file_is_refused(packed, tmp_path, member, reason):
    with pytest.raises(SquatwatchError, match=reason), unpacked(packed((member, b""))):
        pytest.fail("it was unpacked")
    assert not (tmp_path / "outside.json").exists()


def test_an_absolute_path_is_taken_as_one_in_the_folder(packed, tmp_path):
    elsewhere = (tarfile.TarInfo(str(tmp_path / "outside.json")), b"{}")
    with unpacked(packed(elsewhere, (tarfile.TarInfo("manifest.json"), b"{}"))) as folder:
        assert len(list(folder.rglob("outside.json"))) == 1
    assert not (tmp_path / "outside.json").exists()


def test_what_grows_too_large_is_refused_before_it_is_there(packed, monkeypatch):
    monkeypatch.setattr(archives, "MOST_BYTES", 100_000)
    with pytest.raises(SquatwatchError, match="more than 100,000 bytes"), unpacked(packed(*zeros("weights.npz"))):
        pytest.fail("it was unpacked")


def test_a_header_that_grows_too_large_is_refused(packed, monkeypatch):
    monkeypatch.setattr(archives, "MOST_BYTES", 100_000)
    long = tarfile.TarInfo("manifest.json")
    long.pax_headers = {"comment": "x" * 1_000_000}
    with pytest.raises(SquatwatchError, match="more than 100,000 bytes"), unpacked(packed((long, b"{}"))):
        pytest.fail("it was unpacked")


def test_many_files_are_refused(packed):
    many = [(tarfile.TarInfo(f"{number}.json"), b"") for number in range(101)]
    with pytest.raises(SquatwatchError, match="more than 100 files"), unpacked(packed(*many)):
        pytest.fail("it was unpacked")


@pytest.mark.parametrize(
    "content",
    [b"", b"no archive", gzip.compress(b"no archive" * 100), gzip.compress(b"x")[:-4]],
    ids=["empty", "not packed", "packed and no archive", "cut off"],
)
def test_what_is_no_archive_is_refused_with_the_command_that_makes_one(tmp_path, content):
    path = tmp_path / "model.tar.gz"
    path.write_bytes(content)
    reason = r"cannot be unpacked .* tar -C FOLDER -czf model.tar.gz \."
    with pytest.raises(SquatwatchError, match=reason), unpacked(path):
        pytest.fail("it was unpacked")


def with_pax(name="manifest.json", **headers):
    member = tarfile.TarInfo(name)
    member.pax_headers = headers
    return member


@pytest.mark.parametrize(
    "member",
    [
        with_pax(mtime="1e30"),
        with_pax(mtime="inf"),
        with_pax(mtime="nan"),
        with_pax(path="manifest\0.json"),
        with_pax(**{"GNU.sparse.map": "0,1,x"}),
        with_pax("a/" * 1500 + "manifest.json"),
        with_pax("a/" * 21 + "manifest.json"),
    ],
    ids=["a late time", "the end of time", "no time", "NUL in a name", "a map in letters", "very deep", "deep"],
)
def test_what_no_file_can_have_is_refused_in_words(packed, member):
    path = packed((member, b""))
    with pytest.raises(SquatwatchError, match=rf"^{path} cannot be unpacked \(.+\); an artifact"), unpacked(path):
        pytest.fail("it was unpacked")


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
def test_headers_that_only_announce_others_are_refused_in_words(tmp_path, kind):
    header = tarfile.TarInfo("header")
    header.type, content = kind, b"12 path=abc\n"
    header.size = len(content)
    path = tmp_path / "model.tar.gz"
    path.write_bytes(gzip.compress((header.tobuf(tarfile.GNU_FORMAT) + content.ljust(512, b"\0")) * 5_000))
    with pytest.raises(SquatwatchError, match=rf"^{path} cannot be unpacked \(.*recursion"), unpacked(path):
        pytest.fail("it was unpacked")


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["weights.npz"], "no manifest.json"),
        (["a/b/manifest.json"], "no manifest.json"),
        (["a/manifest.json", "b/manifest.json"], "2 artifacts, each with a manifest.json"),
    ],
)
def test_an_archive_of_no_or_of_two_artifacts_is_named(packed, names, found):
    path = packed(*((tarfile.TarInfo(name), b"{}") for name in names))
    with pytest.raises(SquatwatchError, match=rf"^{path} has {found}.*; an artifact is packed so: "), unpacked(path):
        pytest.fail("it was taken")


def zeros(*names):
    return [(tarfile.TarInfo(name), bytes(1_000_000)) for name in names]
