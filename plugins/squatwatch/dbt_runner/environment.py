"""The environment of the processes that this room starts."""

from __future__ import annotations

import os
import sys


def environment() -> dict[str, str]:
    """Return this process's environment without settings of other dbt projects.

    It imports what this process imports, though it runs in another folder. One thread for linear algebra: more would
    add numbers up in an order that depends on the machine.
    """
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DBT_")}
    paths = os.pathsep.join(os.path.abspath(path) for path in sys.path if path)
    return inherited | {"DO_NOT_TRACK": "1", "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": paths}
