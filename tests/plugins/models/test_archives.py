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
    with unpacked(packed((tarfile.TarInfo(str(tmp_path / "outside.json")), b"{}"))) as folder:
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


def zeros(*names):
    return [(tarfile.TarInfo(name), bytes(1_000_000)) for name in names]
