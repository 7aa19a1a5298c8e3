"""Runs a `squatwatch` command that trains, on a few names; where it says what STOP_AT has, it waits for a line from us.

A test can stop or kill it exactly there. Networks are not compared, which is no training and takes long.
"""

from __future__ import annotations

import os
import sys
from functools import partial

from squatwatch.cli import main
from squatwatch.retrain import network
from squatwatch_ml.text.names import popular_domains
from squatwatch_ml.training import frame, plans
from squatwatch_ml.training.data import source

TINY = {"brand_count": 12, "positives": 6, "negatives": 6, "background": 3000, "epochs": 2, "batch_size": 16}
STEPS = {"tranco": 100, "tranco10k": 10}
STOP_AT = os.environ.get("STOP_AT")
fit = frame.fit


def fit_and_wait(*arguments, say, **named):
    def say_and_wait(line: str) -> None:
        print(line, flush=True)
        if STOP_AT and line.startswith(STOP_AT):
            sys.stdin.readline()

    return fit(*arguments, say=say_and_wait, **named)


def not_compared(_settings, attempt, _say):
    attempt.note(summary="not compared", objections=[])
    return []


frame.fit = fit_and_wait
network.compare = not_compared
source.popular_domains = lambda name: popular_domains(name)[:: STEPS[name]]
plans.RefinementPlan = partial(plans.RefinementPlan, **TINY)
main()
