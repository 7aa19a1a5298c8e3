"""One label: what an analyst said of one detection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from squatwatch.errors import SquatwatchError
from squatwatch.labels.verdicts import VERDICTS, Verdict

LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Label:
    """One judgement; without a verdict it takes back what was said before.

    `run_date`, `model_version` and `score` are of the detection as it was shown, if it was. `labelled_at` None is now.
    `label_id` is the store's, None where the label is not stored yet. Raises SquatwatchError for a verdict that is none
    and for a note that is too long.
    """

    detection_id: str
    domain: str
    brand: str
    verdict: Verdict | None
    user_name: str
    note: str = ""
    run_date: date | None = None
    model_version: str | None = None
    score: float | None = None
    labelled_at: datetime | None = None
    label_id: int | None = None

    def __post_init__(self) -> None:
        """Check the verdict and the note."""
        object.__setattr__(self, "verdict", None if self.verdict is None else verdict_of(self.verdict))
        if len(self.note) > LONGEST_NOTE:
            raise SquatwatchError(f"a note has at most {LONGEST_NOTE:,} characters")

    def says_the_same_as(self, other: Label) -> bool:
        """Tell whether both are one person's one judgement: undoing appends an earlier label once more."""
        return (self.user_name, self.labelled_at, self.verdict, self.note) == (
            other.user_name,
            other.labelled_at,
            other.verdict,
            other.note,
        )


def verdict_of(written: str) -> Verdict:
    """Return the verdict of that name. Raises SquatwatchError where there is none."""
    if written not in VERDICTS:
        raise SquatwatchError(f"the verdict {written!r} is none of {', '.join(VERDICTS)}")
    return VERDICTS[written]
