"""`make airflow ARGS="backfill create …"`: an Airflow command in the environment of `make run` and `make up`."""

from __future__ import annotations

import os
import sys

from airflow_env import environment

os.execve(sys.executable, [sys.executable, "-m", "airflow", *sys.argv[1:]], environment())
