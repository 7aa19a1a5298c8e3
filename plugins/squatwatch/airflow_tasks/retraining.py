"""The tasks of the DAG `train_detector`: the same functions as `squatwatch retrain` and `promote`, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow.providers.standard.operators.hitl import ApprovalOperator
from airflow.sdk import Context, get_current_context
from airflow.sdk.exceptions import AirflowSkipException

from squatwatch.airflow_tasks.failures import failures_for_airflow
from squatwatch.errors import SquatwatchError
from squatwatch.settings import Settings, settings
from squatwatch.store.door import follow, work_on
from squatwatch.store.scope import Scope

COMPARED = "ti.xcom_pull(task_ids='compare', map_indexes=ti.map_index)"
SUBJECT = f"Use the detector {{{{ {COMPARED}['version'] }}}} from now on?"
QUESTION = f"{{{{ {COMPARED}['summary'] }}}}"


def collect() -> list[str]:
    """Gather the labels of each family whose time it is, and return the attempts' names; skip the rest for none."""
    from squatwatch.retrain.attempt import families_with_brands, why_not_due

    with failures_for_airflow():
        follow(settings(), [])
        families = families_with_brands(settings())
        if get_current_context()["params"].get("now"):
            return _collect_what_there_is(families)
        reasons = {family: why_not_due(settings(), family) for family in families}
        due = [family for family, reason in reasons.items() if reason is None]
        if not due:
            raise AirflowSkipException("; ".join(f"{family}: {reason}" for family, reason in reasons.items()))
        return [_collect(family) for family in due]


def _collect_what_there_is(families: Sequence[str]) -> list[str]:
    """Return the attempts of families with enough labels, for whoever insists. Raises SquatwatchError for none."""
    names, too_few = [], []
    for family in families:
        try:
            names.append(_collect(family))
        except SquatwatchError as error:
            too_few.append(error)
            print(f"{family}: {error}")
    if not names:
        raise too_few[0]
    return names


def _collect(family: str) -> str:
    from squatwatch.retrain import collect as module

    return work_on(settings(), Scope(warehouse="views"), lambda root: module.collect(root, family).name)


def train(attempt: str) -> str:
    """Train the candidate and keep it among the versions of its family; return the attempt's name for the next task."""
    from squatwatch.retrain.candidate import train_candidate

    with failures_for_airflow():
        train_candidate(settings(), attempt, "Airflow tries again, or clear the task")
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

        objections = work_on(settings(), Scope([]), work)
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
    """Use the candidate if somebody approved it; `answer` is what they chose.

    Skipped here after a rejection: of a mapped task Airflow skips nothing downstream.
    """
    if answer["chosen_options"] != [AskOperator.APPROVE]:
        raise AirflowSkipException(f"{attempt} was rejected: the model in use stays")
    from squatwatch.retrain import promote as module
    from squatwatch.retrain.attempt import attempt_named
    from squatwatch.sentences import sentence

    def work(root: Settings) -> str:
        candidate = attempt_named(root.home, attempt)
        version, family = candidate.state["version"], candidate.family
        promoted = module.promote(root, version, person_of(answer), lambda result: print(sentence(result)), family)
        return sentence(promoted)

    with failures_for_airflow():
        return work_on(settings(), Scope(warehouse="tables"), work)
