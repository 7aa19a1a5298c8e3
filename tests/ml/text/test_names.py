"""Labels of domains, and the lists they come from."""

from __future__ import annotations

import gzip
import zipfile

import pytest

from squatwatch_ml.text.names import label_of, labels_of, popular_domains, read_domains, suffix_of


@pytest.mark.parametrize(
    ("domain", "label"),
    [
        ("paypal.com", "paypal"),
        ("www.paypal.co.uk", "paypal"),
        ("xn--pypal-4ve.com", "pаypal"),
        ("AMAZON.DE.", "amazon"),
        ("xn--ls8h.la", "💩"),
        ("xn--\u20ac.com", "xn--\u20ac"),
        ("com", "com"),
        ("", ""),
        ("not a domain", "not a domain"),
    ],
)
def test_the_label_stands_before_the_public_suffix(domain: str, label: str) -> None:
    assert label_of(domain) == label


def test_the_public_suffix_is_what_a_registry_sells_names_under() -> None:
    assert [suffix_of(domain) for domain in ("www.paypal.co.uk", "Paypal.COM.", "")] == ["co.uk", "com", ""]


def test_labels_are_distinct_in_order_without_comments() -> None:
    assert labels_of(["# a list", "b.com", "", "a.com", "b.net"]) == ["b", "a"]


def test_a_list_is_read_plain_gzipped_or_zipped(tmp_path) -> None:
    text = "\ufeffa.com\r\nb.com\r\n".encode()
    (tmp_path / "list.txt").write_bytes(text)
    (tmp_path / "list.txt.gz").write_bytes(gzip.compress(text))
    with zipfile.ZipFile(tmp_path / "list.zip", "w") as archive:
        archive.writestr("domain-names.txt", text)
    for name in ("list.txt", "list.txt.gz", "list.zip"):
        assert read_domains(tmp_path / name) == ["a.com", "b.com"]


def test_a_zip_with_two_files_is_no_list(tmp_path) -> None:
    with zipfile.ZipFile(tmp_path / "list.zip", "w") as archive:
        archive.writestr("a", "a.com")
        archive.writestr("b", "b.com")
    with pytest.raises(ValueError, match="2 files"):
        read_domains(tmp_path / "list.zip")


def test_the_packaged_lists_are_there() -> None:
    assert len(popular_domains("tranco10k")) == 10_000
