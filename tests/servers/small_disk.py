"""Programs of these tests that fill a disk: each runs where it may mount a small one that nobody else sees."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ALONE = ["unshare", "--map-root-user", "--mount"]  # a mount namespace of its own


def demand_success(program: Path) -> None:
    """Runs it, and shows what it has said where it fails."""
    if subprocess.run([*ALONE, "true"]).returncode:
        pytest.skip("unshare cannot make a mount namespace here, so there is no small disk to fill")
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    ended = subprocess.run([*ALONE, sys.executable, program], env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
