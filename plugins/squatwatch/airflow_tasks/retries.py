"""When Airflow tries a task again: soon after its worker was lost, with more and more patience after it has failed."""

from __future__ import annotations

from datetime import timedelta

from airflow.sdk import Context, RetryDecision, RetryPolicy

AFTER_A_LOSS = timedelta(seconds=15)
LONGEST = timedelta(minutes=30)


class Backoff(RetryPolicy):
    """The policy that waits 1, 4 and 16 minutes after failures of a task.

    Airflow asks it where a task ends with an exception, in the task's own process. A process that was killed asks
    nobody, so the DAG's `retry_delay` is the wait after the loss of a worker.
    """

    def evaluate(
        self, exception: BaseException, try_number: int, max_tries: int, context: Context | None = None
    ) -> RetryDecision:
        """Return the wait before the next try, if there is one: `retries` is the task's."""
        return RetryDecision.retry(min(timedelta(minutes=4 ** min(try_number - 1, 3)), LONGEST))


AFTER_INTERRUPTIONS = {"retries": 5, "retry_delay": AFTER_A_LOSS}  # of a task that goes on where it was interrupted
RETRIES = {"retries": 3, "retry_delay": AFTER_A_LOSS, "retry_policy": Backoff()}  # for a DAG's default_args
