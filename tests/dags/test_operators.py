"""Which date a run is about, how long a list is waited for, and what fails at once."""

import errno
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import made_dates
import pytest
from airflow.sdk.exceptions import AirflowException, AirflowFailException, AirflowSkipException, TaskDeferred

from squatwatch import pipeline
from squatwatch.airflow_tasks.daily import (
    DownloadOperator,
    HealthOperator,
    PublishOperator,
    ShardOperator,
    StepOperator,
)
from squatwatch.airflow_tasks.logs import say_last
from squatwatch.airflow_tasks.runs import run_date_of, settings_of
from squatwatch.errors import BadList, NotPublishedYet, SquatwatchError, TryLater
from squatwatch.ingest.download import Downloaded
from squatwatch.lake.shards import Shard
from squatwatch.lists.brands_in_force import remember_brands
from squatwatch.state.status import DateStatus
from squatwatch.warehouse import gauges

new_dates = made_dates.new_dates

TODAY = date(2026, 12, 1)
YESTERDAY = TODAY - timedelta(days=1)
LONG_AGO = date(2024, 6, 13)
NOW = datetime(2026, 12, 1, 15, 30, tzinfo=UTC)


class Clock(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz=None):
        return NOW.astimezone(tz)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    for reader in ("squatwatch.airflow_tasks.daily", "squatwatch.dates"):
        monkeypatch.setattr(f"{reader}.datetime", Clock)


def run(logical_date=None, run_date=None, run_type="manual", **params):
    """What a task is told of its run."""
    midnight = datetime.combine(logical_date, datetime.min.time(), UTC) if isinstance(logical_date, date) else None
    dag_run = SimpleNamespace(
        logical_date=logical_date if isinstance(logical_date, datetime) else midnight,
        start_date=NOW,
        run_type=run_type,
    )
    return {
        "params": {"run_date": run_date, "refetch": False} | params,
        "dag_run": dag_run,
        "ti": SimpleNamespace(try_number=1),
        "outlet_events": {},
    }


@pytest.fixture
def download(monkeypatch):
    """A download task whose source ends as told; `asked` are the calls it got."""
    asked = []

    def make(outcome, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(f"SQUATWATCH_{name.upper()}", str(value))

        def answer(settings, run_date, source, *, refetch):
            asked.append((run_date, source, refetch))
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        monkeypatch.setattr(pipeline, "download", answer)
        operator = DownloadOperator(task_id="download", source="whoisds")
        operator.asked = asked
        return operator

    monkeypatch.setenv("SQUATWATCH_SOURCES", "whoisds")
    return make


# --- the date of a run -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("context", "expected"),
    [
        (run(logical_date=LONG_AGO), LONG_AGO),
        (run(logical_date=datetime(2024, 6, 13, 17, 5, tzinfo=UTC)), LONG_AGO),
        (run(logical_date=datetime(2024, 6, 14, 1, 0, tzinfo=datetime.strptime("+0200", "%z").tzinfo)), LONG_AGO),
        (run(logical_date=TODAY, run_date="2024-06-13"), LONG_AGO),
        (run(logical_date=None, run_date="2024-06-13"), LONG_AGO),
        (run(logical_date=LONG_AGO, run_date=""), LONG_AGO),
    ],
    ids=["midnight", "manual afternoon", "another time zone", "param wins", "param alone", "empty param"],
)
def test_the_date_is_the_param_or_the_logical_date(context, expected):
    assert run_date_of(context) == expected


@pytest.mark.parametrize(
    ("context", "message"),
    [
        (run(), "trigger it again with run_date"),
        (run(logical_date=LONG_AGO, run_date="13.06.2024"), "write it as YYYY-MM-DD"),
        (run(run_date=str(TODAY + timedelta(days=2))), "in the future"),
    ],
    ids=["neither", "not a date", "tomorrow"],
)
def test_a_run_without_a_date_says_so(context, message):
    with pytest.raises(SquatwatchError, match=message):
        run_date_of(context)


