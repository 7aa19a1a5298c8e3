"""The DAG that retrains: it trains when it is time, and uses nothing that nobody approved."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from airflow.sdk.exceptions import (
    AirflowException,
    AirflowFailException,
    AirflowSkipException,
    DownstreamTasksSkipped,
)

from squatwatch.airflow_tasks import retraining as retrain_tasks
from squatwatch.labels.label import Label
from squatwatch.labels.store import label_store
from squatwatch.retrain import candidate, network
from squatwatch.retrain import promote as promoting
from squatwatch.retrain.attempt import attempt_named
from squatwatch.settings import settings
from squatwatch_ml.training.fit import TrainingInterrupted


@pytest.fixture
def run_with(monkeypatch):
    """The run's params, without a run."""

    def with_params(**params):
        monkeypatch.setattr(retrain_tasks, "get_current_context", lambda: {"params": params})

    with_params()
    return with_params


def say(count):
    labels = [Label(f"id-{n}", f"paypal-{n}.com", "paypal", "squat", "ana") for n in range(count)]
    label_store(settings()).add(labels)


def test_a_person_stands_between_the_comparison_and_the_promotion(load_dags):
    dag = load_dags()["train_detector"]
    assert [task.task_id for task in dag.topological_sort()] == ["collect", "train", "compare", "approve", "promote"]
    assert dag.get_task("approve").upstream_task_ids == {"compare", "train"}
    assert "approve" in dag.get_task("promote").upstream_task_ids
    assert {task.trigger_rule.value for task in dag.tasks} == {"all_success"}  # rejected or skipped: not promoted
    assert dag.max_active_runs == 1 and not dag.catchup


def test_where_it_is_not_time_the_run_is_skipped_with_the_reason(run_with):
    with pytest.raises(AirflowSkipException, match="general: no labels have come since the last training"):
        retrain_tasks.collect()
    say(3)
    with pytest.raises(AirflowSkipException, match="3 labels are too few"):
        retrain_tasks.collect()
    run_with(now=True)  # somebody insists: then it is a failure that says why
    with pytest.raises(AirflowFailException, match="3 labels are too few"):
        retrain_tasks.collect()


def test_where_it_is_time_the_attempt_is_named(run_with):
    say(60)
    assert retrain_tasks.collect() == ["labels-00000060"]
    with pytest.raises(AirflowSkipException, match="general: no labels have come"):
        retrain_tasks.collect()


def test_a_worse_candidate_is_declined_and_nobody_is_asked(run_with, monkeypatch):
    say(60)
    attempt = attempt_named(settings().home, *retrain_tasks.collect())
    monkeypatch.setattr(network, "compare", lambda settings, attempt: ["it finds 80.0% of the imitations"])
    with pytest.raises(AirflowSkipException, match=r"declined: it finds 80\.0%.*report\.md"):
        retrain_tasks.compare(attempt.name)
    assert attempt.state["decision"] == "declined"


def test_the_question_shows_the_comparison_and_promoting_names_the_version(run_with, monkeypatch):
    say(60)
    attempt = attempt_named(settings().home, *retrain_tasks.collect())
    attempt.note(version="bilstm-0123456789", summary="## Labels held out by time")
    monkeypatch.setattr(network, "compare", lambda settings, attempt: [])
    asked = retrain_tasks.compare(attempt.name)
    assert asked == {"version": "bilstm-0123456789", "summary": "## Labels held out by time"}
    assert "compare" in retrain_tasks.QUESTION and "compare" in retrain_tasks.SUBJECT


ANSWER = {"params_input": {}, "responded_at": datetime(2026, 11, 26, tzinfo=UTC)}
BO = {"id": "7", "name": "bo"}


@pytest.fixture
def asked(load_dags, monkeypatch, run_with):
    """The task that waits, and the attempt that it asks about."""
    say(60)
    attempt = attempt_named(settings().home, *retrain_tasks.collect())
    attempt.note(version="bilstm-0123456789")
    task = load_dags()["train_detector"].get_task("approve")
    task.attempt = attempt.name
    return task, attempt


def test_who_approves_is_who_promoted(asked, monkeypatch):
    task, attempt = asked
    answer = task.execute_complete({}, {**ANSWER, "chosen_options": ["Approve"], "responded_by_user": BO})
    assert "decision" not in attempt.state
    monkeypatch.setattr(promoting, "promote", lambda settings, version, user, *given: f"{user} promotes {version}")
    assert retrain_tasks.promote(attempt.name, answer) == "bo promotes bilstm-0123456789"


def test_what_was_rejected_is_not_promoted_where_airflow_skips_nothing(asked):
    _, attempt = asked
    with pytest.raises(AirflowSkipException, match="labels-00000060 was rejected"):
        retrain_tasks.promote(attempt.name, {**ANSWER, "chosen_options": ["Reject"], "responded_by_user": BO})


