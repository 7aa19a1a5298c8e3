"""The ways in which sending can fail: the receiver is busy, it rejects an alert, or a person has to mend something.

No message carries a secret: not a URL's path, not a header, not what a library says of a request.
"""

from __future__ import annotations

from datetime import timedelta


class NotSent(Exception):
    """Sending failed. `status_code` is what the receiver answered, None where it has no such codes or was silent."""

    def __init__(self, problem: str, status_code: int | None = None):
        super().__init__(problem)
        self.status_code = status_code


class Busy(NotSent):
    """The receiver is down, slow or has too much to do; `after` is the wait it asks for, if any."""

    def __init__(self, problem: str, status_code: int | None = None, after: timedelta | None = None):
        super().__init__(problem, status_code)
        self.after = after


class Rejected(NotSent):
    """The receiver does not take what it was sent.

    `index` is the position in the batch of the alert that it complains of, where it says so. `text` is its own answer,
    for the transport that can read it and for nobody else.
    """

    def __init__(self, problem: str, status_code: int | None = None, index: int | None = None, text: str = ""):
        super().__init__(problem, status_code)
        self.index, self.text = index, text


class Misconfigured(NotSent):
    """Whatever is sent, it does not arrive: a connection is missing, a certificate fails, access is denied."""
