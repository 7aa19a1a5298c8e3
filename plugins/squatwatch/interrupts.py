"""Signals: Ctrl-C, which a terminal sends to child processes too, and SIGTERM, before which there is work to save."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
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


@contextmanager
def asked_to_end() -> Iterator[Callable[[], bool]]:
    """Give a function that tells whether the process was asked to end (SIGTERM), which does not end it in the block.

    Only the main thread of a process hears signals; in another one the answer is always no.
    """
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    asked = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: asked.set())
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def termination_as_exit() -> Iterator[None]:
    """Raise SystemExit in the block where SIGTERM comes, so that what was begun elsewhere can be ended.

    Only the main thread of a process is told of signals; in another one nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, frame: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
