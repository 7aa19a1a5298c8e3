"""Labels from and to CSV files: verdicts that were made elsewhere, and what `squatwatch train --labels` reads."""

from __future__ import annotations

from pathlib import Path

from squatwatch.errors import SquatwatchError
from squatwatch.files.csvfile import Row, WrongRow, read_csv, read_rows, shown
from squatwatch.files.decorated import bare_name
from squatwatch.labels.store import VERDICTS, Label
from squatwatch.lake.ids import detection_id
from squatwatch.lists.brands import normal_brand
from squatwatch.names.registrable import NotADomain, a_labels

COLUMNS = ("domain", "brand", "verdict")
ELSEWHERE = {"use": "not_squat", "other": "not_squat"}  # words of the real days' verdicts, kept as the note
WHAT = "labels file"


def read_label_file(path: Path, user_name: str) -> list[Label]:
    """One label a row: columns domain, brand, verdict, perhaps note.

    Raises SquatwatchError naming the file, and line and value of every row that is none.
    """
    rows = read_csv(path, COLUMNS, WHAT, optional=("note",))
    return read_rows(path, WHAT, rows, lambda row: _label(row, user_name))


def _label(row: Row, user_name: str) -> Label:
    written, brand = row.values["verdict"].lower(), normal_brand(row.values["brand"])
    if written not in VERDICTS and written not in ELSEWHERE:
        problem = f"the verdict {shown(row.values['verdict'])} is none of {', '.join((*VERDICTS, *ELSEWHERE))}"
        raise WrongRow(problem)
    try:
        domain = a_labels(bare_name(row.values["domain"]))
        note = row.values["note"] or (written if written in ELSEWHERE else "")
        return Label(detection_id(brand, domain), domain, brand, ELSEWHERE.get(written, written), user_name, note)
    except NotADomain as problem:
        raise WrongRow(f"{shown(row.values['domain'])} {problem}") from None
    except SquatwatchError as error:
        raise WrongRow(str(error)) from None
