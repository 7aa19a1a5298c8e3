"""A process that runs `squatwatch` commands in forks of its own, and kills them where a test wants (killed_run.py)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

PROGRAM = Path(__file__).parents[1] / "killed_run.py"


class Ended(NamedTuple):
    status: int
    commits: int


class Runner:
    """A process that runs commands for us, each in a fork of its own."""

    def __init__(self, *words: str):
        # one thread for a handful of names: more of them wait for each other, busily, in every fork anew
        environment = os.environ | {"POLARS_MAX_THREADS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, PROGRAM, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def run(self, **request: object) -> Ended:
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return Ended(*map(int, self.process.stdout.readline().split()))

    def stop(self) -> None:
        self.process.stdin.close()
        self.process.wait()
