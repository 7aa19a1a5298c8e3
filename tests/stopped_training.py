"""What killed_run.py imports for a `squatwatch` command that trains: TensorFlow, and a training on a few names.

Where a training says what STOP_AT has, it sends itself the signal STOP_BY. Networks are not compared, which is no
training and takes long.
"""

from __future__ import annotations

import os
import signal
from functools import partial

from squatwatch.cli.networks import retrain, train  # noqa: F401  (imported before the fork)
from squatwatch.retrain import network
from squatwatch_ml.network.engines.tensorflow import import_tensorflow
from squatwatch_ml.text.names import popular_domains
from squatwatch_ml.training import frame, plans, refine  # noqa: F401
from squatwatch_ml.training.data import source

TINY = {"brand_count": 12, "positives": 6, "negatives": 6, "background": 3000, "epochs": 2, "batch_size": 16}
STEPS = {"tranco": 100, "tranco10k": 10}
NAMES = {name: popular_domains(name)[::step] for name, step in STEPS.items()}
fit = frame.fit


def fit_and_stop(*arguments, say, **named):
    def say_and_stop(line: str) -> None:
        print(line, flush=True)
        if "STOP_AT" in os.environ and line.startswith(os.environ["STOP_AT"]):
            signal.raise_signal(int(os.environ["STOP_BY"]))

    return fit(*arguments, say=say_and_stop, **named)


def not_compared(_settings, attempt, _say):
    attempt.note(summary="not compared", objections=[])
    return []


frame.fit = fit_and_stop
network.compare = not_compared
source.popular_domains = NAMES.get
plans.RefinementPlan = partial(plans.RefinementPlan, **TINY)
import_tensorflow()
