"""Programs that tests start: each in a session of its own, its output in a file, ended with all that it has started."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import psutil

Value = TypeVar("Value")
LONG = 300  # seconds that nothing takes, however busy the machine is


class Program:
    """A program at work."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path):
        self.log = log
        with log.open("ab") as file:
            self.begins_at = file.tell()  # an earlier start has written what stands before
            self.process = subprocess.Popen(
                command,
                env=environment,
                cwd=log.parent,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )

    @property
    def output(self) -> str:
        return self.log.read_bytes()[self.begins_at :].decode(errors="replace")

    def demand_alive(self) -> None:
        assert self.process.poll() is None, (
            f"{self.log.name} ended with {self.process.returncode}:\n{self.output[-4000:]}"
        )

    def end(self) -> None:
        """Asks it to end, as Docker does, and waits."""
        self.process.terminate()
        self.process.wait(LONG)

    def family(self) -> list[psutil.Process]:
        """Itself and all that it has started."""
        with contextlib.suppress(psutil.NoSuchProcess):
            top = psutil.Process(self.process.pid)
            return [top, *top.children(recursive=True)]
        return []

    def kill(self) -> None:
        """Ends it and all that it has started as a machine does that loses its power."""
        self.process.send_signal(signal.SIGSTOP)  # so that it starts nothing anew meanwhile
        for process in self.family():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait(LONG)


def wait_for(condition: Callable[[], Value], what: str) -> Value:
    """Returns the condition's value as soon as there is one."""
    end = time.monotonic() + LONG
    while not (value := condition()):
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.5)
    return value
