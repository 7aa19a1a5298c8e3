"""The tasks of the DAG `train_detector`: the same functions as `squatwatch retrain` and `promote`, step by step."""

from __future__ import annotations

from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Context, get_current_context
from airflow.sdk.exceptions import AirflowSkipException

from squatwatch.airflow_tasks.failures import failures_for_airflow
from squatwatch.settings import Settings, settings
from squatwatch.store.door import follow, work_on
from squatwatch.store.scope import Scope

SUBJECT = "Use the detector {{ ti.xcom_pull(task_ids='compare')['version'] }} from now on?"
QUESTION = "{{ ti.xcom_pull(task_ids='compare')['summary'] }}"


def collect() -> str:
    """Gather labels where it is time to, and return the attempt's name; skip the rest of the run where it is not."""
    from squatwatch.retrain import collect as module
    from squatwatch.retrain.attempt import why_not_due

    with failures_for_airflow():
        follow(settings(), [])
        reason = None if get_current_context()["params"].get("now") else why_not_due(settings())
        if reason:
            raise AirflowSkipException(reason)
        return work_on(settings(), Scope(warehouse="views"), lambda root: module.collect(root).folder.name)


def train(attempt: str) -> str:
    """Train the candidate; return the attempt's name for the next task."""
    from squatwatch.retrain import network
    from squatwatch.retrain.attempt import attempt_named

    with failures_for_airflow():
        work_on(settings(), Scope([]), lambda root: network.train(root, attempt_named(root.home, attempt)))
    return attempt


def compare(attempt: str) -> dict[str, str]:
    """Write the report. A candidate that is plainly worse is declined here, and nobody is asked."""
    from squatwatch.retrain import network
    from squatwatch.retrain.attempt import attempt_named
    from squatwatch.retrain.promote import decline

    with failures_for_airflow():

        def work(root: Settings) -> list[str]:
            candidate = attempt_named(root.home, attempt)
            if objections := network.compare(root, candidate):
                decline(candidate, "train_detector", "; ".join(objections))
            return objections

        objections = work_on(settings(), Scope(), work)
        candidate = attempt_named(settings().home, attempt)
        if objections:
            raise AirflowSkipException(
                f"declined: {'; '.join(objections)}. The report is {candidate.report / 'report.md'}"
            )
        return {"version": candidate.state["version"], "summary": candidate.state["summary"]}


class AskOperator(ApprovalOperator):
    """The task that waits for a person's decision. Rejecting declines the attempt, in that person's name."""

    template_fields = (*ApprovalOperator.template_fields, "attempt")

    def __init__(self, *, attempt: str, **kwargs: Any):
        super().__init__(subject=SUBJECT, body=QUESTION, **kwargs)
        self.attempt = attempt

    def execute_complete(self, context: Context, event: dict[str, Any]) -> Any:
        """Note a rejection; then let the base class go on or skip."""
        if event.get("chosen_options") == [self.REJECT]:
            with failures_for_airflow():
                work_on(settings(), Scope([]), lambda root: self._decline(root, person_of(event)))
        return super().execute_complete(context, event)  # where something is to be skipped, it does not come back

    def _decline(self, root: Settings, person: str) -> None:
        from squatwatch.retrain.attempt import attempt_named
        from squatwatch.retrain.promote import decline

        decline(attempt_named(root.home, self.attempt), person, "rejected in Airflow")


def person_of(answer: dict[str, Any]) -> str:
    """Return the name of the person who answered."""
    user = answer["responded_by_user"]
    return (user or {}).get("name") or "train_detector"


def promote(attempt: str, answer: dict[str, Any]) -> str:
    """Use the candidate, which somebody approved; `answer` is what they chose."""
    from squatwatch.retrain import promote as module
    from squatwatch.retrain.attempt import attempt_named
    from squatwatch.sentences import sentence

    def work(root: Settings) -> str:
        version = attempt_named(root.home, attempt).state["version"]
        promoted = module.promote(root, version, person_of(answer), lambda result: print(sentence(result)))
        return sentence(promoted)

    with failures_for_airflow():
        return work_on(settings(), Scope(warehouse="tables"), work)
