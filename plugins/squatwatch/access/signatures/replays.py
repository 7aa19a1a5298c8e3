"""The signatures that were seen: a request that somebody recorded is not answered a second time.

What a replay would buy is little: the signature covers the body, and an answer is a score of what the body asks, which
changes nothing. Whoever recorded a request still should not be able to ask the same again, for minutes, as somebody
else. An equal signature is no proof of a replay, though. Signatures have a resolution of a second, and boto3 does not
sign what tells its attempts apart: a retry, or the same question of two threads, within the second in which it was
signed, has the same signature. So a signature may come again for a quarter of a minute after its first use, as long as
such a request may wait in queues on its way, and is refused after that.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

from squatwatch.access.refused import invalid
from squatwatch.access.signatures.freshness import WINDOW

GRACE = timedelta(seconds=15)
MOST = 200_000  # signatures, some 30 MB: what six minutes of 500 requests a second leave


class UsedSignatures:
    """The memory of one process of the server, for signatures that were verified only: strangers cannot fill it.

    A signature is kept until the clock refuses it anyhow. Where there are more than `most`, the oldest are forgotten
    early: the service goes on, and those could be replayed until their window ends.
    """

    def __init__(self, most: int = MOST):
        self._most = most
        self._first_used: OrderedDict[bytes, datetime] = OrderedDict()
        self._lock = Lock()

    def use(self, signature: str, now: datetime) -> None:
        """Note a signature. Raises Refused where its first use is longer ago than the grace."""
        with self._lock:
            self._forget_before(now - 2 * WINDOW)  # a clock that is ahead has one window more
            first = self._first_used.setdefault(bytes.fromhex(signature), now)
            if len(self._first_used) > self._most:
                self._first_used.popitem(last=False)
        if now - first > GRACE:
            raise invalid(
                "The request signature was used before. Sign each request anew; two equal ones may share a signature "
                f"for {GRACE.seconds} seconds."
            )

    def __len__(self) -> int:
        return len(self._first_used)

    def _forget_before(self, moment: datetime) -> None:
        while self._first_used and next(iter(self._first_used.values())) < moment:
            self._first_used.popitem(last=False)
