"""What a step logs while somebody waits at the terminal: a job elsewhere that takes minutes says how it stands."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

TOLD = "squatwatch.sagemaker"  # the room whose messages of level INFO are for whoever waits


@contextmanager
def told_lines(tell: Callable[[str], None]) -> Iterator[None]:
    """Tell each message of that room while the block is at work; Airflow would print it in another form as well."""
    logger, lines = logging.getLogger(TOLD), _Lines(tell)
    before = logger.level, logger.propagate
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.addHandler(lines)
    try:
        yield
    finally:
        logger.removeHandler(lines)
        logger.setLevel(before[0])
        logger.propagate = before[1]


class _Lines(logging.Handler):
    """A handler that tells what it is given."""

    def __init__(self, tell: Callable[[str], None]):
        super().__init__()
        self._tell = tell

    def emit(self, record: logging.LogRecord) -> None:
        """Tell the message."""
        self._tell(record.getMessage())
