"""Labels from and to CSV files: verdicts that were made elsewhere, and what `squatwatch train --labels` reads."""

from __future__ import annotations

from pathlib import Path

from squatwatch.errors import SquatwatchError
from squatwatch.files.csvfile import Row, complaint, read_csv, shown
from squatwatch.labels.store import VERDICTS, Label
from squatwatch.lake.ids import detection_id
from squatwatch.names.registrable import NotADomain, a_labels

COLUMNS = ("domain", "brand", "verdict")
ELSEWHERE = {"use": "not_squat", "other": "not_squat"}  # words of the real days' verdicts, kept as the note
WHAT = "labels file"


def read_label_file(path: Path, user_name: str) -> list[Label]:
    """One label a row: columns domain, brand, verdict, perhaps note.

    Raises SquatwatchError naming file, line and value of a row that is none.
    """
    return [_label(path, row, user_name) for row in read_csv(path, COLUMNS, WHAT, optional=("note",))]


def _label(path: Path, row: Row, user_name: str) -> Label:
    written, brand = row.values["verdict"].lower(), row.values["brand"].lower()
    if written not in VERDICTS and written not in ELSEWHERE:
        problem = f"the verdict {shown(row.values['verdict'])} is none of {', '.join((*VERDICTS, *ELSEWHERE))}"
        raise complaint(path, WHAT, row.line_number, problem)
    try:
        domain = a_labels(row.values["domain"])
        note = row.values["note"] or (written if written in ELSEWHERE else "")
        return Label(detection_id(brand, domain), domain, brand, ELSEWHERE.get(written, written), user_name, note)
    except NotADomain as problem:
        raise complaint(path, WHAT, row.line_number, f"{shown(row.values['domain'])} {problem}") from None
    except SquatwatchError as error:
        raise complaint(path, WHAT, row.line_number, str(error)) from None
