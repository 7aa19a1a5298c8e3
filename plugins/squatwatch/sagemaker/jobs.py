"""One job for the same pairs and the same model, however often and from wherever it is asked for.

The name is the lock: SageMaker takes each name once. Attempts are counted in it, and one that runs, or whose answers
are there, is the last.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from squatwatch.errors import SquatwatchError
from squatwatch.sagemaker.job import MOST_ATTEMPTS, JobState, TransformJob
from squatwatch.sagemaker.service import SageMaker

log = logging.getLogger(__name__)


def job_in_force(
    sagemaker: SageMaker,
    name_of: Callable[[int], str],
    request_of: Callable[[str], Mapping[str, Any]],
    has_answers: Callable[[str], bool],
    note: Callable[[str], None],
) -> TransformJob:
    """Return the job that runs or has answers; make the next attempt where all before have ended without.

    One job is made at most, and returned however it ended since: another one is for the next try of whoever asks.
    `note(name)` is told the name of each job before it may be made. Raises SquatwatchError after too many attempts.
    """
    for attempt in range(1, MOST_ATTEMPTS + 1):
        name = name_of(attempt)
        job = sagemaker.describe(name)
        if job is None:
            return _made(sagemaker, name, request_of, note)
        if job.state is JobState.IN_PROGRESS or (job.state is JobState.COMPLETED and has_answers(name)):
            note(name)
            log.info("the SageMaker job %s was made before: %s", name, job.state)
            return job
    raise SquatwatchError(
        f"{MOST_ATTEMPTS} SageMaker jobs for the same pairs have ended without answers, the last one is {name}: "
        "look at its log, mend that, and name another model in SQUATWATCH_SAGEMAKER_MODEL to begin anew"
    )


def _made(
    sagemaker: SageMaker, name: str, request_of: Callable[[str], Mapping[str, Any]], note: Callable[[str], None]
) -> TransformJob:
    """Return the job, made by us or by somebody who was first."""
    note(name)
    is_ours = sagemaker.create(request_of(name))
    log.info("the SageMaker job %s %s", name, "was made" if is_ours else "was made by somebody else meanwhile")
    return sagemaker.describe(name) or TransformJob(name, JobState.IN_PROGRESS)  # it may not be listed at once
