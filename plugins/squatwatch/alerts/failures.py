"""How sending can end, but for well: what is tried again, what one alert is to blame for, what a person has to mend.

No message carries a secret: not a URL's path, not a header, not what a library says of a request.
"""

from __future__ import annotations

from datetime import timedelta


class NotSent(Exception):
    """`status_code` is what the receiver answered, None where it did not or has no such codes."""

    def __init__(self, problem: str, status_code: int | None = None):
        super().__init__(problem)
        self.status_code = status_code


class Busy(NotSent):
    """The receiver is down, slow or has too much to do; `after` is the wait it asks for, if any."""

    def __init__(self, problem: str, status_code: int | None = None, after: timedelta | None = None):
        super().__init__(problem, status_code)
        self.after = after


class Rejected(NotSent):
    """The receiver does not take what it was sent. `at` is the first alert that it complains of, if it says; `text` is
    its own answer, for who knows its language and for nobody else."""

    def __init__(self, problem: str, status_code: int | None = None, at: int | None = None, text: str = ""):
        super().__init__(problem, status_code)
        self.at, self.text = at, text


class Misconfigured(NotSent):
    """Whatever is sent, it does not arrive: a connection is missing, a certificate fails, access is denied."""
