"""The cost of a command: CPU seconds and peak memory of a process of its own, with all that it starts."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from typing import NamedTuple


class Cost(NamedTuple):
    cpu: float  # seconds, children included
    wall: float  # seconds
    peak_mib: float  # of the largest process


def cost_of(command: list[str], **environment: str) -> Cost:
    """Run the command; end the program with its message where it fails.

    What Python compiles is kept, whatever the environment says: else each process compiles all that it imports.
    """
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    ran = subprocess.run(
        [sys.executable, __file__, *command],
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if ran.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{ran.stderr}")
    return Cost(*json.loads(ran.stdout.splitlines()[-1]))


def squatwatch(home: object, *arguments: object, python: object = sys.executable, **environment: str) -> Cost:
    """Return the cost of a `squatwatch` command on a data root, with the Python of this or of another environment."""
    command = [str(python), "-m", "squatwatch.cli", *map(str, arguments)]
    return cost_of(command, SQUATWATCH_HOME=str(home), **environment)


def report(command: list[str]) -> None:
    started = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(json.dumps([used.ru_utime + used.ru_stime, time.monotonic() - started, used.ru_maxrss / 1024]))


if __name__ == "__main__":
    report(sys.argv[1:])
