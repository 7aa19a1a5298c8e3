"""What counts as a line, and which cell of a CSV line is the name."""

import pytest

from squatwatch.files.lines import lines_of


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        (b"a.com\nb.com\n", ["a.com", "b.com"]),
        (b"a.com\nb.com", ["a.com", "b.com"]),
        (b"\xef\xbb\xbfa.com\r\nb.com\r\n", ["a.com", "b.com"]),
        (b"a.com\n\nb.com\n", ["a.com", "", "b.com"]),
        (b"caf\xe9.com\nb.com\n", [None, "b.com"]),
        ("münchen.de\n".encode(), ["münchen.de"]),
        (b"rank,domain\n1,a.com\n2,b.com\n", ["a.com", "b.com"]),
        (b'"Domain_Name";"Registrar"\r\n"a.com";"One; Two"\r\n', ["a.com"]),
        (b'registrar,domain\n"Odd, quote,a.com\nX,b.com\n', ["", "b.com"]),
        (b"registrar\tdomain\nX\n", [""]),
        (b"domain,note\na.com,one\rtwo\nb.com,\x00\n", ["a.com", "b.com"]),
    ],
)
def test_lines(content, texts):
    lines = lines_of(content)
    assert lines["text"].to_list() == texts
    assert lines["line_number"].to_list() == list(range(1, len(texts) + 1))


@pytest.mark.parametrize("before", [b"", b"a.com\n", b"domain,note\n"])
def test_a_line_of_ten_megabytes_is_one_line_and_is_cut(before):
    lines = lines_of(before + b"x" * 10_000_000 + b"\nb.com\n")
    assert lines["text"].to_list()[-1] == "b.com"
    assert lines["received"].bin.size().max() < 10_000
