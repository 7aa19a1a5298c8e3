"""Ctrl-C and child processes: the terminal interrupts all of them, and none but the first has anything to say."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

INTERRUPT = {signal.SIGINT}


@contextmanager
def children_uninterrupted() -> Iterator[None]:
    """Start processes in the block so that an interrupt does not reach them; whoever started them ends them.

    An interrupt that arrives meanwhile waits for the end of the block.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPT)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
