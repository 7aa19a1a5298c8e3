"""Label files as people have them; labels that could never count are refused, all of them at once."""

import polars as pl
import pytest

from squatwatch.errors import SquatwatchError
from squatwatch.labels.files import read_label_file
from squatwatch.lake.ids import detection_id

BRANDS = pl.DataFrame(
    [("acme", "acme.com"), ("ipek", "ipek.com.tr"), ("thalia", "thalia.de"), ("zalora", "zalora.com")],
    schema=["brand", "brand_domain"],
    orient="row",
)


def read(tmp_path, rows, header="domain,brand,verdict"):
    path = tmp_path / "labels.csv"
    path.write_bytes(rows if isinstance(rows, bytes) else f"{header}\n{rows}\n".encode())
    return read_label_file(path, "ann", BRANDS)


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffdomain;brand;verdict;note\r\nacme-login.com;acme;squat;a, b\r\n".encode(),
        b'# judged in May\ndomain,brand,verdict,note\nacme-login[.]com,ACME,Squat,"a, b"\n',
        "domain\tbrand\tverdict\tnote\nacme-login.com\tacme\tsquat\ta, b\n".encode("utf-16"),
    ],
)
def test_files_as_spreadsheets_and_reports_have_them(tmp_path, content):
    (label,) = read(tmp_path, content)
    assert (label.domain, label.brand, label.verdict, label.note) == ("acme-login.com", "acme", "squat", "a, b")


def test_verdicts_made_elsewhere(tmp_path):
    found = read(tmp_path, "Acme-Login.com,Acme,Squat\nbücher.de,thalia,use")
    assert [(label.domain, label.brand, label.verdict, label.note) for label in found] == [
        ("acme-login.com", "acme", "squat", ""),
        ("xn--bcher-kva.de", "thalia", "not_squat", "use"),
    ]


def test_verdicts_in_the_words_of_the_page(tmp_path):
    verdicts = ["Squat", "Not a squat", "NOT A SQUAT", "Watch", "Own", "not_squat"]
    found = read(tmp_path, "\n".join(f"a{n}.com,acme,{verdict}" for n, verdict in enumerate(verdicts)))
    assert [label.verdict for label in found] == ["squat", "not_squat", "not_squat", "watch", "own", "not_squat"]
    assert not any(label.note for label in found)


def test_rows_that_contradict_each_other_are_refused_with_both_lines(tmp_path):
    rows = "a.com,acme,squat\na.com,zalora,watch\nWWW.A.com,acme,own"
    with pytest.raises(SquatwatchError, match=r"line 4: a\.com of acme is own here and squat in line 2; keep one row"):
        read(tmp_path, rows)


def test_the_same_said_twice_is_no_contradiction(tmp_path):
    assert len(read(tmp_path, "a.com,acme,use\na.com,acme,Not a squat\n")) == 2


@pytest.mark.parametrize("written", ["xn--mller-kva", "ＭÜＬＬＥＲ"])
def test_a_brand_is_read_as_in_the_brands_file(tmp_path, written):
    path = tmp_path / "labels.csv"
    path.write_text(f"domain,brand,verdict\na.com,{written},squat\n", "utf-8")
    brands = pl.DataFrame([("müller", "mueller.de")], schema=["brand", "brand_domain"], orient="row")
    assert read_label_file(path, "ann", brands)[0].brand == "müller"


@pytest.mark.parametrize("name", ["www.acme-login.com", "WWW.Acme-Login.com.", "acme-login.com"])
def test_a_label_is_of_the_domain_that_was_registered(tmp_path, name):
    (label,) = read(tmp_path, f"{name},acme,squat")
    assert (label.domain, label.detection_id) == ("acme-login.com", detection_id("acme", "acme-login.com"))


def test_a_brand_in_turkish_capitals_is_the_brand(tmp_path):
    assert read(tmp_path, "ipek-login.com,İPEK,squat")[0].brand == "ipek"


def test_names_below_a_private_suffix_are_registered_themselves(tmp_path):
    (label,) = read(tmp_path, "www.acme-login.github.io,acme,squat")
    assert label.domain == "acme-login.github.io"


REFUSED = {
    "a.com,acme,perhaps": r"line 2: the verdict 'perhaps' is none of squat, not_squat, watch, own, use, other",
    "nonsense,acme,squat": "line 2: 'nonsense' is not a domain",
    "a.com,acme": "line 2: the row ends before its verdict",
    "a.com,acmee,squat": "line 2: the brand 'acmee' is not in the brands file; did you mean acme?",
    "a.com,qqq,squat": "line 2: the brand 'qqq' is not in the brands file$",
    "acme.hosting.com,acme,squat": "line 2: 'acme.hosting.com' lies below hosting.com",  # that is somebody else's
    "www.mail.acme-login.com,acme,squat": "lies below acme-login.com",
    "co.uk,acme,squat": "'co.uk' is a public suffix",
    "acme.com,acme,squat": "'acme.com' belongs to acme: it never becomes a detection",
    "www.acme.com,acme,watch": "belongs to acme",
}


@pytest.mark.parametrize(("row", "message"), REFUSED.items())
def test_a_label_that_could_never_count_is_refused(tmp_path, row, message):
    with pytest.raises(SquatwatchError, match=message):
        read(tmp_path, row)


def test_a_brand_s_own_domain_may_be_called_its_own(tmp_path):
    assert [label.verdict for label in read(tmp_path, "acme.com,acme,own\nacme.com,zalora,not_squat")] == [
        "own",
        "not_squat",
    ]


def test_all_wrong_rows_are_told_at_once(tmp_path):
    rows = "acme-login.com,acme,perhaps\nnothing,acme,squat\na.com,acmee,squat\nacme-shop.com,acme,squat"
    with pytest.raises(SquatwatchError, match=r"has 3 wrong lines: line 2: .*; line 3: .*; line 4: "):
        read(tmp_path, rows)
