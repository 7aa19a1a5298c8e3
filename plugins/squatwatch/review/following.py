"""The page of a data root in a store: this machine's copy follows it, so that a page is some seconds old at most."""

from __future__ import annotations

import logging
import time
from threading import Lock

from squatwatch.errors import SquatwatchError
from squatwatch.settings import settings
from squatwatch.store.door import follow, follow_warehouse

SECONDS = 5

log = logging.getLogger(__name__)
_lock = Lock()
_last = [float("-inf")]


def follow_lately() -> None:
    """Bring the copy up to date, unless that was done some seconds ago. What is there is shown where it fails."""
    if settings().store_url is None:
        return
    with _lock:  # who comes meanwhile would see what is older
        if time.monotonic() - _last[0] < SECONDS:
            return
        try:
            follow(settings())
            follow_warehouse(settings())
        except SquatwatchError as error:
            log.warning("the page shows what this machine has: %s", error)
        _last[0] = time.monotonic()