@pytest.mark.parametrize("run_type", ["backfill", "scheduled"])
@pytest.mark.parametrize("step", ["load", "health", "transform", "score"])
def test_no_run_of_a_backfill_becomes_green_by_another_date_s_work(monkeypatch, run_type, step):
    for steps in (pipeline.STEPS, pipeline.STEPS_OF_SHARDS):
        monkeypatch.setitem(steps, step, lambda *_: pytest.fail("it worked on the date of the form"))
    is_of_shards = step in ("transform", "score")
    task = ShardOperator(task_id=step, shard="1/1") if is_of_shards else StepOperator(task_id=step)
    context = run(logical_date=date(2024, 6, 14), run_date="2024-06-13", run_type=run_type)
    with pytest.raises(AirflowFailException, match="run is about 2024-06-14, but its form has run_date 2024-06-13"):
        task.execute(context)


def test_a_backfill_whose_form_has_its_own_date_goes_on():
    assert run_date_of(run(logical_date=LONG_AGO, run_date="2024-06-13", run_type="backfill")) == LONG_AGO


# --- download --------------------------------------------------------------------------------------------------------
def test_a_list_that_is_there_is_taken(download):
    task = download("100 names")
    assert task.execute(run(logical_date=LONG_AGO, refetch=True)) == "100 names"
    assert task.asked == [(LONG_AGO, "whoisds", True)]


def waited(task, context):
    """How long the task is deferred for, and how it goes on."""
    with pytest.raises(TaskDeferred) as deferral:
        task.execute(context)
    assert deferral.value.method_name == "execute"
    return deferral.value.trigger.moment - NOW


def test_a_list_not_published_yet_is_waited_for(download):
    task = download(NotPublishedYet("not there"), poll_minutes=20)
    assert waited(task, run(logical_date=YESTERDAY)) == timedelta(minutes=20)


@pytest.mark.parametrize(
    ("after", "wait"),
    [
        (timedelta(hours=3), timedelta(hours=3)),
        (timedelta(0), timedelta(seconds=30)),
        (None, timedelta(minutes=20)),
    ],
    ids=["Retry-After", "Retry-After: 0", "none named"],
)
def test_a_busy_server_is_left_alone_as_long_as_it_asks(download, after, wait):
    task = download(TryLater("429", after=after), poll_minutes=20)
    assert waited(task, run(logical_date=YESTERDAY)) == wait


def test_a_busy_server_is_waited_for_in_a_backfill_too(download):
    task = download(TryLater("503"), poll_minutes=20, deadline_days=2)
    assert waited(task, run(logical_date=LONG_AGO)) == timedelta(minutes=20)
    context = run(logical_date=LONG_AGO)
    context["dag_run"].start_date -= timedelta(days=2)
    with pytest.raises(AirflowFailException, match="503"):
        task.execute(context)


def test_the_last_attempt_is_at_the_deadline(download):
    task = download(NotPublishedYet("not there"), poll_minutes=600, deadline_days=0.75)  # 18 o'clock
    assert waited(task, run(logical_date=YESTERDAY)) == timedelta(hours=2, minutes=30)


def test_past_the_deadline_the_task_fails_and_says_what_to_do(download):
    task = download(NotPublishedYet("feeds.example answered 404"), deadline_days=4)
    with pytest.raises(AirflowFailException) as failure:
        task.execute(run(logical_date=LONG_AGO))
    message = str(failure.value)
    for part in ("whoisds", "2024-06-13", "2024-06-18 00:00 UTC", "SQUATWATCH_DEADLINE_DAYS=4", "answered 404"):
        assert part in message
    assert "squatwatch run --date 2024-06-13" in message


def test_it_goes_on_when_the_wait_is_over(download):
    with pytest.raises(TaskDeferred) as deferral:
        download(NotPublishedYet("not there")).execute(context := run(logical_date=YESTERDAY))
    task = download("100 names")
    event = {"event": deferral.value.trigger.moment}
    assert task.resume_execution(deferral.value.method_name, event, context) == "100 names"


@pytest.mark.parametrize("error", [BadList("it is an HTML page"), SquatwatchError("needs SQUATWATCH_HTTP_URL")])
def test_what_a_retry_cannot_mend_fails_at_once(download, error):
    with pytest.raises(AirflowFailException, match=str(error)) as failure:
        download(error).execute(run(logical_date=YESTERDAY))
    assert failure.value.__suppress_context__  # a cause may quote a URL with credentials


