"""The verdicts that an analyst can give, and all that follows from each, for Python, SQL and the page."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """An analyst's word on a detection.

    `words` is its name on the screen, also as the state of the detection; `meaning` explains it; `key` gives it.
    `is_squat` is what it says of the name, and so what it teaches the network; None where it is not decided and
    teaches nothing.
    """

    words: str
    meaning: str
    key: str
    is_squat: bool | None

    SQUAT = "squat", "Squat", "made to deceive", "s", True
    NOT_SQUAT = "not_squat", "Not a squat", "it means something else", "n", False
    WATCH = "watch", "Watch", "not decided, to be looked at again", "w", None
    OWN = "own", "Own", "the brand's own, or with its permission", "o", False

    def __new__(cls, value: str, words: str, meaning: str, key: str, is_squat: bool | None) -> Verdict:
        """Make the member that is equal to its value as text."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.words, member.meaning, member.key, member.is_squat = words, meaning, key, is_squat
        return member

    @property
    def is_false_alarm(self) -> bool:
        """Tell whether the alarm was for nothing: the alert is revoked, and precision falls."""
        return self.is_squat is False


VERDICTS = {verdict.value: verdict for verdict in Verdict}
