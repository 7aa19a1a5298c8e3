"""Lists as providers send them, and as they should not."""

import gzip
import io
import lzma
import zipfile

import pytest

from squatwatch.errors import BadList
from squatwatch.files.listfile import kind_of, open_list

NAMES = b"paypal-login.com\r\nexample.org\r\n"
MIB = 1 << 20


def zipped(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def damaged(archive: bytes) -> bytes:
    """The archive with the first bytes of its member's data overwritten."""
    start = 30 + len("domain-names.txt")
    return archive[:start] + b"\xff" * 20 + archive[start + 20 :]


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("zip", zipped(("domain-names.txt", NAMES))),
        ("zip", zipped(("lists/", b""), ("lists/domain-names.txt", NAMES))),
        ("zip", zipped(("names.txt", NAMES), ("__MACOSX/._names.txt", b"\0\5\x16\7"))),
        ("zip", zipped((".DS_Store", b"\0"), ("lists/names.txt", NAMES), ("lists/._names.txt", b"\0"))),
        ("zip", zipped(("Thumbs.db", b"\0"), ("names.txt", NAMES), ("desktop.ini", b"[x]"))),
        ("zip", zipped(("names.txt", NAMES.decode().encode("utf-16")))),
        ("gz", gzip.compress(NAMES, mtime=0)),
        ("txt", NAMES),
        ("txt", NAMES.decode().encode("utf-16")),
        ("txt", NAMES.decode().encode("utf-16-le")),
        ("txt", NAMES.decode().encode("utf-16-be")),
    ],
)
def test_a_list_opens_whatever_its_file_is_called(tmp_path, kind, content):
    path = tmp_path / "list.dat"
    path.write_bytes(content)
    assert kind_of(path) == kind
    assert open_list(path, MIB) == NAMES


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (zipped(("domain-names.txt", NAMES * 500))[:-40], "truncated"),
        (zipped(), "0 members"),
        (zipped(("a.txt", NAMES), ("b.txt", NAMES)), "2 members"),
        (zipped(("../../etc/cron.d/evil", NAMES)), "unsafe name"),
        (zipped(("/etc/passwd", NAMES)), "unsafe name"),
        (zipped(("bomb.txt", bytes(20 * MIB))), "more than 1 MiB"),
        (gzip.compress(bytes(20 * MIB), mtime=0), "more than 1 MiB"),
        (b"example.com\n" * MIB, "more than 1 MiB"),
        (gzip.compress(NAMES * 500, mtime=0)[:-20], "truncated"),
        (b"\x1f\x8b garbage", "damaged"),
        (b"<!DOCTYPE html><html><body>Please log in</body></html>", "HTML page"),
        (zipped(("index.html", b"\n <html><head></head></html>")), "HTML page"),
        ("example.com\n".encode("utf-16") + b"x", "UTF-16 that is truncated"),
        (zipped(("__MACOSX/._a.txt", b"\0\5"), (".DS_Store", b"\0\1")), "0 members"),
        (b"<!-- moved --><p>elsewhere</p>", "HTML page"),
        (b'\xef\xbb\xbf \n<?xml version="1.0"?><Error/>', "HTML page or XML"),
        (b"<rss></rss>", "HTML page or XML"),
        (lzma.compress(NAMES), "binary file"),
        (damaged(zipped(("domain-names.txt", NAMES * 50), method=zipfile.ZIP_LZMA)), "damaged"),
        (damaged(zipped(("domain-names.txt", NAMES * 50), method=zipfile.ZIP_BZIP2)), "damaged"),
        (b"", "empty"),
        (zipped(("domain-names.txt", b"\r\n\r\n")), "empty"),
    ],
)
def test_what_is_not_a_list_is_refused_with_the_reason(tmp_path, content, message):
    path = tmp_path / "list.zip"
    path.write_bytes(content)
    with pytest.raises(BadList, match=message):
        open_list(path, MIB)


def test_an_encrypted_member_is_refused(tmp_path):
    content = bytearray(zipped(("domain-names.txt", NAMES)))
    content[6] |= 1  # general purpose flag of the local header and of the central directory
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path = tmp_path / "list.zip"
    path.write_bytes(content)
    with pytest.raises(BadList, match="encrypted"):
        open_list(path, MIB)