def test_anything_else_is_left_to_airflows_retries(download):
    with pytest.raises(ConnectionError):
        download(ConnectionError("a programming error or the disk")).execute(run(logical_date=YESTERDAY))


@pytest.mark.parametrize(
    ("run_type", "outcome"), [("scheduled", AirflowSkipException), ("manual", AirflowFailException)]
)
def test_a_date_the_sample_never_has_is_skipped_by_the_schedule_only(monkeypatch, run_type, outcome):
    monkeypatch.setenv("SQUATWATCH_SOURCES", "sample")
    with pytest.raises(outcome, match=f"sample .*{YESTERDAY}"):
        DownloadOperator(task_id="download", source="sample").execute(run(logical_date=YESTERDAY, run_type=run_type))


@pytest.mark.parametrize(
    ("state", "params", "is_skipped"),
    [("done", {}, True), ("done", {"refetch": True}, False), ("outdated", {}, False), ("partial", {}, False)],
    ids=["done", "done, but to be fetched anew", "out of date", "partial"],
)
def test_a_backfill_leaves_alone_what_is_done(download, monkeypatch, state, params, is_skipped):
    status = DateStatus(LONG_AGO, state, reasons=(), again_from=None, is_whole=True)
    monkeypatch.setattr(pipeline, "status", lambda settings, run_date: status)
    task = download("100 names")
    if is_skipped:
        with pytest.raises(AirflowSkipException, match="2024-06-13 is done and up to date"):
            task.execute(run(logical_date=LONG_AGO, run_type="backfill", **params))
    else:
        task.execute(run(logical_date=LONG_AGO, run_type="backfill", **params))
    assert len(task.asked) == (not is_skipped)


def test_whoever_asks_for_one_date_gets_it_though_it_is_done(download, monkeypatch):
    monkeypatch.setattr(pipeline, "status", lambda *_: pytest.fail("nobody needs to know"))
    assert download("100 names").execute(run(logical_date=LONG_AGO, run_type="manual")) == "100 names"


# --- the other steps -------------------------------------------------------------------------------------------------
def test_a_step_is_the_function_of_its_name(monkeypatch, tmp_path):
    monkeypatch.setitem(pipeline.STEPS, "load", lambda settings, run_date: f"loaded {run_date} below {settings.home}")
    outcome = StepOperator(task_id="load").execute(run(logical_date=LONG_AGO))
    assert outcome == f"loaded 2024-06-13 below {tmp_path / 'data'}"


def test_health_says_into_which_shards_the_date_is_cut(monkeypatch):
    monkeypatch.setitem(pipeline.STEPS, "health", lambda settings, run_date: "all well")
    monkeypatch.setattr(pipeline, "shards", lambda settings, run_date: [Shard(1, 2), Shard(2, 2)])
    assert HealthOperator(task_id="health").execute(run(logical_date=LONG_AGO)) == ["1/2", "2/2"]


def test_a_shard_is_made_by_the_function_of_its_step(monkeypatch, caplog):
    make = lambda settings, run_date, shard: f"{shard.number} of {shard.count} shards of {run_date}"  # noqa: E731
    monkeypatch.setitem(pipeline.STEPS_OF_SHARDS, "transform", make)
    said = ShardOperator(task_id="transform", shard="2/16").execute(run(logical_date=LONG_AGO))
    assert said == "2 of 16 shards of 2024-06-13"
    assert "transform: 2 of 16 shards of 2024-06-13" in caplog.text


def test_publish_is_about_all_dates_and_says_which_one_made_the_asset_new(monkeypatch):
    from airflow.sdk import Asset

    monkeypatch.setattr(pipeline, "publish_date", lambda settings, run_date: "published")
    monkeypatch.setattr(gauges, "gauges", lambda home, run_date: [])
    asset, event = Asset("detections"), SimpleNamespace()
    context = run(logical_date=LONG_AGO) | {"outlet_events": {asset: event}}
    assert PublishOperator(task_id="publish", outlets=[asset]).execute(context) == "published"
    assert event.extra == {"run_date": "2024-06-13"}


