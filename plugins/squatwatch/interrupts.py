"""Signals: Ctrl-C, which a terminal sends to child processes too, and SIGTERM, before which there is work to save."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

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

    In another thread than the main one the answer is always no.
    """
    asked = threading.Event()
    with _at_termination(lambda *_: asked.set()):
        yield asked.is_set


@contextmanager
def termination_as_exit() -> Iterator[None]:
    """Raise SystemExit in the block where SIGTERM comes, so that what was begun elsewhere can be ended.

    In another thread than the main one nothing changes.
    """

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    with _at_termination(leave):
        yield


@contextmanager
def _at_termination(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Have SIGTERM call the handler in the block. Only the main thread of a process is told of signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
