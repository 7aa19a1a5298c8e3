"""Parts of sentences that many modules need."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from squatwatch.wording import placed

DAY = date(2026, 7, 1)


def test_a_message_names_step_date_and_file_once():
    assert placed("load", DAY, "2 lines", Path("a.zip")) == "load of 2026-07-01 from a.zip: 2 lines"
    assert placed("load", DAY, "a.zip of 2026-07-01 is gone", Path("a.zip")) == "load: a.zip of 2026-07-01 is gone"