@pytest.mark.parametrize(("try_number", "asked"), [(1, ["of the date"]), (2, ["of all"])], ids=["first", "cleared"])
def test_whoever_clears_publish_gets_a_new_warehouse_in_any_case(monkeypatch, try_number, asked):
    calls = []
    monkeypatch.setattr(pipeline, "publish_date", lambda settings, run_date: calls.append("of the date") or "done")
    monkeypatch.setattr(pipeline, "publish", lambda settings: calls.append("of all") or "done")
    monkeypatch.setattr(gauges, "gauges", lambda home, run_date: [])
    context = run(logical_date=LONG_AGO) | {"ti": SimpleNamespace(try_number=try_number)}
    PublishOperator(task_id="publish").execute(context)
    assert calls == asked


@pytest.mark.parametrize(
    ("error", "outcome"), [(SquatwatchError("no brands"), AirflowFailException), (TryLater("busy"), AirflowException)]
)
def test_a_step_that_fails_shows_the_message_of_the_command_line(monkeypatch, error, outcome):
    def fail(settings, run_date):
        raise error

    monkeypatch.setitem(pipeline.STEPS, "load", fail)
    with pytest.raises(outcome, match=str(error)) as failure:
        StepOperator(task_id="load").execute(run(logical_date=LONG_AGO))
    assert type(failure.value) is outcome


# --- the brand list --------------------------------------------------------------------------------------------------
@pytest.fixture
def date_of_another_list(tmp_path, new_dates):
    """A date made with a list of its own, in a data root that was given none; returns its list."""
    path = tmp_path / "theirs.csv"
    path.write_text("brand,brand_domain\npaypal,paypal.com\n")
    new_dates(tmp_path / "data", brands_file=path).write(LONG_AGO, "paypal-login.com")
    return path


def test_a_date_of_another_list_is_made_anew_only_where_the_form_says_so(download, date_of_another_list):
    task = download("100 names")
    with pytest.raises(AirflowFailException, match=r"2024-06-13 was made with .*theirs\.csv \(1 brand\)"):
        task.execute(run(logical_date=LONG_AGO))
    assert task.asked == []
    assert task.execute(run(logical_date=LONG_AGO, other_brands=True)) == "100 names"


def test_tasks_follow_the_list_that_the_data_root_remembers(download, date_of_another_list, tmp_path):
    remember_brands(tmp_path / "data", date_of_another_list)
    assert download("100 names").execute(run(logical_date=LONG_AGO)) == "100 names"
    assert settings_of(run(other_brands=True)).brands_file == date_of_another_list


# --- logs ------------------------------------------------------------------------------------------------------------
def test_a_task_logs_what_the_command_line_prints(download, caplog):
    result = Downloaded("whoisds", 1_234_567, "0123456789abcdef" * 4, is_new=True)
    download(result).execute(run(logical_date=LONG_AGO))
    assert "download of 2024-06-13: whoisds: fetched, 1,234,567 bytes, sha256 0123456789ab" in caplog.text


def test_the_sentence_of_a_failure_stands_last_in_the_log(caplog):
    say_last({"exception": AirflowFailException("there are no lists of 2024-06-13")})
    assert caplog.messages[-1] == "there are no lists of 2024-06-13"


def test_every_task_ends_its_log_with_the_sentence_of_its_failure(load_dags):
    tasks = [task for dag in load_dags().values() for task in dag.tasks]
    assert len(tasks) > 10
    for task in tasks:
        callbacks = (task.on_failure_callback, task.on_retry_callback)
        assert all("say_last" in str(callback) for callback in callbacks), task.task_id


def test_a_read_only_data_root_is_named(monkeypatch):
    def fail(settings, run_date):
        raise OSError(errno.EROFS, "Read-only file system", "/srv/watch/locks/2024-06-13.lock")

    monkeypatch.setitem(pipeline.STEPS, "load", fail)
    with pytest.raises(AirflowFailException, match=r"13\.lock cannot be written, its disk is read-only"):
        StepOperator(task_id="load").execute(run(logical_date=LONG_AGO))