def test_a_training_that_was_interrupted_is_tried_again(run_with, load_dags, monkeypatch):
    """Airflow retries what ends so; the sentence says where it is kept."""
    say(60)
    [name] = retrain_tasks.collect()

    def interrupted(root, attempt, say, keeping):
        raise TrainingInterrupted("training was told to stop")

    monkeypatch.setattr(candidate, "train", interrupted)
    with pytest.raises(AirflowException, match=r"labels-00000060\.npz; to go on: Airflow tries again") as ended:
        retrain_tasks.train(name)
    assert not isinstance(ended.value, AirflowFailException)
    assert set(attempt_named(settings().home, name).state) == {"collected_at", "learnt", "held_out"}
    assert load_dags()["train_detector"].get_task("train").retries > 1


def test_who_rejects_declines(asked):
    task, attempt = asked
    with pytest.raises(DownstreamTasksSkipped) as skipped:
        ti = SimpleNamespace(xcom_push=lambda **values: None, map_index=-1)
        task.execute_complete(
            {"task": task, "ti": ti}, {**ANSWER, "chosen_options": ["Reject"], "responded_by_user": BO}
        )
    assert skipped.value.tasks == ["promote"]
    assert (attempt.state["decision"], attempt.state["decided_by"]) == ("declined", "bo")


FAMILIES = "brand,brand_domain,model\npaypal,paypal.com,\nsantander,santander.com,banks\n"


@pytest.fixture
def two_families(monkeypatch, tmp_path):
    """Labels of a brand of the general network, and of one whose network is that of the banks."""
    (tmp_path / "brands.csv").write_text(FAMILIES)
    monkeypatch.setenv("SQUATWATCH_BRANDS_FILE", str(tmp_path / "brands.csv"))
    settings.cache_clear()

    def labels(brand, count):
        named = [Label(f"{brand}-{n}", f"{brand}-{n}.com", brand, "squat", "ana") for n in range(count)]
        label_store(settings()).add(named)

    return labels


def domains(attempt):
    return {line.split(",")[1] for line in attempt.labels.read_text().splitlines()[1:]}


def test_each_family_is_due_by_its_own_labels_and_learns_those_of_its_brands(two_families, run_with):
    two_families("paypal", 60)
    two_families("santander", 9)
    assert retrain_tasks.collect() == ["labels-00000060"]
    two_families("santander", 60)
    assert retrain_tasks.collect() == ["banks/labels-00000129"]
    general, banks = (attempt_named(settings().home, name) for name in ("labels-00000060", "banks/labels-00000129"))
    assert (domains(general), domains(banks)) == ({"paypal"}, {"santander"})


@pytest.mark.slow
def test_one_family_is_promoted_and_one_rejected_in_a_run(
    two_families, load_dags, airflow_database, run_with, monkeypatch, logs
):
    """A run by Airflow, in which nothing is trained: each question is about its own family, and so is each answer."""
    two_families("paypal", 60)
    two_families("santander", 60)
    asked, promoted = {}, []

    def train(root, attempt, say, keeping):
        attempt.note(version=f"bilstm-{attempt.newest_label:010}")

    def compare(root, attempt):
        attempt.note(summary=f"the figures of {attempt.family}")
        return []

    def answer(task, context):
        asked[task.attempt] = (task.subject, task.body)
        choice = "Reject" if task.attempt.startswith("banks/") else "Approve"
        return task.execute_complete(context, {**ANSWER, "chosen_options": [choice], "responded_by_user": BO})

    monkeypatch.setattr(candidate, "train", train)
    monkeypatch.setattr(candidate, "register", lambda root, attempt: None)
    monkeypatch.setattr(network, "compare", compare)
    monkeypatch.setattr(retrain_tasks.AskOperator, "execute", answer)
    monkeypatch.setattr(promoting, "promote", lambda root, version, *given: promoted.append(version) or version)
    run = load_dags()["train_detector"].test()
    states = {(ti.task_id, ti.map_index): ti.state for ti in run.get_task_instances()}
    assert run.state == "success", (states, logs())
    assert asked == {
        "labels-00000060": ("Use the detector bilstm-0000000060 from now on?", "the figures of general"),
        "banks/labels-00000120": ("Use the detector bilstm-0000000120 from now on?", "the figures of banks"),
    }
    assert promoted == ["bilstm-0000000060"]
    assert (states["promote", 0], states["promote", 1]) == ("success", "skipped")
    declined = attempt_named(settings().home, "banks/labels-00000120").state
    assert (declined["decision"], declined["decided_by"]) == ("declined", "bo")
    assert "decision" not in attempt_named(settings().home, "labels-00000060").state
